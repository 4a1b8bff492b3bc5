"""Moving in, and what a lease costs from a date on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from db.domain.dates import require_plausible
from db.domain.money import split_evenly
from db.domain.periods import BillingDayError
from db.domain.rent import Terms, accrues_from
from db.errors import N_, NotFoundError, RuleError
from db.events import Event, append
from db.repositories.leases import Lease, load_leases, tenant_leases
from db.repositories.lookup import RoomRef, TenantNotFoundError, TenantRef
from db.repositories.policies import Policies
from db.repositories.values import Values, lease_told, terms_told, told
from db.services.balances import recalculate
from db.services.billing import accrue
from db.services.guard import refusing
from db.services.rooms import RoomValueError, sync_room_statuses
from db.services.tenants import TenantHousedError
from db.tables import lease_terms, leases, rooms, tenants


class RoomFullError(RuleError):
    """Every bed of the room is let for some of these nights."""

    code = "room_full"
    message = N_("Room {ref} has no free bed from {day} on.")
    hint = N_("`ekost room list --status available` shows free rooms.")


class RoomClosedError(RuleError):
    """The room is being renovated."""

    code = "room_closed"
    message = N_("Room {ref} is in renovation.")
    hint = N_("`ekost room status {ref} available` opens it again.")


class RoomElsewhereError(RuleError):
    """Room and tenant belong to different properties."""

    code = "room_elsewhere"
    message = N_("Room {room} and tenant {tenant} belong to different properties.")


class NoLeaseError(NotFoundError):
    """The tenant has no room then."""

    code = "no_lease"
    message = N_("{ref} has no room on {day}.")
    hint = N_("`ekost tenant assign` gives a room.")


def assign_tenant(
    conn: Connection,
    tenant: TenantRef,
    room: RoomRef,
    starts_on: date,
    *,
    monthly_rent: Decimal | None = None,
    billing_day: int | None = None,
    billed_from: date | None = None,
    until: date | None = None,
) -> Lease:
    """Let a bed from `starts_on` on, post the rent due since (`until`: today), and tell it as TenantAssigned.

    `monthly_rent` is the tenant's own price, else the room's (shared where the room is split, R9).
    `billing_day` is the property's, else the start's day. With `billed_from` rent is posted only from the next
    period on or after it (R17). Raises RoomFullError, RoomClosedError, RoomElsewhereError, TenantHousedError.
    """
    lock_tenant(conn, tenant.id)
    if conn.execute(select(tenants.c.deleted_at).where(tenants.c.id == tenant.id)).scalar_one() is not None:
        raise TenantNotFoundError(ref=tenant.code)  # archived while we waited
    lease = open_lease(
        conn,
        tenant,
        room,
        starts_on,
        monthly_rent=monthly_rent,
        billing_day=billing_day,
        billed_from=billed_from,
    )
    payload = {"tenantId": tenant.id, "roomId": room.id, "assignmentDate": starts_on, "leaseId": lease.id,
               "monthlyRent": lease.terms[0].monthly_rent, "billingDay": lease.terms[0].billing_day,
               "after": {"leases": [lease_told(lease)]}}  # fmt: skip
    append(conn, Event("TenantAssigned", "tenant", tenant.id, payload, tenant.property_id, tenant.id))
    sync_room_statuses(conn, [room.id])
    accrue(conn, tenant_id=tenant.id, until=until)
    # A lease still to come posts nothing, yet money paid ahead may already cover its first periods.
    recalculate(conn, [tenant.id])
    return lease


def lock_tenant(conn: Connection, tenant_id: int) -> None:
    """Two changes of one tenant come one after the other; tenants are locked before rooms."""
    conn.execute(select(tenants.c.id).where(tenants.c.id == tenant_id).with_for_update(key_share=True))


def open_lease(
    conn: Connection,
    tenant: TenantRef,
    room: RoomRef,
    starts_on: date,
    *,
    monthly_rent: Decimal | None = None,
    billing_day: int | None = None,
    billed_from: date | None = None,
) -> Lease:
    """Insert the lease and its first terms, under the policy of its first day; a split room is split anew."""
    if monthly_rent is not None and monthly_rent < 0:
        raise RoomValueError(field="rent", allowed="≥ 0", value=monthly_rent)
    require_plausible(starts_on)
    require_plausible(billed_from or starts_on)
    policy = Policies(conn).on(tenant.property_id, starts_on)
    if room.property_id != tenant.property_id:
        raise RoomElsewhereError(room=room.number, tenant=tenant.code)
    slot = _free_slot(conn, room, starts_on)
    day = billing_day or policy.billing_day or starts_on.day
    if not 1 <= day <= 31:
        raise BillingDayError(day=day)
    basis = "per_tenant" if monthly_rent is not None else room.basis
    row = {
        "property_id": tenant.property_id, "tenant_id": tenant.id, "room_id": room.id, "slot": slot,
        "starts_on": starts_on, "basis": basis, "grace_days": policy.grace_days, "proration": policy.proration,
        "rounding": policy.rounding,
        "next_period_on": starts_on, "billed_from_on": starts_on,
    }  # fmt: skip
    errors = {
        "leases_slot_free": RoomFullError(ref=room.number, day=starts_on),
        "leases_slot_exists": RoomFullError(ref=room.number, day=starts_on),
        "leases_tenant_one_room": TenantHousedError(ref=tenant.code),
    }
    with refusing(conn, errors):
        lease_id = int(conn.execute(insert(leases).values(row).returning(leases.c.id)).scalar_one())
    rent = monthly_rent if monthly_rent is not None else list_rent(conn, room.id, starts_on)
    terms = {"lease_id": lease_id, "effective_on": starts_on, "monthly_rent": rent, "billing_day": day}
    conn.execute(insert(lease_terms).values(terms))
    if basis == "split_room":
        split_rent(conn, room.id, starts_on, opened=lease_id)
    if billed_from is not None and billed_from > starts_on:
        _bill_from(conn, lease_id, billed_from)
    return get_lease(conn, lease_id)


def get_lease(conn: Connection, lease_id: int) -> Lease:
    """One lease with its terms."""
    return load_leases(conn, leases.c.id == lease_id)[0]


def lease_on(conn: Connection, tenant: TenantRef, day: date, *, lock: bool = True) -> Lease:
    """The tenant's lease of that day, else the next one. Raises NoLeaseError."""
    for lease in tenant_leases(conn, tenant.id, lock=lock):
        if lease.covers(day) or lease.starts_on > day:
            return lease
    raise NoLeaseError(ref=tenant.code, day=day)


def change_rent(conn: Connection, tenant: TenantRef, monthly_rent: Decimal, effective_on: date) -> Lease:
    """A new rent from the first period that starts on or after `effective_on`; posted charges stay (R5).

    A tenant who shared a split room's rent has a price of their own from then on. Raises NoLeaseError.
    """
    if monthly_rent < 0:
        raise RoomValueError(field="rent", allowed="≥ 0", value=monthly_rent)
    return _change_terms(conn, tenant, effective_on, "monthly_rent", monthly_rent)


def change_billing_day(conn: Connection, tenant: TenantRef, billing_day: int, effective_on: date) -> Lease:
    """A new billing day from the first boundary on or after `effective_on`, with one bridging charge (R4)."""
    if not 1 <= billing_day <= 31:
        raise BillingDayError(day=billing_day)
    return _change_terms(conn, tenant, effective_on, "billing_day", billing_day)


def _change_terms(
    conn: Connection,
    tenant: TenantRef,
    effective_on: date,
    field: Literal["monthly_rent", "billing_day"],
    value: Decimal | int,
) -> Lease:
    lock_tenant(conn, tenant.id)
    return change_terms(conn, lease_on(conn, tenant, require_plausible(effective_on)), effective_on, field, value)


def change_terms(
    conn: Connection,
    lease: Lease,
    effective_on: date,
    field: Literal["monthly_rent", "billing_day"],
    value: Decimal | int,
) -> Lease:
    """Change what a lease costs or when it is billed, from the first period that is not posted yet; tenant locked."""
    # What is posted stands (R4, R5): the first period that can change is the next one.
    day = max(effective_on, lease.starts_on, lease.next_period_on or lease.ends_on or lease.starts_on)
    before = _priced(lease.terms_on(day))
    after = before | {field: value}
    _put_terms(conn, lease.id, day, after)
    for row in lease.terms:
        if row.effective_on > day:
            # A later row repeats what was in force when it was written; it must not bring the old value back.
            if getattr(row, field) != before[field]:
                break
            _put_terms(conn, lease.id, row.effective_on, _priced(row) | {field: value})
    if field == "monthly_rent" and lease.basis != "per_tenant":
        conn.execute(update(leases).where(leases.c.id == lease.id).values(basis="per_tenant"))
    changed = get_lease(conn, lease.id)
    payload = {"tenantId": lease.tenant_id, "leaseId": lease.id, "effectiveOn": day,
               "before": _priced_on(lease, day), "after": _priced_on(changed, day)}  # fmt: skip
    append(conn, Event("RentChanged", "lease", lease.id, payload, lease.property_id, lease.tenant_id))
    recalculate(conn, [lease.tenant_id])
    return changed


def list_rent(conn: Connection, room_id: int, day: date) -> Decimal:
    """What a lease of the room that begins on `day` costs: its price, or the one that will count then."""
    asked = text("select room_rent_on(:room, :day)")
    return Decimal(conn.execute(asked, {"room": room_id, "day": day}).scalar_one())


def _priced_on(lease: Lease, day: date) -> Values:
    return told(("monthly_rent", "billing_day"), _priced(lease.terms_on(day))) | {
        "basis": lease.basis,
        **terms_told(lease),
    }


def _priced(terms: Terms) -> dict[str, object]:
    return {"monthly_rent": terms.monthly_rent, "billing_day": terms.billing_day}


def _put_terms(conn: Connection, lease_id: int, effective_on: date, values: dict[str, object]) -> None:
    row = {"lease_id": lease_id, "effective_on": effective_on, **values}
    statement = upsert(lease_terms).values(row)
    conn.execute(statement.on_conflict_do_update(index_elements=["lease_id", "effective_on"], set_=values))


def split_rent(conn: Connection, room_id: int, since: date, *, opened: int | None = None) -> None:
    """Share a split room's rent among those who live there, anew at every coming and going after `since` (R9).

    The share of a period is the one in force on its first day, so the new split counts from the next period. It is
    told as RentSplit of the room, but for the lease just `opened`, of which its own event tells.
    """
    shared = load_leases(
        conn,
        leases.c.room_id == room_id,
        leases.c.basis == "split_room",
        leases.c.ends_on.is_(None) | (leases.c.ends_on > since),
        lock=True,
    )
    days = {day for lease in shared for day in (lease.starts_on, lease.ends_on, *(t.effective_on for t in lease.terms))}
    for day in sorted({since, *(day for day in days if day is not None and day > since)}):
        there, total = [lease for lease in shared if lease.covers(day)], list_rent(conn, room_id, day)
        for lease, share in zip(
            there, split_evenly(total, len(there), there[0].rounding) if there else (), strict=True
        ):
            values = {"monthly_rent": share, "billing_day": lease.terms_on(day).billing_day}
            _put_terms(conn, lease.id, day, values)
    _tell_split(conn, room_id, since, [lease for lease in shared if lease.id != opened])
    recalculate(conn, [lease.tenant_id for lease in shared])


def _tell_split(conn: Connection, room_id: int, since: date, before: Sequence[Lease]) -> None:
    after = {lease.id: lease for lease in load_leases(conn, leases.c.id.in_([lease.id for lease in before]))}
    changed = [lease for lease in before if lease.terms != after[lease.id].terms]
    if not changed:
        return
    payload = {
        "roomId": room_id, "since": since,
        "before": {"leases": [_share(lease) for lease in changed]},
        "after": {"leases": [_share(after[lease.id]) for lease in changed]},
    }  # fmt: skip
    # Of the room and of no tenant: the tenants who share it are not locked, and need not be.
    append(conn, Event("RentSplit", "room", room_id, payload, changed[0].property_id))


def _share(lease: Lease) -> Values:
    return {"id": lease.id, "tenantId": lease.tenant_id, **terms_told(lease)}


def _free_slot(conn: Connection, room: RoomRef, starts_on: date) -> int:
    """Lock the room and find a bed that is free from `starts_on` on for ever."""
    row = conn.execute(
        select(rooms.c.status, rooms.c.capacity, rooms.c.deleted_at)
        .where(rooms.c.id == room.id)
        .with_for_update(key_share=True)
    ).one()
    if row.status == "renovation" or row.deleted_at is not None:
        raise RoomClosedError(ref=room.number)
    taken = text("""
        select min(number) from generate_series(1, :capacity) as bed (number) where not exists (
          select from leases where room_id = :room and slot = bed.number
             and daterange(starts_on, ends_on) && daterange(:starts_on, null))
    """)
    values = {"capacity": row.capacity, "room": room.id, "starts_on": starts_on}
    slot = conn.execute(taken, values).scalar_one()
    if slot is None:
        raise RoomFullError(ref=room.number, day=starts_on)
    return int(slot)


def _bill_from(conn: Connection, lease_id: int, day: date) -> None:
    lease = get_lease(conn, lease_id)
    first = accrues_from(lease.terms, lease.starts_on, day)
    conn.execute(update(leases).where(leases.c.id == lease_id).values(next_period_on=first, billed_from_on=first))
