"""What the calendar holds: months gone by in money, charges that fall due today, tenants who leave soon."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Date, Select, Table, cast, func, select

from db.domain.money import ZERO
from db.domain.periods import YearMonth
from db.repositories.ledger import ChargeRow
from db.repositories.rooms import LeaseRow
from db.tables import balances, charges, payments
from db.tables.views import charge_list, lease_list

# No charge falls due later than its property's days of grace allow.
MOST_GRACE = timedelta(days=60)


class MonthRow(NamedTuple):
    """A month: what was charged by period and what came in as cash, opening balances and deposits left out (R19)."""

    month: date
    charged: Decimal
    received: Decimal


class Agenda:
    """The calendar around `day`, of one property or of all, in one transaction."""

    def __init__(self, conn: Connection, day: date, property_id: int | None = None) -> None:
        self._conn = conn
        self._day = day
        self._property_id = property_id

    def months(self, count: int = 12) -> list[MonthRow]:
        """The last `count` months, that of today being the last one; those without an entry too."""
        months = [YearMonth.of(self._day)]
        while len(months) < count:
            months.insert(0, YearMonth.of(months[0].clamp(1) - timedelta(days=1)))
        c, p = charges.c, payments.c
        firsts = [month.clamp(1) for month in months]
        # A charge is never dated before its period: the bound on the day of the charge finds it in an index.
        of_period = func.coalesce(c.period_start, c.charged_on)
        earned = self._sums(
            charges, of_period, c.charged_on >= firsts[0], of_period >= firsts[0], c.kind.not_in(("opening", "refund"))
        )
        received = self._sums(payments, p.payment_date, p.payment_date >= firsts[0], p.method != "deposit")
        return [MonthRow(first, earned.get(first, ZERO), received.get(first, ZERO)) for first in firsts]

    def due(self, limit: int) -> Sequence[ChargeRow]:
        """Charges that fall due today and whose tenants owe something, the largest first."""
        c = charge_list.c
        query: Select[Any] = (
            select(*(c[name] for name in ChargeRow._fields))
            .join(balances, balances.c.tenant_id == c.tenant_id)
            # Beside the due date the one by which charges are found in an index.
            .where(c.due_on == self._day, c.charged_on >= self._day - MOST_GRACE, c.charged_on <= self._day)
            .where(c.reversed_by.is_(None), c.amount > 0, balances.c.outstanding_balance > 0)
            .order_by(c.amount.desc(), c.id)
        )
        return [ChargeRow._make(row) for row in self._read(query, c.property_id, limit)]

    def leaving(self, days: int, limit: int) -> Sequence[LeaseRow]:
        """Leases that end within so many days, the next one first."""
        v = lease_list.c
        query: Select[Any] = (
            select(*(v[name] for name in LeaseRow._fields))
            .where(v.ends_on > self._day, v.ends_on <= self._day + timedelta(days=days))
            .order_by(v.ends_on, v.id)
        )
        return [LeaseRow._make(row) for row in self._read(query, v.property_id, limit)]

    def _sums(self, table: Table, day: Any, *counted: Any) -> dict[date, Decimal]:
        month = func.date_trunc("month", day, type_=Date)
        columns: list[ColumnElement[Any]] = [cast(month, Date).label("month"), func.sum(table.c.amount).label("amount")]
        query: Select[Any] = select(*columns).where(day <= self._day, *counted).group_by(month)
        return {row.month: row.amount for row in self._conn.execute(self._within(query, table.c.property_id))}

    def _read(self, query: Select[Any], property_id: Any, limit: int) -> Sequence[Any]:
        return self._conn.execute(self._within(query, property_id).limit(limit)).all()

    def _within(self, query: Select[Any], property_id: Any) -> Select[Any]:
        return query if self._property_id is None else query.where(property_id == self._property_id)
