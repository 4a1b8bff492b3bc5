"""The book at a glance: how full the houses are, what this month has brought, what is owed."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Numeric, Subquery, Text, cast, column, func, select, text

from db.domain.periods import YearMonth
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_page


class HouseRow(NamedTuple):
    """A property today. `occupied` are the rooms that are full, `beds_taken` the people; `charged` and `received` are
    this month's (R19): by period without opening balances, and cash without deposits. `owed` is what tenants owe
    in all, `credit` what they have paid ahead.
    """

    property: str
    name: str
    rooms: int
    occupied: int
    renovation: int
    beds: int
    beds_taken: int
    charged: Decimal
    received: Decimal
    owed: Decimal
    credit: Decimal
    currency: str


class Totals(NamedTuple):
    """All properties of one currency together; `behind` are the tenants who owe something that was due before today."""

    properties: int
    rooms: int
    occupied: int
    renovation: int
    beds: int
    beds_taken: int
    behind: int
    charged: Decimal
    received: Decimal
    owed: Decimal
    credit: Decimal
    currency: str


# One pass over each table, however many properties there are: how full each is now, and what its tenants owe.
HOUSED_AND_STANDING = """
let as (
  select l.room_id, count(*) as people
    from leases l join properties p on p.id = l.property_id
   where l.starts_on <= business_date(p.timezone) and (l.ends_on is null or l.ends_on > business_date(p.timezone))
   group by l.room_id
), housed as (
  select r.property_id, count(*) as rooms, sum(r.capacity) as beds, sum(l.people)::bigint as beds_taken,
         count(*) filter (where r.status = 'renovation') as renovation,
         count(*) filter (where r.status <> 'renovation' and l.people >= r.capacity) as occupied
    from rooms r left join let l on l.room_id = r.id where r.deleted_at is null group by r.property_id
), standing as (
  select b.property_id, sum(outstanding_balance) filter (where outstanding_balance > 0) as owed,
         -sum(outstanding_balance) filter (where outstanding_balance < 0) as credit,
         count(*) filter (where oldest_due_on < business_date(p.timezone)) as behind
    from balances b join properties p on p.id = b.property_id group by b.property_id
)"""
# A charge is never dated before its period: the bound on `charged_on` is the one that finds it in an index.
_HOUSES = f"""
with {HOUSED_AND_STANDING}, earned as (
  select property_id, sum(amount) as amount from charges
   where charged_on >= :first and coalesce(period_start, charged_on) >= :first
     and coalesce(period_start, charged_on) < :next and kind not in ('opening', 'refund')
   group by property_id
), received as (
  select property_id, sum(amount) as amount from payments
   where payment_date >= :first and payment_date < :next and method <> 'deposit' group by property_id
)
select p.code as property, p.name, coalesce(h.rooms, 0) as rooms, coalesce(h.occupied, 0) as occupied,
       coalesce(h.renovation, 0) as renovation, coalesce(h.beds, 0) as beds, coalesce(h.beds_taken, 0) as beds_taken,
       coalesce(e.amount, 0.00) as charged, coalesce(m.amount, 0.00) as received, coalesce(s.owed, 0.00) as owed,
       coalesce(s.credit, 0.00) as credit, p.currency, coalesce(s.behind, 0) as behind
  from properties p
  left join housed h on h.property_id = p.id
  left join earned e on e.property_id = p.id
  left join received m on m.property_id = p.id
  left join standing s on s.property_id = p.id
 where p.archived_at is null
"""  # noqa: S608 - of our own texts
_COUNTS = ("rooms", "occupied", "renovation", "beds", "beds_taken", "behind")
_AMOUNTS = ("charged", "received", "owed", "credit")


class Overview:
    """The month that holds `day`, in one transaction."""

    def __init__(self, conn: Connection, day: date) -> None:
        self._conn = conn
        self._month = YearMonth.of(day)

    def houses(self, *, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[HouseRow]:
        """A page of properties by code."""
        houses = self._houses()
        query = select(*(houses.c[name] for name in HouseRow._fields))
        keyset = Keyset([houses.c.property])
        return read_page(self._conn, query, keyset, HouseRow._make, scope="overview", after=after, limit=limit)

    def totals(self, property_code: str | None = None) -> list[Totals]:
        """The sums of each currency, amounts of two are never added; or of one property alone."""
        h = self._houses().c
        sums: dict[str, Any] = {name: cast(func.sum(h[name]), BigInteger) for name in _COUNTS}
        sums |= {name: func.sum(h[name], type_=Numeric) for name in _AMOUNTS}
        sums |= {"properties": func.count(), "currency": h.currency}
        query = select(*(sums[name].label(name) for name in Totals._fields)).group_by(h.currency).order_by(h.currency)
        if property_code is not None:
            query = query.where(h.property == property_code)
        return [Totals._make(row) for row in self._conn.execute(query)]

    def _houses(self) -> Subquery:
        first, following = self._month.clamp(1), self._month.next.clamp(1)
        texts = (column(name, Text) for name in ("property", "name", "currency"))
        counts = (column(name, BigInteger) for name in _COUNTS)
        amounts = (column(name, Numeric) for name in _AMOUNTS)
        return (
            text(_HOUSES).bindparams(first=first, next=following).columns(*texts, *counts, *amounts).subquery("houses")
        )
