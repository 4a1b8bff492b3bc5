"""Change the rents of many rooms from a day on, and take that back: what is posted stays in both cases (R5)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Date, Row, func, insert, literal, select, text

from db.domain.dates import require_plausible
from db.domain.raises import Change
from db.domain.rent import next_period_start
from db.domain.texts import clean
from db.errors import N_, NotFoundError, RuleError
from db.events import Event, append, reserve_event
from db.repositories.leases import Lease, load_leases
from db.repositories.lookup import PropertyRow
from db.services.ending import lock_rooms
from db.services.guard import refusing
from db.services.leases import change_terms, get_lease, lock_tenant, split_rent
from db.services.requests import claim_key
from db.services.rooms import edit_listed_rent
from db.tables import leases, raise_days, raise_lines, raise_undos, raises, rooms


class RaiseNotFoundError(NotFoundError):
    """No raise has this number."""

    code = "raise_not_found"
    message = N_("There is no raise {id}.")
    hint = N_("`ekost raise list` shows the numbers.")


class NothingToRaiseError(RuleError):
    """No room fits."""

    code = "nothing_to_raise"
    message = N_("No room of {ref} fits, so there is no rent to change.")
    hint = N_("`ekost room list --property {ref}` shows rooms and their types.")


class RaiseUndoneError(RuleError):
    """A raise is taken back once."""

    code = "raise_undone"
    message = N_("Raise {id} was taken back already.")


class _Line(NamedTuple):
    room_id: int
    lease_id: int | None
    starts_on: date
    rent_before: Decimal
    rent_after: Decimal


def raise_rents(
    conn: Connection,
    prop: PropertyRow,
    change: Change,
    effective_on: date,
    *,
    room_type: str | None = None,
    room_ids: Sequence[int] | None = None,
    key: str | None = None,
) -> int:
    """Change the rents of a property's rooms, of a type or of some of them, and of the leases in them (R5).

    A lease pays the new rent from its first period on or after `effective_on` that is not posted yet; a new one that
    begins from that day on has the room's new price. Returns the raise's id. Raises NothingToRaiseError.
    """
    day = require_plausible(effective_on)
    claim = claim_key(conn, key, "raise_rents", prop.id, str(change), day, room_type, sorted(room_ids or ()))
    if claim.answer is not None:
        return claim.answer
    chosen = _lock(conn, prop, room_type, room_ids, day)
    if not chosen:
        raise NothingToRaiseError(ref=prop.code)
    event_id = reserve_event(conn)
    row = {"property_id": prop.id, "effective_on": day, "by_amount": change.amount, "by_percent": change.percent,
           "event_id": event_id}  # fmt: skip
    raise_id = int(conn.execute(insert(raises).values(row).returning(raises.c.id)).scalar_one())
    priced = [_Line(room.id, None, day, room.price, change.of(room.price, prop.rounding)) for room in chosen]
    _write(conn, prop, raise_id, event_id, priced, first=1)
    changed = [line for room in chosen for line in _raise_leases(conn, room.id, day, change)]
    _write(conn, prop, raise_id, event_id, changed, first=len(priced) + 1)
    payload = {"rooms": len(priced), "leases": len(changed), "effectiveOn": day, "amount": change.amount,
               "percent": change.percent}  # fmt: skip
    append(conn, Event("RentsRaised", "raise", raise_id, payload, prop.id), event_id=event_id)
    conn.execute(text("select apply_raises()"))
    claim.keep(raise_id)
    return raise_id


def undo_raise(conn: Connection, raise_id: int, reason: str, *, key: str | None = None) -> int:
    """Bring the rents of a raise back where nobody has changed them since; posted rent stays (R5).

    Returns how many leases and rooms have their old rent again. Raises RaiseNotFoundError, RaiseUndoneError.
    """
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "undo_raise", raise_id, why)
    if claim.answer is not None:
        return claim.answer
    found = conn.execute(select(raises).where(raises.c.id == raise_id)).first()
    if found is None:
        raise RaiseNotFoundError(id=raise_id)
    lines = conn.execute(select(raise_lines).where(raise_lines.c.raise_id == raise_id).order_by(raise_lines.c.line))
    rows = lines.all()
    _lock_tenants(conn, leases.c.id.in_([row.lease_id for row in rows if row.lease_id is not None]))
    lock_rooms(conn, *(row.room_id for row in rows))
    begun = conn.execute(select(raise_days).where(raise_days.c.raise_id == raise_id)).first() is not None
    event_id = reserve_event(conn)
    with refusing(conn, {"raise_undone_once": RaiseUndoneError(id=raise_id)}):
        undo = {"raise_id": raise_id, "property_id": found.property_id, "reason": why, "event_id": event_id}
        conn.execute(insert(raise_undos).values(undo))
    back = sum(_bring_back(conn, row, begun=begun) for row in rows)
    payload = {"reason": why, "restored": back}
    append(conn, Event("RaiseUndone", "raise", raise_id, payload, found.property_id), event_id=event_id)
    claim.keep(back)
    return back


def _lock(
    conn: Connection, prop: PropertyRow, room_type: str | None, room_ids: Sequence[int] | None, day: date
) -> Sequence[Row[int, Decimal]]:
    """The rooms that fit, each with its price on the day; tenants are locked before rooms, as everywhere."""
    fitting = [rooms.c.property_id == prop.id, rooms.c.deleted_at.is_(None)]
    if room_type is not None:
        # One of several words counts too, and "Non AC" is none of "AC".
        parts = func.regexp_split_to_array(func.lower(rooms.c.room_type), r"\s*,\s*")
        wanted = room_type.strip().lower()
        fitting.append((func.lower(rooms.c.room_type) == wanted) | (literal(wanted) == func.any(parts)))
    if room_ids is not None:
        fitting.append(rooms.c.id.in_(room_ids))
    ids = conn.execute(select(rooms.c.id).where(*fitting)).scalars().all()
    _lock_tenants(conn, leases.c.room_id.in_(ids), leases.c.ends_on.is_(None) | (leases.c.ends_on > day))
    lock_rooms(conn, *ids)
    price = func.room_rent_on(rooms.c.id, literal(day, Date)).label("price")
    return conn.execute(select(rooms.c.id, price).where(rooms.c.id.in_(ids)).order_by(rooms.c.id)).all()


def _lock_tenants(conn: Connection, *conditions: ColumnElement[bool]) -> None:
    ids = select(leases.c.tenant_id).where(*conditions).distinct().order_by(leases.c.tenant_id)
    for tenant_id in conn.execute(ids).scalars().all():
        lock_tenant(conn, tenant_id)


def _raise_leases(conn: Connection, room_id: int, day: date, change: Change) -> Iterator[_Line]:
    """Change what the leases of a room cost; those who share its rent share the new one."""
    lasting = leases.c.ends_on.is_(None) | (leases.c.ends_on > day)
    before = load_leases(conn, leases.c.room_id == room_id, lasting, lock=True)
    if any(lease.basis == "split_room" for lease in before):
        split_rent(conn, room_id, day)
    for lease in before:
        starts_on = _first_day(lease, day)
        old = lease.terms_on(starts_on).monthly_rent
        if lease.basis == "split_room":
            new = get_lease(conn, lease.id).terms_on(starts_on).monthly_rent
        else:
            new = change.of(old, lease.rounding)
            change_terms(conn, lease, day, "monthly_rent", new)
        yield _Line(room_id, lease.id, starts_on, old, new)


def _first_day(lease: Lease, day: date) -> date:
    """The first day of the first period that has not been posted and starts on or after `day`."""
    from_ = max(day, lease.starts_on, lease.next_period_on or lease.starts_on)
    return next_period_start(lease.terms, lease.starts_on, from_ - timedelta(days=1))


def _write(
    conn: Connection, prop: PropertyRow, raise_id: int, event_id: int, lines: Sequence[_Line], *, first: int
) -> None:
    if lines:
        fixed = {"raise_id": raise_id, "property_id": prop.id, "event_id": event_id}
        rows = [{**fixed, "line": number, **line._asdict()} for number, line in enumerate(lines, first)]
        conn.execute(insert(raise_lines), rows)


def _bring_back(conn: Connection, row: Any, *, begun: bool) -> bool:
    if row.lease_id is None:
        return not begun or edit_listed_rent(conn, row.room_id, row.rent_after, row.rent_before)
    lease = get_lease(conn, row.lease_id)
    if lease.basis == "split_room":
        split_rent(conn, row.room_id, row.starts_on)
        return True
    if lease.terms_on(row.starts_on).monthly_rent != row.rent_after:
        return False
    change_terms(conn, lease, row.starts_on, "monthly_rent", row.rent_before)
    return True
