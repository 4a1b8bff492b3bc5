"""Who owes what since when, and how old it is (R18); sums that tie to the balances."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Date, bindparam, text

from db.repositories.reports.summing import in_all


class ArrearsRow(NamedTuple):
    """A tenant who owes something, on the day of the report."""

    tenant: str
    tenant_name: str
    property: str
    room: str | None
    phone: str | None
    outstanding_balance: Decimal
    overdue: Decimal
    oldest_due_on: date | None
    days_overdue: int
    not_due: Decimal
    d1_30: Decimal
    d31_60: Decimal
    d61_90: Decimal
    over_90: Decimal
    currency: str


class AgedRow(NamedTuple):
    """The debts of a property by their age, or with no property those of all that have this currency."""

    property: str | None
    tenants: int
    not_due: Decimal
    d1_30: Decimal
    d31_60: Decimal
    d61_90: Decimal
    over_90: Decimal
    credit: Decimal
    total: Decimal
    currency: str


class ChangedRow(NamedTuple):
    """How a tenant's debt changed between two days: `new`, `paid`, `more`, `less` or `same`."""

    tenant: str
    tenant_name: str
    property: str
    before: Decimal
    after: Decimal
    difference: Decimal
    change: str
    currency: str


_HOUSES = "from properties p cross join lateral aged(p.id, :day) a where (:property is null or p.id = :property)"
_ASKED = (bindparam("day", type_=Date), bindparam("property", type_=BigInteger))
_ARREARS = text("""
select t.code, t.name, p.code, l.room, t.phone, a.owed, a.owed - a.not_due, a.oldest_due_on,
       greatest(coalesce(:day, business_date(p.timezone)) - a.oldest_due_on, 0), a.not_due, a.d1_30, a.d31_60, a.d61_90,
       a.over_90, p.currency
  from properties p cross join lateral aged(p.id, :day) a
  join tenants t on t.id = a.tenant_id
  left join lateral (
    select r.number as room from leases l join rooms r on r.id = l.room_id
     where l.tenant_id = t.id and l.starts_on <= coalesce(:day, business_date(p.timezone))
       and coalesce(l.ends_on > coalesce(:day, business_date(p.timezone)), true)
     order by l.starts_on desc limit 1) l on true
 where (:property is null or p.id = :property) and a.owed > 0
 order by a.owed - a.not_due desc, a.owed desc, t.id
""").bindparams(*_ASKED)
_AGED = text(f"""
select p.code, count(*), sum(a.not_due), sum(a.d1_30), sum(a.d31_60), sum(a.d61_90), sum(a.over_90), sum(a.credit),
       sum(a.owed), p.currency
  {_HOUSES}
 group by grouping sets ((p.currency, p.code), (p.currency)) order by p.code nulls last, p.currency
""").bindparams(*_ASKED)
_CHANGED = text("""
select t.code, t.name, p.code, d.before, d.after, d.after - d.before,
       case when d.before = 0 then 'new' when d.after = 0 then 'paid' when d.after > d.before then 'more'
            when d.after < d.before then 'less' else 'same' end, p.currency
  from properties p
 cross join lateral (select tenant_id, coalesce(b.owed, 0.00) as before, coalesce(a.owed, 0.00) as after
                       from (select * from aged(p.id, :first) where owed > 0) b
                       full join (select * from aged(p.id, :day) where owed > 0) a using (tenant_id)) d
  join tenants t on t.id = d.tenant_id
 where :property is null or p.id = :property
 order by abs(d.after - d.before) desc, t.id
""").bindparams(*_ASKED, bindparam("first", type_=Date))


class Debts:
    """What is owed, in one transaction. Without a day everything that is posted, aged today at the property."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def arrears(self, as_of: date | None = None, *, property_id: int | None = None) -> Iterator[ArrearsRow]:
        """Who owes something, the largest overdue debt first, those who have left among them (R7)."""
        asked = {"day": as_of, "property": property_id}
        return map(ArrearsRow._make, self._conn.execute(_ARREARS, asked))

    def aged(self, as_of: date | None = None, *, property_id: int | None = None) -> Iterator[AgedRow]:
        """The debts of each property by their age, then those of all, a row for each currency (R18)."""
        rows = [AgedRow._make(row) for row in self._conn.execute(_AGED, {"day": as_of, "property": property_id})]
        return in_all(rows)

    def changed(self, first: date, last: date, *, property_id: int | None = None) -> Iterator[ChangedRow]:
        """How debts changed from the end of one day to that of another; who paid all is told too."""
        asked = {"first": first, "day": last, "property": property_id}
        return map(ChangedRow._make, self._conn.execute(_CHANGED, asked))
