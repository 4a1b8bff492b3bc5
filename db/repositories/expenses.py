"""Questions about expenses."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select

from db.errors import N_, NotFoundError
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import expenses, properties, rooms


class ExpenseNotFoundError(NotFoundError):
    """No expense has this number."""

    code = "expense_not_found"
    message = N_("There is no expense {id}.")
    hint = N_("`ekost expense list` shows the numbers.")


class ExpenseRow(NamedTuple):
    """What was spent, or with `reverses_id` the reversal of that. `reversed_by` is the reversal's id, `reason` its
    reason, on both of the two; `holder` is in whose hand cash was."""

    id: int
    property: str
    room: str | None
    spent_on: date
    category: str
    amount: Decimal
    method: str
    payee: str | None
    description: str | None
    reversed_by: int | None
    reason: str | None
    holder: str
    actor: str
    created_at: datetime
    reverses_id: int | None
    currency: str
    timezone: str


_e, _reversal = expenses.c, expenses.alias("reversal")
_COLUMNS = (
    _e.id, properties.c.code, rooms.c.number, _e.spent_on, _e.category, _e.amount, _e.method, _e.payee,
    _e.description, _reversal.c.id, func.coalesce(_e.reason, _reversal.c.reason), _e.holder, _e.actor, _e.created_at,
    _e.reverses_id, properties.c.currency, properties.c.timezone,
)  # fmt: skip


class Expenses:
    """Expenses, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        category: str | None = None,
        room_id: int | None = None,
        since: date | None = None,
        until: date | None = None,
        by: str | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[ExpenseRow]:
        """A page of expenses, the latest first; `since` and `until` are both inclusive, `by` recorded them."""
        wanted = ((_e.property_id, property_id), (_e.category, category), (_e.room_id, room_id), (_e.actor, by))
        query = _query().where(*(column == value for column, value in wanted if value is not None))
        if since is not None:
            query = query.where(_e.spent_on >= since)
        if until is not None:
            query = query.where(_e.spent_on <= until)
        keyset = Keyset([_e.spent_on, _e.id], descending=True)
        scope = (property_id, category, room_id, by, since, until)
        return read_page(self._conn, query, keyset, ExpenseRow._make, scope=scope, after=after, limit=limit, way=way)

    def row(self, expense_id: int) -> ExpenseRow:
        """One expense. Raises ExpenseNotFoundError."""
        found = self._conn.execute(_query().where(_e.id == expense_id)).first()
        if found is None:
            raise ExpenseNotFoundError(id=expense_id)
        return ExpenseRow._make(found)


def _query() -> Select[Any]:
    query = select(*_COLUMNS).join_from(expenses, properties, properties.c.id == _e.property_id)
    return query.outerjoin(rooms, rooms.c.id == _e.room_id).outerjoin(_reversal, _reversal.c.reverses_id == _e.id)
