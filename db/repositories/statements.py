"""Closing statements, as the event of the closing tells them: what was settled then, whatever was posted since."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from db.domain.settlement import StatementLine
from db.errors import N_, NotFoundError
from db.tables import events

CLOSED = "TenantClosed"


class StatementNotFoundError(NotFoundError):
    """The tenant's account was never closed."""

    code = "statement_not_found"
    message = N_("There is no closing statement of {ref}.")
    hint = N_("`ekost tenant close {ref} --dry-run` shows what it would be.")


class Statement(NamedTuple):
    """What a tenant owed and got when leaving; `refund_due` is what is paid out, `outstanding_balance` what stays.

    `balance_before` and `posted` are the sums of the two parts of the lines, `owed` is both. `unread` names the meters
    of the room that were not read on the day.
    """

    number: int
    tenant: str
    tenant_name: str
    property: str
    house: str
    address: str | None
    room: str
    moved_in_on: date
    closed_on: date
    balance_before: Decimal
    posted: Decimal
    owed: Decimal
    deposit_before: Decimal
    deposit_applied: Decimal
    deposit_refunded: Decimal
    credit_refunded: Decimal
    refund_due: Decimal
    deposit_held: Decimal
    outstanding_balance: Decimal
    unread: tuple[str, ...]
    lines: tuple[StatementLine, ...]
    currency: str


_MONEY = frozenset(
    {"balance_before", "posted", "owed", "deposit_before", "deposit_applied", "deposit_refunded", "credit_refunded",
     "refund_due", "deposit_held", "outstanding_balance", "amount"}
)  # fmt: skip
_DAYS = frozenset({"moved_in_on", "closed_on", "period_start", "period_end", "due_on"})


def read_statement(conn: Connection, event_id: int) -> Statement:
    """The statement of a closing by its event's id. Raises StatementNotFoundError."""
    return _read(conn, events.c.id == event_id, str(event_id))


def last_statement(conn: Connection, tenant_id: int, ref: str) -> Statement:
    """The last statement of a tenant. Raises StatementNotFoundError."""
    return _read(conn, events.c.tenant_id == tenant_id, ref)


def _read(conn: Connection, condition: Any, ref: str) -> Statement:
    query = select(events.c.id, events.c.payload).where(condition, events.c.type == CLOSED)
    found = conn.execute(query.order_by(events.c.id.desc()).limit(1)).first()
    if found is None:
        raise StatementNotFoundError(ref=ref)
    return statement_of(found.id, found.payload["statement"])


def told_of(statement: Statement) -> dict[str, object]:
    """A statement as its event tells it."""
    told = {name: _plain(value) for name, value in statement._asdict().items() if name not in ("lines", "number")}
    lines = [{name: _plain(value) for name, value in line._asdict().items()} for line in statement.lines]
    return told | {"unread": list(statement.unread), "lines": lines}


def statement_of(number: int, told: Mapping[str, Any]) -> Statement:
    """A statement out of what its event tells."""
    lines = tuple(StatementLine(**_typed(line)) for line in told["lines"])
    return Statement(**(_typed(told) | {"lines": lines, "unread": tuple(told["unread"]), "number": number}))


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date) else value


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(name, value) for name, value in values.items()}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _MONEY:
        return Decimal(value)
    return date.fromisoformat(value) if name in _DAYS else value
