"""Two views of profit (R19): cash by the day on which it moved, income by the period for which it was charged.

Deposits are in neither: they are told beside the cash. What was paid ahead is in the cash alone.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy import BigInteger, Connection, Date, TextClause, bindparam, text

from db.repositories.reports.summing import in_all

CashBy = Literal["month", "day", "method", "category"]


class CashRow(NamedTuple):
    """Money that moved in a month or on a day, or all of one `word` (a method, a category) in the range.

    `net` is what was received less credit paid back and less costs. Money moved to the owner and deposits are apart
    from it. Without a property: all that have this currency.
    """

    period: date | None
    word: str | None
    property: str | None
    received: Decimal
    refunded: Decimal
    spent: Decimal
    net: Decimal
    moved: Decimal
    deposits_in: Decimal
    deposits_out: Decimal
    currency: str


class IncomeRow(NamedTuple):
    """What was charged for a month, less credits, and what it cost. Without a property: all of this currency."""

    month: date
    property: str | None
    rent: Decimal
    utilities: Decimal
    late_fees: Decimal
    other: Decimal
    credits: Decimal
    income: Decimal
    expenses: Decimal
    net: Decimal
    currency: str


_PERIODS = {"month": "date_trunc('month', m.day)::date", "day": "m.day"}
# An expense has a method and a category, the rest a method alone; of older entries nobody told it.
_WORDS = {"method": "m.method", "category": "m.category"}
_MOVED = """
with moved as (
  select property_id, payment_date as day, method, null as category, amount as received, 0 as refunded, 0 as spent,
         0 as moved, 0 as deposits_in, 0 as deposits_out
    from payments where method <> 'deposit' and payment_date between :since and :until
  union all
  select property_id, charged_on, method, null, 0, amount, 0, 0, 0, 0
    from charges where kind = 'refund' and charged_on between :since and :until
  union all
  select property_id, spent_on, method, category, 0, 0, case category when 'transfer' then 0 else amount end,
         case category when 'transfer' then amount else 0 end, 0, 0
    from expenses where spent_on between :since and :until
  union all
  select property_id, entry_on, method, null, 0, 0, 0, 0, case kind when 'received' then amount else 0 end,
         case kind when 'refunded' then amount else 0 end
    from deposit_entries where kind <> 'applied' and not opening and entry_on between :since and :until
)
select {period}, {word}, p.code, sum(m.received), sum(m.refunded), sum(m.spent),
       sum(m.received - m.refunded - m.spent), sum(m.moved), sum(m.deposits_in), sum(m.deposits_out), p.currency
  from moved m join properties p on p.id = m.property_id
 where :property is null or p.id = :property
 group by grouping sets ((p.currency, {key}, p.code), (p.currency, {key}))
 order by {key} nulls last, p.code nulls last, p.currency
"""
_EARNED = """
with earned as (
  select property_id, date_trunc('month', coalesce(period_start, charged_on))::date as month, kind, amount, 0 as cost
    from charges
   where kind not in ('opening', 'refund') and coalesce(period_start, charged_on) between :since and :until
  union all
  select property_id, date_trunc('month', spent_on)::date, null, 0, amount
    from expenses where category <> 'transfer' and spent_on between :since and :until
)
select e.month, p.code,
       coalesce(sum(e.amount) filter (where e.kind = 'rent'), 0.00),
       coalesce(sum(e.amount) filter (where charge_rank(e.kind) = 1), 0.00),
       coalesce(sum(e.amount) filter (where e.kind = 'late_fee'), 0.00),
       coalesce(sum(e.amount) filter (where e.kind not in ('rent', 'late_fee', 'credit') and charge_rank(e.kind) <> 1),
                0.00),
       coalesce(sum(e.amount) filter (where e.kind = 'credit'), 0.00),
       sum(e.amount), sum(e.cost), sum(e.amount - e.cost), p.currency
  from earned e join properties p on p.id = e.property_id
 where :property is null or p.id = :property
 group by grouping sets ((p.currency, e.month, p.code), (p.currency, e.month))
 order by e.month, p.code nulls last, p.currency
"""


class Money:
    """What came in and what was earned between two days, both included, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def cash(
        self, since: date, until: date, *, by: CashBy = "month", property_id: int | None = None
    ) -> Iterator[CashRow]:
        """Cash by month, day, method or category, of each property and in all (R19)."""
        period, word = _PERIODS.get(by, "null::date"), _WORDS.get(by, "null::text")
        statement = _MOVED.format(period=period, word=word, key=_PERIODS.get(by) or _WORDS[by])
        rows = self._ask(statement, since, until, property_id)
        return in_all([CashRow._make(row) for row in rows])

    def income(self, since: date, until: date, *, property_id: int | None = None) -> Iterator[IncomeRow]:
        """Charges by the month in which their period begins, and costs, of each property and in all (R19)."""
        return in_all([IncomeRow._make(row) for row in self._ask(_EARNED, since, until, property_id)])

    def _ask(self, statement: str, since: date, until: date, property_id: int | None) -> Iterator[tuple[object, ...]]:
        asked = {"since": since, "until": until, "property": property_id}
        return iter(self._conn.execute(_bound(statement), asked).all())


def _bound(statement: str) -> TextClause:
    days = (bindparam("since", type_=Date), bindparam("until", type_=Date))
    return text(statement).bindparams(*days, bindparam("property", type_=BigInteger))
