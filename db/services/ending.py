"""The end of a lease: what was posted for later days is taken back, by reversals and credits (R6, R7)."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import BigInteger, Connection, Date, Numeric, bindparam, select, text, update

from db.domain.ledger import ChargeEntry, living
from db.domain.moveout import MoveOut, Refund, UnusedRent, settle_move_out
from db.domain.rent import next_period_start
from db.repositories.entries import Entries
from db.repositories.leases import Lease
from db.repositories.lookup import TenantRef
from db.repositories.values import CHARGE, Values, told
from db.services.guard import refusing
from db.services.leases import RoomFullError, split_rent
from db.services.reversals import reverse_charge
from db.services.surcharges import flat_from
from db.services.tenants import TenantHousedError
from db.tables import charges, leases, rooms

_POST_PART = text(
    "select post_lease_charge(:lease, :kind, :start, :end, :days, :of_days, :amount, :related, :event)"
).bindparams(
    *(bindparam(name, type_=BigInteger) for name in ("lease", "related", "event")),
    *(bindparam(name, type_=Date) for name in ("start", "end")),
    bindparam("amount", type_=Numeric(14, 2)),
)


def plan_end(conn: Connection, lease: Lease, day: date, refund: Refund) -> MoveOut:
    """What ending the lease on `day` would reverse and credit (R7)."""
    return settle_move_out(Entries(conn).of_lease(lease.tenant_id, lease.id), day, refund, lease.rounding)


def end_lease(conn: Connection, tenant: TenantRef, lease: Lease, day: date, why: str) -> int:
    """Set the first day no longer rented; reverse rent posted for periods from then on. Returns how many.

    What an earlier end had given back is taken back first: no day is credited twice.
    """
    ends_on = max(day, lease.starts_on)
    row = {"ends_on": ends_on, "next_period_on": _open_period(lease, ends_on)}
    number = conn.execute(select(rooms.c.number).where(rooms.c.id == lease.room_id)).scalar_one()
    errors = {
        "leases_tenant_one_room": TenantHousedError(ref=tenant.code),
        "leases_slot_free": RoomFullError(ref=number, day=lease.ends_on),
    }
    with refusing(conn, errors):
        conn.execute(update(leases).where(leases.c.id == lease.id).values(row))
    undone = plan_end(conn, lease, ends_on, "none").reverse
    for charge in (*_credits(conn, lease), *undone):
        reverse_charge(conn, charge.id, why)
    for flat in flat_from(conn, lease.id, ends_on):
        reverse_charge(conn, flat, why)
    if lease.basis == "split_room":
        split_rent(conn, lease.room_id, ends_on)
    return len(undone)


def _credits(conn: Connection, lease: Lease) -> list[ChargeEntry]:
    """What earlier ends of the lease have given back and nobody has reversed."""
    entries = Entries(conn).of_lease(lease.tenant_id, lease.id)
    return [charge for charge in living(entries) if charge.kind == "credit"]


def post_credit(conn: Connection, lease: Lease, unused: UnusedRent, event_id: int) -> int:
    """Give back the unused days of a posted rent; the credit names its charge. Returns its id."""
    return post_part(conn, lease, unused, event_id, "credit", -unused.amount, days_charged(unused), unused.charge.id)


def post_part(
    conn: Connection,
    lease: Lease,
    unused: UnusedRent,
    event_id: int,
    kind: str,
    amount: Decimal,
    of_days: int,
    related_id: int,
) -> int:
    """Credit or charge the unused days to a lease, under the event that will tell why. Returns the entry's id."""
    values = {
        "lease": lease.id, "kind": kind, "start": unused.unused.start, "end": unused.unused.end,
        "days": unused.unused.days, "of_days": of_days, "amount": amount, "related": related_id, "event": event_id,
    }  # fmt: skip
    return int(conn.execute(_POST_PART, values).scalar_one())


def posted_under(conn: Connection, event_id: int) -> list[Values]:
    """The charges and credits of an event that is about to be told."""
    found = conn.execute(select(charges).where(charges.c.event_id == event_id).order_by(charges.c.id))
    return [told(CHARGE, row._mapping) for row in found]


def ends_told(ended: Iterable[Lease]) -> list[Values]:
    """When leases end, for an event."""
    return [told(("id", "ends_on"), lease._asdict()) for lease in ended]


def days_charged(unused: UnusedRent) -> int:
    """The length of the period that the charge was posted for."""
    start = unused.charge.period_start or unused.unused.start
    return (unused.unused.end - start).days


def lock_rooms(conn: Connection, *room_ids: int) -> None:
    """Always in the order of their ids: two tenants who swap rooms must not wait for each other."""
    ids = sorted(set(room_ids))
    conn.execute(select(rooms.c.id).where(rooms.c.id.in_(ids)).order_by(rooms.c.id).with_for_update(key_share=True))


def _open_period(lease: Lease, ends_on: date) -> date | None:
    """The first period not posted, if the lease lasts until it begins."""
    following = lease.next_period_on
    if following is None and lease.ends_on is not None:
        # The end is put off: all periods that began before the old end are posted, the others are not.
        following = next_period_start(lease.terms, lease.starts_on, lease.ends_on - timedelta(days=1))
    return following if following is not None and following < ends_on else None
