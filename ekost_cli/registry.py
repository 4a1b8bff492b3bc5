"""Every noun and root command by name, so that help and completion need not import a single one of them."""

from typing import NamedTuple

from db.errors import N_


class Entry(NamedTuple):
    """A word behind `ekost`: the `module:name` of its `Noun` or `Verb`, and what it is for."""

    name: str
    target: str
    help: str


SECTIONS: dict[str, tuple[Entry, ...]] = {
    N_("Start"): (
        Entry("tui", "tui:tui", N_("Browse and work on a whole screen.")),
        Entry("demo", "demo:demo", N_("Fill the book with a made-up kos to try things on.")),
        Entry("up", "servers:up", N_("Start the bundled servers.")),
        Entry("down", "servers:down", N_("Stop the bundled servers.")),
        Entry("status", "servers:status", N_("Show whether the servers run.")),
        Entry("worker", "worker:worker", N_("Do the work of the background.")),
    ),
    N_("Rooms and tenants"): (
        Entry("property", "property:app", N_("Properties: houses with rooms to let.")),
        Entry("room", "room:app", N_("Rooms: rent, capacity, status.")),
        Entry("tenant", "tenant:app", N_("Tenants: who they are, where they live, moving in and out.")),
        Entry("lease", "lease:app", N_("Leases and changes of rent.")),
        Entry("raise", "raises:app", N_("Rents of many rooms changed at once, from a day on.")),
        Entry("note", "note:app", N_("Notes about tenants and rooms.")),
        Entry("meter", "meter:app", N_("Meters: what they show, what a unit costs, and who pays for it.")),
        Entry("inventory", "inventory:app", N_("What stands in a room, and in which condition.")),
        Entry("search", "search:search", N_("Find tenants, rooms and properties by any word.")),
    ),
    N_("Money"): (
        Entry("payment", "payment:app", N_("Payments: record, list, void.")),
        Entry("receipt", "receipt:app", N_("Receipts: numbered papers for those who paid.")),
        Entry("balance", "balance:app", N_("Balances: who owes what, since when and why.")),
        Entry("charge", "charge:app", N_("Charges: rent, electricity, damage and others.")),
        Entry("billing", "billing:app", N_("Book the rent that has become due.")),
        Entry("reminder", "reminder:app", N_("Reminders: who gets which one today, its text, and what was sent.")),
        Entry("report", "report:app", N_("Reports: what the book comes to.")),
        Entry("deposit", "deposit:app", N_("Deposits: take, apply, refund.")),
        Entry("expense", "expense:app", N_("Expenses: record, list, void.")),
        Entry("bank", "bank:app", N_("Bank lines: whose money each is, matched once.")),
        Entry("cash", "cash:app", N_("Cash in the hands of people: who holds what, handing it over.")),
    ),
    N_("Files"): (
        Entry("import", "imports:app", N_("Import payments, tenants and rooms from files.")),
        Entry("export", "exports:app", N_("Write the book as plain text.")),
    ),
    N_("Care"): (
        Entry("jobs", "jobs:app", N_("Background work: what waits and what is dead.")),
        Entry("events", "events:app", N_("Everything that happened.")),
        Entry("audit", "audit:app", N_("The audit: everything that was changed, sealed row by row.")),
        Entry("check", "check:check", N_("Check the invariants of the book.")),
        Entry("doctor", "doctor:doctor", N_("Examine the installation.")),
        Entry("alerts", "alerts:app", N_("Alerts: what needs a person now.")),
        Entry("metrics", "metrics:app", N_("Metrics: how long commands take, and numbers for Prometheus.")),
        Entry("health", "health:health", N_("Tell whether the book can be worked with now.")),
        Entry("user", "user:app", N_("Logins of people, and what each may do.")),
        Entry("db", "database:app", N_("The database: schema, migrations and partitions.")),
        Entry("cache", "cache:app", N_("The cache: how often it answers, fill it, empty it.")),
        Entry("config", "config:app", N_("Settings: show, change, validate.")),
        Entry("completion", "completion:app", N_("Scripts that let the shell complete commands.")),
        Entry("help", "help:help_", N_("Help on a command, on exit codes and on the environment.")),
    ),
}

ENTRIES: dict[str, Entry] = {entry.name: entry for entries in SECTIONS.values() for entry in entries}

# The commands that may read a replica, by their words: they show what may be a moment old, and decide nothing. All
# others read the primary: what changes something, and what is looked at before somebody pays, moves or signs
# (`balance show` and `explain`, `payment show`), judges the book (`check`, `doctor`, `audit verify`) or works in it.
# An own change is always seen (db.replicas).
READ_ANYWHERE = frozenset(
    {
        "audit list",
        "balance aging",
        "balance list",
        "bank lines",
        "cash list",
        "charge list",
        "deposit list",
        "events list",
        "expense list",
        "inventory history",
        "inventory list",
        "lease list",
        "meter history",
        "meter list",
        "meter tariffs",
        "note list",
        "payment list",
        "property list",
        "property policies",
        "raise list",
        "reminder history",
        "reminder list",
        "report aging",
        "report arrears",
        "report cash",
        "report forecast",
        "report income",
        "report occupancy",
        "report rent-roll",
        "report monthly",
        "receipt list",
        "room history",
        "room list",
        "search",
        "tenant history",
        "tenant list",
    }
)
