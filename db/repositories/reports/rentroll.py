"""The rent roll: every bed on a day, who rents it and what it brings (R18)."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Date, bindparam, text

from db.domain.allocation import paid_ahead
from db.repositories.leases import BEGUN, Lease, coming_rent, load_leases
from db.repositories.reports.summing import in_all
from db.tables import leases

CHUNK = 500


class RollRow(NamedTuple):
    """A bed on the day: who rents it from when until when at which price, or without a tenant that it is free.

    `list_rent` is what a new lease costs; `paid_through_on` the last day that is paid for.
    """

    property: str
    room: str
    bed: int
    room_type: str | None
    tenant: str | None
    tenant_name: str | None
    starts_on: date | None
    ends_on: date | None
    monthly_rent: Decimal | None
    list_rent: Decimal
    deposit_held: Decimal | None
    outstanding_balance: Decimal | None
    paid_through_on: date | None
    status: str
    tenant_id: int | None
    currency: str


class RollSum(NamedTuple):
    """The rent roll of a property in sums, or without one of all that have this currency."""

    property: str | None
    beds: int
    let: int
    monthly_rent: Decimal
    vacant_rent: Decimal
    deposit_held: Decimal
    outstanding_balance: Decimal
    currency: str


_DAY = "coalesce(:day, business_date(p.timezone))"
# What was owed on the day is asked for a house at a time: for each bed by itself it took a millisecond.
_LEDGER = """
with ledger as materialized (
  select l.* from properties p cross join lateral {asked} l
   where :day is not null and (:property is null or p.id = :property)
)"""
_TOTALS = """(
    select tenant_id, total_charges - total_payments as owed
      from ledger_totals(array(select id from tenants where property_id = p.id), :day))"""
_BEDS = f"""
  from properties p join rooms r on r.property_id = p.id
 cross join lateral generate_series(1, r.capacity) bed
  left join leases l on l.room_id = r.id and l.slot = bed and l.starts_on <= {_DAY}
                    and coalesce(l.ends_on > {_DAY}, true)
  left join tenants t on t.id = l.tenant_id
  left join lateral (select monthly_rent from lease_terms where lease_id = l.id and effective_on <= {_DAY}
                      order by effective_on desc limit 1) terms on true
  left join lateral (select sum(case kind when 'received' then amount else -amount end) as held from deposit_entries
                      where tenant_id = t.id and entry_on <= {_DAY}) deposit on true
  left join ledger on ledger.tenant_id = t.id
  left join balances b on b.tenant_id = t.id
 where (:property is null or p.id = :property) and p.archived_at is null
   and coalesce((r.deleted_at at time zone p.timezone)::date > {_DAY}, true)
"""  # noqa: S608 - our own texts
_ASKED = (bindparam("day", type_=Date), bindparam("property", type_=BigInteger))
_ROLL = text(f"""{_LEDGER.format(asked="paid_until(p.id, :day)")}
select p.code, r.number, bed, r.room_type, t.code, t.name, l.starts_on, l.ends_on, terms.monthly_rent, r.monthly_rent,
       case when t.id is not null then coalesce(deposit.held, 0.00) end,
       case when :day is null then b.outstanding_balance else ledger.owed end,
       case when :day is null then b.paid_through_on else ledger.until - 1 end,
       case when t.id is not null then 'let' when r.status = 'renovation' then 'renovation' else 'vacant' end,
       t.id, p.currency
  {_BEDS}
 order by p.code, r.number_key, r.id, bed
""").bindparams(*_ASKED)
_SUMS = text(f"""{_LEDGER.format(asked=_TOTALS)}
select p.code, count(*), count(t.id), coalesce(sum(terms.monthly_rent), 0.00),
       coalesce(sum(r.monthly_rent) filter (where t.id is null), 0.00), coalesce(sum(deposit.held), 0.00),
       coalesce(sum(case when :day is null then b.outstanding_balance else ledger.owed end), 0.00), p.currency
  {_BEDS}
 group by grouping sets ((p.currency, p.code), (p.currency)) order by p.code nulls last, p.currency
""").bindparams(*_ASKED)


class RentRoll:
    """Questions about beds on a day, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def beds(self, as_of: date | None = None, *, property_id: int | None = None) -> Iterator[RollRow]:
        """Every bed of the day, free ones too, by property and room (R18)."""
        found = map(RollRow._make, self._conn.execute(_ROLL, {"day": as_of, "property": property_id}))
        return found if as_of is None else self._as_it_stood(found, as_of)

    def sums(self, as_of: date | None = None, *, property_id: int | None = None) -> Iterator[RollSum]:
        """The rent roll of each property in sums, then of all."""
        found = self._conn.execute(_SUMS, {"day": as_of, "property": property_id})
        return in_all([RollSum._make(row) for row in found])

    def _as_it_stood(self, rows: Iterator[RollRow], as_of: date) -> Iterator[RollRow]:
        """With the periods to come that money paid ahead was to cover (R13)."""
        while part := list(islice(rows, CHUNK)):
            ahead = {row.tenant_id: row for row in part if (row.outstanding_balance or 0) < 0}
            rented: dict[int | None, list[Lease]] = {}
            for lease in load_leases(self._conn, leases.c.tenant_id.in_(ahead), BEGUN) if ahead else ():
                rented.setdefault(lease.tenant_id, []).append(lease)
            yield from (
                row._replace(paid_through_on=_paid_ahead(row, rented.get(row.tenant_id, []), as_of))
                if row.tenant_id in ahead else row for row in part
            )  # fmt: skip


def _paid_ahead(row: RollRow, rented: Sequence[Lease], as_of: date) -> date | None:
    assert row.outstanding_balance is not None  # noqa: S101 - it is a credit
    return paid_ahead(row.paid_through_on, -row.outstanding_balance, coming_rent(rented, as_of))
