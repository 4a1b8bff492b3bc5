"""Moving to another room (R6) and moving out (R7). What was posted stays; credits and reversals correct it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from db.domain.periods import Period
from db.domain.rent import move_adjustment, next_period_start, split_unused
from db.errors import N_, RuleError
from db.events import Event, append, reserve_event
from db.repositories.leases import Lease, tenant_leases
from db.repositories.lookup import RoomRef, TenantRef
from db.services.balances import recalculate
from db.services.billing import accrue
from db.services.guard import refusing
from db.services.leases import NoLeaseError, RoomFullError, get_lease, lease_on, lock_tenant, open_lease, split_rent
from db.services.reversals import reverse_charge
from db.services.rooms import sync_room_statuses
from db.services.tenants import TenantHousedError
from db.tables import charges, leases, reversals, rooms


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
    old = _leases_from(conn, tenant, on)[0] if on else lease_on(conn, tenant, tenant.today)
    day = on or next_period_start(old.terms, old.starts_on, tenant.today)
    if day <= old.starts_on:
        raise MoveDateError(tenant=tenant.code, starts_on=old.starts_on, day=day)
    if old.room_id == room.id:
        raise SameRoomError(tenant=tenant.code, room=room.number)
    _lock_rooms(conn, old.room_id, room.id)
    event_id = reserve_event(conn)
    posted = _posted_over(conn, old.id, day)
    undone = end_lease(conn, tenant, old, day, "move")
    billing_day = old.terms_on(day).billing_day
    new = open_lease(conn, tenant, room, day, monthly_rent=monthly_rent, billing_day=billing_day)
    credit = charge = Decimal(0)
    if posted is not None:
        credit, charge = _post_difference(conn, tenant, posted, new, day, event_id)
    payload = {
        "tenantId": tenant.id, "fromRoomId": old.room_id, "roomId": room.id, "date": day, "leaseId": new.id,
        "credit": credit, "charge": charge,
    }  # fmt: skip
    event = Event("TenantMoved", "tenant", tenant.id, payload, tenant.property_id, tenant.id)
    append(conn, event, event_id=event_id)
    _settle(conn, tenant, [old.room_id, room.id])
    return Moved(get_lease(conn, new.id), day, credit, charge, undone)


def move_out(conn: Connection, tenant: TenantRef, on: date | None = None, *, refund: str = "none") -> Moved:
    """End the lease: `on` is the first day no longer rented (R7). The ledger stays open.

    Rent of periods that start on or after `on` is reversed; with `refund="prorate"` the unused days of the
    period before are credited. A move that was still to come is called off. Raises NoLeaseError.
    """
    lock_tenant(conn, tenant.id)
    day = on or tenant.today
    lease, *later = _leases_from(conn, tenant, day)
    room_ids = [lease.room_id, *(other.room_id for other in later)]
    _lock_rooms(conn, *room_ids)
    posted = _posted_over(conn, lease.id, day)
    undone = sum(end_lease(conn, tenant, other, other.starts_on, "move-out") for other in later)
    undone += end_lease(conn, tenant, lease, day, "move-out")
    event_id = reserve_event(conn)
    credit = Decimal(0)
    if posted is not None and refund == "prorate":
        period = Period(posted.period_start, posted.period_end)
        _, credit = split_unused(period, posted.amount, day, lease.rounding)
        if credit:
            _insert_credit(conn, tenant, posted, day, credit, event_id)
    payload = {
        "tenantId": tenant.id,
        "roomId": lease.room_id,
        "date": day,
        "refund": refund,
        "credit": credit,
    }
    append(
        conn,
        Event("TenantLeft", "tenant", tenant.id, payload, tenant.property_id, tenant.id),
        event_id=event_id,
    )
    _settle(conn, tenant, room_ids)
    return Moved(get_lease(conn, lease.id), day, credit, Decimal(0), undone)


def _leases_from(conn: Connection, tenant: TenantRef, day: date) -> list[Lease]:
    """The lease that ends when the tenant leaves on `day`, then those that would begin later. Raises NoLeaseError."""
    going = min(day, tenant.today)
    found = [lease for lease in tenant_leases(conn, tenant.id, lock=True) if not lease.ends_on or lease.ends_on > going]
    if not found:
        raise NoLeaseError(ref=tenant.code, day=day)
    begun = sum(lease.starts_on < day for lease in found)
    return found[max(begun - 1, 0) :]


def end_lease(conn: Connection, tenant: TenantRef, lease: Lease, day: date, why: str) -> int:
    """Set the first day no longer rented; reverse rent posted for periods from then on. Returns how many."""
    ends_on = max(day, lease.starts_on)
    row = {"ends_on": ends_on, "next_period_on": _open_period(lease, ends_on)}
    number = conn.execute(select(rooms.c.number).where(rooms.c.id == lease.room_id)).scalar_one()
    errors = {
        "leases_tenant_one_room": TenantHousedError(ref=tenant.code),
        "leases_slot_free": RoomFullError(ref=number, day=lease.ends_on),
    }
    with refusing(conn, errors):
        conn.execute(update(leases).where(leases.c.id == lease.id).values(row))
    c = charges.c
    later = select(c.id).where(c.lease_id == lease.id, c.kind == "rent", c.period_start >= ends_on, _standing())
    undone = list(conn.execute(later.order_by(c.period_start)).scalars())
    for charge_id in undone:
        reverse_charge(conn, charge_id, why)
    if lease.basis == "split_room":
        split_rent(conn, lease.room_id, ends_on)
    return len(undone)


def _open_period(lease: Lease, ends_on: date) -> date | None:
    """The first period not posted, if the lease lasts until it begins."""
    following = lease.next_period_on
    if following is None and lease.ends_on is not None:
        # The end is put off: all periods that began before the old end are posted, the others are not.
        following = next_period_start(lease.terms, lease.starts_on, lease.ends_on - timedelta(days=1))
    return following if following is not None and following < ends_on else None


def _standing() -> ColumnElement[bool]:
    reversed_too = select(reversals.c.entry_id).where(
        reversals.c.entry == "charge", reversals.c.entry_id == charges.c.id
    )
    return charges.c.reverses_id.is_(None) & ~reversed_too.exists()


def _posted_over(conn: Connection, lease_id: int, day: date) -> Row[tuple[object, ...]] | None:
    """The rent that is posted for a period that `day` cuts in two."""
    c = charges.c
    cut = select(charges).where(
        c.lease_id == lease_id, c.kind == "rent", c.period_start < day, c.period_end > day, _standing()
    )
    return conn.execute(cut).first()


def _post_difference(
    conn: Connection, tenant: TenantRef, posted: Row[tuple[object, ...]], new: Lease, day: date, event_id: int
) -> tuple[Decimal, Decimal]:
    """Credit the unused days of the old room and charge them in the new one; each line names the other."""
    period = Period(posted.period_start, posted.period_end)
    full_days = posted.of_days or period.days
    rent = new.terms[0].monthly_rent
    credit, charge = move_adjustment(period, day, posted.amount, rent, full_days, new.rounding)
    credit_id = _insert_credit(conn, tenant, posted, day, credit, event_id) if credit else None
    if charge:
        row = _part(tenant, posted, day, event_id) | {"lease_id": new.id, "kind": "rent", "amount": charge}
        conn.execute(insert(charges).values(**row, of_days=full_days, related_id=credit_id))
    conn.execute(update(leases).where(leases.c.id == new.id).values(next_period_on=period.end))
    return credit, charge


def _insert_credit(
    conn: Connection,
    tenant: TenantRef,
    posted: Row[tuple[object, ...]],
    day: date,
    credit: Decimal,
    event_id: int,
) -> int:
    row = _part(tenant, posted, day, event_id) | {
        "lease_id": posted.lease_id,
        "kind": "credit",
        "amount": -credit,
    }
    whole = (posted.period_end - posted.period_start).days
    statement = insert(charges).values(**row, of_days=whole, related_id=posted.id)
    return int(conn.execute(statement.returning(charges.c.id)).scalar_one())


def _part(tenant: TenantRef, posted: Row[tuple[object, ...]], day: date, event_id: int) -> dict[str, object]:
    return {
        "property_id": tenant.property_id, "tenant_id": tenant.id, "period_start": day, "period_end": posted.period_end,
        "days": (posted.period_end - day).days, "charged_on": day, "due_on": day, "event_id": event_id,
    }  # fmt: skip


def _lock_rooms(conn: Connection, *room_ids: int) -> None:
    """Always in the order of their ids: two tenants who swap rooms must not wait for each other."""
    ids = sorted(set(room_ids))
    conn.execute(select(rooms.c.id).where(rooms.c.id.in_(ids)).order_by(rooms.c.id).with_for_update(key_share=True))


def _settle(conn: Connection, tenant: TenantRef, room_ids: list[int]) -> None:
    sync_room_statuses(conn, room_ids)
    accrue(conn, tenant_id=tenant.id)
    recalculate(conn, [tenant.id])
