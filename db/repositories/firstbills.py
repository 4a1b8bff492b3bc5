"""The first bill of every tenant whom an import adds: what a landlord looks over before anything is posted."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.domain.rent import RentDue, rent_due
from db.repositories.leases import Lease, load_leases
from db.tables import leases

_CHUNK = 500
_ADDED = text("""
select t.id, t.code, t.name, p.code as property, p.currency, r.number as room, b.deposit_held, b.outstanding_balance,
       (select coalesce(sum(c.amount), 0) from charges c where c.tenant_id = t.id and c.kind = 'opening') as opening
  from import_rows i
  join tenants t on t.id = i.entry_id
  join properties p on p.id = t.property_id
  join balances b on b.tenant_id = t.id
  left join leases l on l.tenant_id = t.id
  left join rooms r on r.id = l.room_id
 where i.import_id = :import_id
 order by i.line
""")


class FirstBill(NamedTuple):
    """What a tenant brings along, and the first rent that is charged: `amount` for the days up to `period_end`."""

    tenant: str
    tenant_name: str
    property: str
    currency: str
    room: str | None
    opening: Decimal
    deposit: Decimal
    monthly_rent: Decimal | None
    period_start: date | None
    period_end: date | None
    due_on: date | None
    amount: Decimal | None
    outstanding_balance: Decimal


def first_bills(conn: Connection, import_id: int) -> Iterator[FirstBill]:
    """Those of the tenants that an import has added, in the order of its lines."""
    added = conn.execute(_ADDED, {"import_id": import_id}).all()
    for start in range(0, len(added), _CHUNK):
        rows = added[start : start + _CHUNK]
        begun = {lease.tenant_id: lease for lease in _leases(conn, [row.id for row in rows])}
        for row in rows:
            lease = begun.get(row.id)
            rent = _first_rent(lease) if lease else None
            yield FirstBill(
                tenant=row.code,
                tenant_name=row.name,
                property=row.property,
                currency=row.currency,
                room=row.room,
                opening=row.opening,
                deposit=row.deposit_held,
                monthly_rent=lease.terms[0].monthly_rent if lease else None,
                period_start=rent.period.start if rent else None,
                period_end=rent.period.end if rent else None,
                due_on=rent.due_on if rent else None,
                amount=rent.amount if rent else None,
                outstanding_balance=row.outstanding_balance,
            )


def _leases(conn: Connection, tenant_ids: Sequence[int]) -> list[Lease]:
    return load_leases(conn, leases.c.tenant_id.in_(tenant_ids))


def _first_rent(lease: Lease) -> RentDue | None:
    """The period with which billing begins, posted already or still to come."""
    first = lease.billed_from_on
    return next(rent_due(lease.terms, lease.starts_on, lease.ends_on, lease.policy, since=first, until=first), None)
