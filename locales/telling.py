"""What happened, told to a person in a shell or on a screen: the event's name in words and what it was about."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from locales.catalogs import N_, _
from locales.cells import said
from locales.fields import HOME_CURRENCY, HOME_TIMEZONE, Field
from locales.formats import date_short, instant, money, number
from locales.statuses import status_word

TOLD_FIELDS = (
    Field("recorded_at", N_("When"), "instant"),
    Field("what", N_("What")),
    Field("about", N_("Details")),
    Field("actor", N_("By whom"), wide=True),
)

EVENTS = {
    "BookCarriedOver": N_("Book carried over"),
    "BookImported": N_("Book imported"),
    "PropertyAdded": N_("Property added"),
    "PropertyChanged": N_("Property changed"),
    "PolicyChanged": N_("Policy changed"),
    "PropertyArchived": N_("Property archived"),
    "RoomAdded": N_("Room added"),
    "RoomChanged": N_("Room changed"),
    "RoomArchived": N_("Room archived"),
    "RoomStatusChanged": N_("Status changed"),
    "RentSplit": N_("Rent shared anew"),
    "TenantAdded": N_("Tenant added"),
    "TenantsAdded": N_("Tenants added"),
    "TenantChanged": N_("Tenant changed"),
    "TenantArchived": N_("Tenant archived"),
    "TenantAssigned": N_("Moved in"),
    "TenantMoved": N_("Moved to another room"),
    "TenantLeft": N_("Moved out"),
    "TenantClosed": N_("Account closed"),
    "RentChanged": N_("Rent changed"),
    "PaymentRecorded": N_("Payment recorded"),
    "PaymentsImported": N_("Payments imported"),
    "PaymentsReversed": N_("Payments reversed"),
    "ChargePosted": N_("Charge posted"),
    "ChargesPosted": N_("Rent posted"),
    "EntryReversed": N_("Entry reversed"),
    "DepositReceived": N_("Deposit received"),
    "DepositApplied": N_("Deposit applied"),
    "DepositRefunded": N_("Deposit refunded"),
    "NoteAdded": N_("Note written"),
    "NoteVoided": N_("Note taken back"),
    "ItemAdded": N_("Item added"),
    "ItemRemoved": N_("Item removed"),
    "InventoryChecked": N_("Conditions recorded"),
    "ReminderSent": N_("Reminder sent"),
    "BankAccountAdded": N_("Bank account added"),
    "BankStatementImported": N_("Bank statement imported"),
    "BankLineMatched": N_("Bank line matched"),
    "BankLineIgnored": N_("Bank line ignored"),
    "BankLineOpened": N_("Bank line opened again"),
    "BankRuleAdded": N_("Bank rule added"),
    "BankRuleRemoved": N_("Bank rule removed"),
    "MeterAdded": N_("Meter added"),
    "MeterRetired": N_("Meter taken out of use"),
    "MetersRead": N_("Meters read"),
    "ReadingVoided": N_("Reading taken back"),
    "TariffSet": N_("Tariff set"),
    "ExpenseRecorded": N_("Expense recorded"),
    "ExpenseReversed": N_("Expense reversed"),
    "CashHandedOver": N_("Cash handed over"),
    "CashCounted": N_("Cash counted"),
    "CashConfirmed": N_("Handover confirmed"),
    "CashVoided": N_("Handover taken back"),
    "ImportFinished": N_("Import finished"),
    "ImportUndone": N_("Import undone"),
    "ImportDiscarded": N_("Import given up"),
    "DeliveryDiscarded": N_("Work given up"),
    "BalanceCalculated": N_("Balance calculated"),
    "BalancesCalculated": N_("Balances calculated"),
    "PartitionDetached": N_("Partition detached"),
    "PartitionAttached": N_("Partition attached"),
}

# The values whose change is told, as an event names them.
_VALUES = {
    field.name: field
    for field in (
        Field("code", N_("Code")),
        Field("name", N_("Name")),
        Field("phone", N_("Phone"), "phone"),
        Field("email", N_("E-mail")),
        Field("nationalId", N_("National id")),
        Field("emergencyName", N_("Emergency contact")),
        Field("emergencyPhone", N_("Emergency phone"), "phone"),
        Field("number", N_("Room")),
        Field("roomType", N_("Type")),
        Field("monthlyRent", N_("Rent a month"), "money"),
        Field("billingDay", N_("Billing day"), "int"),
        Field("capacity", N_("Beds"), "int"),
        Field("basis", N_("Rent per"), "status"),
        Field("status", N_("Status"), "status"),
        Field("address", N_("Address")),
        Field("currency", N_("Currency")),
        Field("timezone", N_("Time zone")),
        Field("graceDays", N_("Grace days"), "int"),
        Field("proration", N_("Proration"), "status"),
        Field("rounding", N_("Rounding"), "money"),
    )
}


def told(event: str, payload: Mapping[str, Any], instant: datetime, actor: str, currency: str) -> dict[str, Any]:
    """An event as a line for a person; one without words of its own keeps its name."""
    return {
        "recorded_at": instant,
        "what": _(EVENTS[event]) if event in EVENTS else event,
        "about": ", ".join(_about(payload, currency)),
        "actor": actor,
    }


# The requests that are repeated with their key, by the event that the first one was told in.
_REQUESTS = {
    "record_payment": "PaymentRecorded",
    "post_charge": "ChargePosted",
    "void_payment": "EntryReversed",
    "void_charge": "EntryReversed",
    "deposit_received": "DepositReceived",
    "deposit_applied": "DepositApplied",
    "deposit_refunded": "DepositRefunded",
    "add_note": "NoteAdded",
    "void_note": "NoteVoided",
    "add_item": "ItemAdded",
    "remove_item": "ItemRemoved",
    "check_items": "InventoryChecked",
    "add_meter": "MeterAdded",
    "retire_meter": "MeterRetired",
    "set_tariff": "TariffSet",
    "post_readings": "MetersRead",
    "void_reading": "ReadingVoided",
    "close_tenant": "TenantClosed",
    "record_expense": "ExpenseRecorded",
    "void_expense": "ExpenseReversed",
    "hand_over_cash": "CashHandedOver",
    "count_cash": "CashCounted",
    "confirm_cash": "CashConfirmed",
    "void_cash": "CashVoided",
}


def lost_told(lost: Mapping[str, Any]) -> dict[str, str]:
    """What was lost and when it was acknowledged: `Payment recorded: 17, BUDI, Rp1.500.000, 28/02/2026`."""
    event = _REQUESTS.get(lost["what"], lost["what"])
    currency = lost["currency"] or HOME_CURRENCY
    about = lost["about"]
    named = about.get("code") or about.get("number") or f"{lost['number']}"
    details = dict.fromkeys(filter(None, (named, lost["tenant"], *_about(about, currency))))
    what = f"{_(EVENTS.get(event, event))}: {', '.join(details)}"
    return {"what": what, "at": moment_told(lost["at"])}


def moment_told(moment: str | None) -> str:
    """A moment in ISO form as people write it, at home; a dash where there is none."""
    return instant(datetime.fromisoformat(moment), ZoneInfo(HOME_TIMEZONE)) if moment else "-"


def _about(payload: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Kind, amount, day, reason and what was changed, as far as the event has them."""
    if kind := payload.get("kind") or payload.get("category"):
        yield status_word(kind)
    if people := [payload[name] for name in ("giver", "receiver") if payload.get(name)]:
        yield " → ".join(people)
    amount = payload.get("amount") or payload.get("monthlyRent")
    if amount is not None:
        yield money(Decimal(str(amount)), currency)
    day = payload.get("date") or payload.get("assignmentDate") or payload.get("effectiveOn") or payload.get("since")
    if day is not None:
        yield date_short(date.fromisoformat(day))
    if body := (payload.get("after") or payload.get("before") or {}).get("body"):
        yield f"“{body}”"
    for read in payload.get("readings", ()):
        yield f"{read['meter']}: {number(Decimal(read['value']))}"
    for found in payload.get("conditions", ()):
        yield f"{found['item']}: {status_word(found['condition'])}"
    if payload.get("reason"):
        yield str(payload["reason"])
    if shares := sorted(_shares(payload), reverse=True):
        yield " / ".join(money(share, currency) for share in shares)
    yield from _changes(payload.get("before") or {}, payload.get("after") or {}, currency)


def _shares(payload: Mapping[str, Any]) -> set[Decimal]:
    """What those who share a room pay from the day on that the event names."""
    leases = (payload.get("after") or {}).get("leases", ()) if "since" in payload else ()
    found = ([row for row in lease["terms"] if row["effectiveOn"] <= payload["since"]] for lease in leases)
    return {Decimal(terms[-1]["monthlyRent"]) for terms in found if terms}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], currency: str) -> Iterator[str]:
    """`Name: Budi → Budi Santoso`, for values that were there before and are others now."""
    for name, field in _VALUES.items():
        if name in before and before[name] != after.get(name):
            old, new = (_word(values.get(name), field, currency) for values in (before, after))
            yield f"{_(field.label)}: {old} → {new}"


def _word(value: Any, field: Field, currency: str) -> str:
    known = Decimal(value) if field.kind == "money" and value is not None else value
    return said({field.name: known, "currency": currency}, field)[0]
