"""The checks by subject. A name, once published, stays: cron jobs call `ekost check NAME`."""

from db.errors import N_
from db.events import CONSUMERS
from db.repositories.checks.check import Check

# Types that db.events does not name are told to the audit alone; they stand under an empty type here.
# One that nobody is told stands with an empty consumer.
_DELIVERIES = [(kind, to) for kind, consumers in CONSUMERS.items() for to in consumers or ("",)] + [("", "audit")]
_ASKED = {"types": [kind for kind, _ in _DELIVERIES], "consumers": [to for _, to in _DELIVERIES]}

BALANCES = (
    Check(
        "balances_match_ledger",
        N_("Every tenant's balance equals the sum of charges minus the sum of payments."),
    ),
    Check(
        "tenant_balances_show_balances",
        N_("The view tenant_balances shows every tenant once, with the amounts of the balance."),
    ),
    Check(
        "standings_match_ledger",
        N_("Paid-through, oldest due date and status of every balance follow from the ledger."),
        "filled",
    ),
    Check(
        "aging_adds_up",
        N_("The aging buckets of every tenant, less the credit, add up to the balance."),
        "filled",
    ),
    Check(
        "closings_match_ledger",
        N_("Every closing of a month equals the entries up to its last day."),
    ),
    Check(
        "deposits_add_up",
        N_("Every deposit received is held, applied or refunded, and no more than that."),
    ),
    Check(
        "deposit_payments_match_entries",
        N_("Every payment out of a deposit has its entry in the deposit's ledger, and the other way round."),
        every_row=True,
    ),
)

RECEIPTS = (
    Check(
        "receipts_numbered",
        N_("Receipts are numbered without a gap in each property and year, each of a payment of its own tenant."),
    ),
)

FEES = (
    Check(
        "late_fees_once",
        N_("Every late fee is for days of its own, of a charge that may bear one, and never above the cap."),
    ),
)

REVERSALS = (
    Check(
        "reversals_negate_originals",
        N_("Every reversal names an original entry of the same tenant and takes back exactly its amount."),
        every_row=True,
    ),
    Check(
        "reversals_recorded",
        N_("Every reversing entry is recorded with its reason, and every such record names a reversing entry."),
        "reversing",
        every_row=True,
    ),
    Check("entries_reversed_once", N_("No entry is reversed twice."), "reversing", every_row=True),
)

LEASES = (
    Check(
        "rent_periods_tile",
        N_("The rent periods of every lease follow one another without gap or overlap."),
    ),
    Check(
        "leases_have_terms",
        N_("Every lease has a rent and a billing day from its first day on."),
    ),
    Check(
        "rows_stay_with_their_tenant",
        N_("Leases, entries and balances belong to their tenant's property, rent to a lease of the tenant."),
    ),
    Check(
        "notes_stay_in_their_place",
        N_("Notes and items belong to the property of their tenant or room, conditions to a lease of that room."),
    ),
    Check(
        "rooms_within_capacity",
        N_("No room has more tenants than beds on any night, future nights included."),
        "stays",
    ),
    Check("lease_slots_exist", N_("Every lease holds a bed that the room has."), "stays"),
    Check("beds_let_once", N_("No bed is let twice for the same night."), "stays"),
    Check("tenants_in_one_room", N_("No tenant has two rooms in the same night."), "stays"),
    Check(
        "room_status_matches_leases",
        N_(
            "A room is occupied when all beds were let on the day of its status, and in renovation only without leases."
        ),
        "stays",
    ),
)

UTILITIES = (
    Check(
        "readings_never_fall",
        N_("Every meter reading that stands is at least the one before it, and counts what was used since."),
    ),
    Check(
        "readings_charged_once",
        N_("What was charged for a reading is its usage times the tariff, and nothing where it was taken back."),
    ),
)

EVENTS = (
    Check(
        "entries_have_an_event",
        N_("Every payment, charge, deposit entry, note and condition belongs to an event, its tenant's if any."),
    ),
    Check(
        "events_own_their_entries",
        N_("Every event owns just the entries and amounts that it tells of, an import or accrual all of its rows."),
        every_row=True,
    ),
    Check("events_numbered_once", N_("No two events have the same number.")),
    Check(
        "events_have_deliveries",
        N_("Every event has a delivery for each consumer, or its effect."),
        "told",
        _ASKED,
        every_row=True,
    ),
    Check(
        "deliveries_fit_their_event",
        N_("Every delivery is to a consumer of its event, for its tenant, tried no more often than allowed."),
        parameters=_ASKED,
    ),
    Check(
        "deliveries_not_dead",
        N_("No delivery is dead: one that failed too often waits for somebody to retry or discard it."),
    ),
    Check(
        "discarded_deliveries_told",
        N_("Every discarded delivery is told by an event, with its reason."),
    ),
    Check(
        "balances_told_once",
        N_("Every event that was delivered to the balances stands behind exactly one calculated balance."),
        "told",
    ),
    Check(
        "tenant_events_gapless",
        N_("The events of every tenant are numbered from 1 without gap or repetition."),
    ),
    Check("request_keys_answered", N_("Every request key leads to the answer of its request.")),
)

AUDIT = (
    Check(
        "audited_events_logged",
        N_("Every event that was delivered to the audit has its row there, and no other event."),
        every_row=True,
    ),
    Check("audit_tells_events", N_("Every row of the audit tells of an event, as it happened.")),
    Check(
        "audit_positions_gapless",
        N_("The rows of the audit are numbered from 1 without gap, each linked to the one before, up to the head."),
        every_row=True,
    ),
)

IMPORTS = (
    Check(
        "imports_add_up",
        N_("Every row of an imported file is applied, skipped or rejected, and each of these is on record."),
    ),
    Check(
        "imported_rows_are_known",
        N_("Every applied row is known again, so that no import books it twice, and undone payments are all reversed."),
        every_row=True,
    ),
    Check(
        "import_chunks_fit",
        N_("What is still to be posted is of an import that is not finished, and in one chunk only."),
    ),
    Check(
        "finished_imports_told",
        N_("Every finished import is told by one event with its count, and has left no table behind."),
    ),
)

STORAGE = (
    Check("default_partitions_empty", N_("Every row has found the partition of its date.")),
    Check(
        "partitions_ahead",
        N_("Payments, events and audit have a partition for this month and the next."),
        "family",
    ),
    Check(
        "history_is_guarded",
        N_("Ledger, notes, events, audit and drifts can't be changed, deleted or emptied in any partition."),
        "family",
    ),
    Check(
        "balances_follow_entries",
        N_("Every charge, payment and deposit entry, in whatever partition, is added to its balance."),
        "family",
    ),
    Check(
        "rule_guards_in_place",
        N_("The constraints, unique indexes and triggers that enforce the rules are there."),
    ),
    Check("schema_is_valid", N_("No constraint is left unvalidated and no index half built."), "family"),
)

REMINDERS = (
    Check(
        "reminders_sent_once",
        N_("Nobody is reminded twice on a day, nor of one bill at a stage that is not later, nor of another's bill."),
        every_row=True,
    ),
)
BANK = (
    Check(
        "bank_matches_fit",
        N_("A bank line is matched once, with a payment or expense of its amount that stands and has no other line."),
    ),
    Check("bank_statements_add_up", N_("Every bank statement has as many lines as it brought.")),
)
EXPENSES = (
    Check(
        "expense_reversals_negate_originals",
        N_("Every reversal of an expense names an original one and takes back exactly its amount, to the same hand."),
    ),
    Check(
        "expenses_have_an_event",
        N_("Every expense, handover, confirmation and void is told by an event of its own, with its amount."),
        every_row=True,
    ),
    Check(
        "expenses_of_their_property",
        N_("Expenses belong to the property of their room, what ends a handover to that of the handover."),
    ),
    Check(
        "cash_sums_match_payments",
        N_("The cash that each person has taken is, day by day, the sum of the cash payments that they recorded."),
        every_row=True,
    ),
    Check(
        "cash_handovers_signed_by_two",
        N_("No handover was confirmed by who wrote it down, and none is of more than there was."),
    ),
)

WORKERS = (Check("workers_seen_in_time", N_("No worker was seen, and no schedule done, in the future.")),)

CHECKS = (
    *BALANCES,
    *FEES,
    *RECEIPTS,
    *REVERSALS,
    *LEASES,
    *EVENTS,
    *AUDIT,
    *IMPORTS,
    *STORAGE,
    *REMINDERS,
    *WORKERS,
    *UTILITIES,
    *EXPENSES,
    *BANK,
)
