"""What travels with a book, table by table: what is of the business does, what is of the program's own past does not.

Tables are taken from `db.tables`, so that a new one travels by itself; one that neither travels nor is named here as
left out breaks a test.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Column, Numeric, Table

from db.tables import metadata

# Tables that stay behind, and why.
LEFT_OUT: Mapping[str, str] = {
    "events": "tells what this program did; the new book's own events tell that its rows were brought in",
    "deliveries": "work on events that stay behind",
    "audit_log": "seals the events that stay behind; its chain can't be taken up by another book",
    "audit_head": "the end of that chain",
    "audit_cuts": "parts of that chain",
    "workers": "processes of this installation",
    "schedules": "what this installation did today; doing it again changes nothing",
    "logins": "roles of this server and their passwords",
    "balances": "worked out from the entries as they come in",
    "balance_closings": "worked out from the entries",
    "cash_received": "worked out from payments and deposits as they come in",
    "balance_drifts": "mistakes of this installation",
    "import_chunks": "work in progress: an import that is under way travels as one that failed",
    "detached_partitions": "a book with detached payments is refused until they are attached again",
    "detached_months": "belongs to detached payments",
    "alembic_version": "stands in the manifest",
}
# Columns that the new book fills itself, like all that is computed: events are its own, the rest is derived.
OWN_COLUMNS = frozenset({"event_id", "event_seq", "search_rooms"})
TOLD = "told"
# Beside an id, the code by which a person knows the thing; reading it back, ids count.
CODES: Mapping[str, tuple[str, str, str]] = {
    "property_id": ("property", "properties", "code"),
    "tenant_id": ("tenant", "tenants", "code"),
    "room_id": ("room", "rooms", "number"),
}
_FIRST = frozenset({"properties", "rooms", "tenants", "leases", "lease_terms", "charges", "payments"})
# Where the primary key is not the order in which rows lie.
_ORDERS: Mapping[str, tuple[str, ...]] = {"payments": ("payment_date", "id")}
# What an import that is under way is in another book: its file can be imported again.
_EXPRESSIONS: Mapping[tuple[str, str], str] = {
    ("imports", "state"): "case when x.state in ('queued', 'running') then 'failed' else x.state end",
    ("imports", "worked_at"): "case when x.state not in ('queued', 'running') then x.worked_at end",
}


class Subject(NamedTuple):
    """A table that travels in a file of its own."""

    table: Table

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"

    @property
    def columns(self) -> tuple[Column[object], ...]:
        """The columns that travel."""
        return tuple(c for c in self.table.columns if c.name not in OWN_COLUMNS and c.computed is None)

    @property
    def codes(self) -> dict[str, str]:
        """Names of the columns that only help to read the file, by the id beside which each stands."""
        names = {c.name for c in self.columns}
        return {by: CODES[by][0] for by in CODES if by in names and CODES[by][0] not in names}

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns of which the manifest keeps the sum: all money."""
        return tuple(c.name for c in self.columns if isinstance(c.type, Numeric))

    @property
    def has_event(self) -> bool:
        """Whether a row names the event that tells of it."""
        return "event_id" in self.table.columns

    @property
    def has_untold(self) -> bool:
        """Whether some rows name no event, so that the file has to say which: in its column `told`."""
        return self.has_event and bool(self.table.columns["event_id"].nullable)

    @property
    def helpers(self) -> frozenset[str]:
        """The columns of the file that the table does not have."""
        return frozenset({*self.codes.values(), *([TOLD] if self.has_untold else [])})

    @property
    def numbered(self) -> bool:
        """Whether the database gives its rows their ids."""
        return any(c.identity is not None for c in self.table.columns)

    def query(self) -> str:
        """The rows as they stand in the file, always in the same order."""
        columns, joins = [], []
        for column in self.columns:
            columns.append(_EXPRESSIONS.get((self.name, column.name), f'x."{column.name}"') + f' as "{column.name}"')
            if column.name in self.codes:
                label, table, code = CODES[column.name]
                columns.append(f'of_{label}.{code} as "{label}"')
                joins.append(f'left join {table} of_{label} on of_{label}.id = x."{column.name}"')
        if self.has_untold:
            columns.append(f"(x.event_id is not null)::text as {TOLD}")
        order = ", ".join(
            self._sorted_by(name) for name in _ORDERS.get(self.name) or self.table.primary_key.columns.keys()
        )
        return f'select {", ".join(columns)} from "{self.name}" x {" ".join(joins)} order by {order}'  # noqa: S608

    def _sorted_by(self, name: str) -> str:
        """Texts by their bytes: every server sorts these alike."""
        textual = self.table.columns[name].type.python_type is str
        return f'x."{name}" collate "C"' if textual else f'x."{name}"'


def subjects() -> tuple[Subject, ...]:
    """All that travels, in an order in which nothing comes before what it refers to; the ledger before its followers.

    What came after an entry (a reminder of a bill) is told after it in the new book too.
    """
    found = [Subject(table) for table in metadata.sorted_tables if table.name not in LEFT_OUT]
    return tuple(sorted(found, key=lambda subject: subject.name not in _FIRST))
