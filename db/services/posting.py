"""Calls of the functions by which the ledger is written; they stand in `db/migrations/sql`.

Each writes its entry, tells it as an event and keeps the balance, in one statement. Roles that people have may call
them and write no table of the ledger themselves.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Connection, Date, LargeBinary, Numeric, Text, TextClause, bindparam, text
from sqlalchemy.types import TypeEngine

from db.events import note_written

_TYPES: Mapping[str, TypeEngine[Any]] = {
    "day": Date(),
    "charged_on": Date(),
    "due_on": Date(),
    "amount": Numeric(14, 2),
    "counted": Numeric(14, 2),
    "request": LargeBinary(),
    **dict.fromkeys(
        ("tenant", "payment", "charge", "property", "room", "expense", "handover", "receipt"), BigInteger()
    ),
    **dict.fromkeys(("key", "kind", "method", "reference", "note", "description", "reason"), Text()),
    **dict.fromkeys(("category", "payee", "giver", "receiver"), Text()),
}


def calling(function: str, *parameters: str) -> TextClause:
    """The statement that calls a function of the ledger with these parameters."""
    asked = text(f"select * from {function}({', '.join(f':{name}' for name in parameters)})")  # noqa: S608 - names of our own
    return asked.bindparams(*(bindparam(name, type_=_TYPES[name]) for name in parameters))


def posted(
    conn: Connection, statement: TextClause, values: Mapping[str, object], event: str, tenant_id: int | None
) -> int:
    """Post an entry and remember the event that the function has written; returns the entry's id."""
    row = conn.execute(statement, values).one()
    note_written(conn, event, row.id, tenant_id, row.event, row.recorded_at, row.payload)
    return int(row.id)
