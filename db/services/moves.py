"""Moving to another room (R6) and moving out (R7). What was posted stays; credits and reversals correct it."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from db.domain.dates import require_plausible
from db.domain.moveout import Refund, UnusedRent
from db.domain.periods import Period
from db.domain.rent import move_adjustment, next_period_start
from db.errors import N_, RuleError
from db.events import Event, append, reserve_event
from db.repositories.leases import Lease, tenant_leases
from db.repositories.lookup import RoomRef, TenantRef
from db.repositories.values import lease_told
from db.services.balances import recalculate
from db.services.billing import accrue
from db.services.ending import (
    days_charged,
    end_lease,
    ends_told,
    lock_rooms,
    plan_end,
    post_credit,
    post_part,
    posted_under,
)
from db.services.leases import NoLeaseError, get_lease, lease_on, lock_tenant, open_lease
from db.services.rooms import sync_room_statuses
from db.tables import leases


class SameRoomError(RuleError):
    """The tenant lives there already."""

    code = "same_room"
    message = N_("{tenant} already lives in {room}.")


class MoveDateError(RuleError):
    """A move before the lease began is another lease."""

    code = "move_before_start"
    message = N_("{tenant} moved in on {starts_on}; {day} is not after that.")


class Moved(NamedTuple):
    """What a move or a move-out did: the day, the credit and charge posted, how many rents were reversed."""

    lease: Lease
    on: date
    credit: Decimal
    charge: Decimal
    reversed: int


def move_tenant(
    conn: Connection,
    tenant: TenantRef,
    room: RoomRef,
    on: date | None = None,
    *,
    monthly_rent: Decimal | None = None,
) -> Moved:
    """Move to another room: at the next billing boundary, or on a day with a credit and a charge for the rest (R6).

    The billing day is kept and the deposit carried along. Raises SameRoomError, MoveDateError, RoomFullError.
    """
    lock_tenant(conn, tenant.id)
    _lock_rooms_of(conn, tenant, room.id)
    old = _leases_from(conn, tenant, on)[0] if on else lease_on(conn, tenant, tenant.today)
    day = require_plausible(on or next_period_start(old.terms, old.starts_on, tenant.today))
    if day <= old.starts_on:
        raise MoveDateError(tenant=tenant.code, starts_on=old.starts_on, day=day)
    if old.room_id == room.id:
        raise SameRoomError(tenant=tenant.code, room=room.number)
    event_id = reserve_event(conn)
    unused = plan_end(conn, old, day, "prorate").credits
    undone = end_lease(conn, tenant, old, day, "move")
    billing_day = old.terms_on(day).billing_day
    new = open_lease(conn, tenant, room, day, monthly_rent=monthly_rent, billing_day=billing_day)
    credit = charge = Decimal(0)
    for part in unused:
        credit, charge = _post_difference(conn, old, new, part, event_id)
    payload = {
        "tenantId": tenant.id, "fromRoomId": old.room_id, "roomId": room.id, "date": day, "leaseId": new.id,
        "credit": credit, "charge": charge,
        "before": {"leases": ends_told([old])},
        "after": {"leases": [*ends_told([get_lease(conn, old.id)]), lease_told(new)],
                  "charges": posted_under(conn, event_id)},
    }  # fmt: skip
    event = Event("TenantMoved", "tenant", tenant.id, payload, tenant.property_id, tenant.id)
    append(conn, event, event_id=event_id)
    _settle(conn, tenant, [old.room_id, room.id])
    return Moved(get_lease(conn, new.id), day, credit, charge, undone)


def move_out(conn: Connection, tenant: TenantRef, on: date | None = None, *, refund: Refund | None = None) -> Moved:
    """End the lease: `on` is the first day no longer rented (R7). The ledger stays open.

    Rent of periods that start on or after `on` is reversed; with `refund="prorate"` the unused days of the
    period before are credited; else as the lease was signed. A move that was still to come is called off.
    Raises NoLeaseError.
    """
    lock_tenant(conn, tenant.id)
    _lock_rooms_of(conn, tenant)
    day = require_plausible(on or tenant.today)
    lease, *later = _leases_from(conn, tenant, day)
    room_ids = [lease.room_id, *(other.room_id for other in later)]
    refund = refund or lease.refund
    unused = plan_end(conn, lease, day, refund).credits
    undone = sum(end_lease(conn, tenant, other, other.starts_on, "move-out") for other in later)
    undone += end_lease(conn, tenant, lease, day, "move-out")
    event_id = reserve_event(conn)
    for part in unused:
        post_credit(conn, lease, part, event_id)
    credit = sum((part.amount for part in unused), Decimal(0))
    ended = [get_lease(conn, one.id) for one in (lease, *later)]
    payload = {
        "tenantId": tenant.id, "roomId": lease.room_id, "date": day, "refund": refund, "credit": credit,
        "before": {"leases": ends_told([lease, *later])},
        "after": {"leases": ends_told(ended), "charges": posted_under(conn, event_id)},
    }  # fmt: skip
    event = Event("TenantLeft", "tenant", tenant.id, payload, tenant.property_id, tenant.id)
    append(conn, event, event_id=event_id)
    _settle(conn, tenant, room_ids)
    return Moved(ended[0], day, credit, Decimal(0), undone)


def _lock_rooms_of(conn: Connection, tenant: TenantRef, *more: int) -> None:
    """Rooms before leases: who shares a room's rent anew holds the room and then asks for its leases."""
    lock_rooms(conn, *conn.execute(select(leases.c.room_id).where(leases.c.tenant_id == tenant.id)).scalars(), *more)


def _leases_from(conn: Connection, tenant: TenantRef, day: date) -> list[Lease]:
    """The lease that ends when the tenant leaves on `day`, then those that would begin later. Raises NoLeaseError."""
    going = min(day, tenant.today)
    found = [lease for lease in tenant_leases(conn, tenant.id, lock=True) if not lease.ends_on or lease.ends_on > going]
    if not found:
        raise NoLeaseError(ref=tenant.code, day=day)
    begun = sum(lease.starts_on < day for lease in found)
    return found[max(begun - 1, 0) :]


def _post_difference(
    conn: Connection, old: Lease, new: Lease, part: UnusedRent, event_id: int
) -> tuple[Decimal, Decimal]:
    """Credit the unused days of the old room and charge them in the new one; each line names the other."""
    posted, end = part.charge, part.unused.end
    full_days = posted.of_days or days_charged(part)
    period, rent = Period(posted.period_start or part.unused.start, end), new.terms[0].monthly_rent
    credit, charge = move_adjustment(period, part.unused.start, posted.amount, rent, full_days, new.rounding)
    credit_id = post_credit(conn, old, part, event_id)
    if charge:
        post_part(conn, new, part, event_id, "rent", charge, full_days, credit_id)
    conn.execute(update(leases).where(leases.c.id == new.id).values(next_period_on=end))
    return credit, charge


def _settle(conn: Connection, tenant: TenantRef, room_ids: list[int]) -> None:
    sync_room_statuses(conn, room_ids)
    accrue(conn, tenant_id=tenant.id)
    recalculate(conn, [tenant.id])
