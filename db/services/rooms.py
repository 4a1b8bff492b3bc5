"""Changes of rooms, and the status that follows from the leases."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import BigInteger, Connection, Date, RowMapping, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from db.domain.texts import clean_code, clean_or_none
from db.errors import N_, RuleError
from db.events import Event, append
from db.repositories.lookup import PropertyRow, RoomRef
from db.repositories.policies import Policies
from db.repositories.values import ROOM, change, told
from db.services.guard import check_seen, hold_property, refusing
from db.tables import leases, properties, rooms


class RoomExistsError(RuleError):
    """The number is taken in this property."""

    code = "room_exists"
    message = N_("There is already a room {ref}.")


class RoomInUseError(RuleError):
    """Somebody lives in the room, or will."""

    code = "room_in_use"
    message = N_("Room {ref} is let or promised.")
    hint = N_("Move its tenants out first.")


class CapacityInUseError(RuleError):
    """A bed above the new capacity is let."""

    code = "capacity_in_use"
    message = N_("Room {ref} has more tenants than that.")


class RoomValueError(RuleError):
    """Rent or capacity out of range."""

    code = "room_value"
    message = N_("{field} must be {allowed}, not {value}.")


def add_room(
    conn: Connection,
    prop: PropertyRow,
    number: str,
    monthly_rent: Decimal,
    *,
    room_type: str | None = None,
    capacity: int = 1,
    basis: str | None = None,
) -> int:
    """Add a room; its rent is the price of new leases. Without a basis it has that of the property's policy.

    Returns its id. Raises RoomExistsError, RoomValueError."""
    _check(monthly_rent, capacity)
    hold_property(conn, prop)
    row = {
        "property_id": prop.id,
        "number": clean_code(number),
        "monthly_rent": monthly_rent,
        "room_type": clean_or_none(room_type, "type", 80),
        "capacity": capacity,
        "basis": basis or Policies(conn).on(prop.id, prop.today).basis,
        "status_on": prop.today,
    }
    with refusing(conn, {"rooms_number_key": RoomExistsError(ref=f"{prop.code}/{row['number']}")}):
        added = conn.execute(insert(rooms).values(row).returning(rooms)).one()
    append(conn, Event("RoomAdded", "room", added.id, {"after": told(ROOM, added._mapping)}, prop.id))
    return int(added.id)


def edit_room(
    conn: Connection, room: RoomRef, changes: Mapping[str, object], seen: Mapping[str, object] | None = None
) -> None:
    """Change number, type, list rent, capacity or basis. Existing leases keep their rent (R5).

    `seen`: what the change was decided on, see `check_seen`. Raises RoomExistsError, RoomValueError,
    CapacityInUseError, ChangedMeanwhileError.
    """
    after = {key: value for key, value in changes.items() if value is not None}
    if not after:
        return
    if "number" in after:
        after["number"] = clean_code(str(after["number"]))
    if "room_type" in after:
        after["room_type"] = clean_or_none(str(after["room_type"]), "type", 80)
    rent, capacity = after.get("monthly_rent"), after.get("capacity")
    _check(rent if isinstance(rent, Decimal) else room.monthly_rent, capacity if isinstance(capacity, int) else 1)
    before = _lock(conn, room)
    check_seen(room.number, dict(before), after, seen or {})
    taken = {
        "rooms_number_key": RoomExistsError(ref=after.get("number", room.number)),
        "rooms_capacity_in_use": CapacityInUseError(ref=room.number),
    }
    with refusing(conn, taken):
        changed = _update(conn, room, after)
    append(conn, Event("RoomChanged", "room", room.id, change(tuple(after), before, changed), room.property_id))
    sync_room_statuses(conn, [room.id])


def edit_listed_rent(conn: Connection, room_id: int, seen: Decimal, rent: Decimal) -> bool:
    """Price a locked room for new leases, while its price is still the one that was `seen`; whether it was."""
    here = rooms.c.id == room_id
    before = conn.execute(select(rooms).where(here)).one()._mapping
    if before["monthly_rent"] != seen:
        return False
    new = {"monthly_rent": rent, "version": rooms.c.version + 1}
    after = conn.execute(update(rooms).where(here).values(new).returning(rooms)).one()._mapping
    payload = change(("monthly_rent",), before, after)
    append(conn, Event("RoomChanged", "room", room_id, payload, before["property_id"]))
    return True


def set_room_status(conn: Connection, room: RoomRef, status: str) -> None:
    """Take a room out for renovation or back. `occupied` follows from the leases. Raises RoomInUseError."""
    before = _lock(conn, room)["status"]
    if status == "renovation":
        _refuse_if_let(conn, room)
    _update(conn, room, {"status": status})
    if status != before:
        _append_status(conn, room.id, room.property_id, before, status)
    sync_room_statuses(conn, [room.id])


def archive_room(conn: Connection, room: RoomRef) -> None:
    """Hide a room that is not let. Raises RoomInUseError."""
    before = _lock(conn, room)
    _refuse_if_let(conn, room)
    payload = change(("deleted_at",), before, _update(conn, room, {"deleted_at": func.now()}))
    append(conn, Event("RoomArchived", "room", room.id, payload, room.property_id))


_SYNC = text("""
with wanted as (
  select r.id, r.property_id, r.status as old_status, business_date(p.timezone) as today,
         case when r.status = 'renovation' then 'renovation'
              when (select count(*) from leases l where l.room_id = r.id and l.starts_on <= business_date(p.timezone)
                     and (l.ends_on is null or l.ends_on > business_date(p.timezone))) >= r.capacity then 'occupied'
              else 'available' end as new_status
    from rooms r join properties p on p.id = r.property_id
   where case when :room_ids is null
              -- The day went on: rooms where a lease began or ended since their status was worked out.
              then exists (select from leases l where l.room_id = r.id and r.status_on < business_date(p.timezone)
                     and (l.starts_on > r.status_on and l.starts_on <= business_date(p.timezone)
                       or l.ends_on > r.status_on and l.ends_on <= business_date(p.timezone)))
              else r.id = any (:room_ids) end
   order by r.id for no key update of r
)
update rooms r set status = w.new_status, status_on = w.today,
       version = r.version + case when w.new_status <> w.old_status then 1 else 0 end
  from wanted w where r.id = w.id
returning r.id, r.property_id, w.old_status, w.new_status
""").bindparams(bindparam("room_ids", type_=ARRAY(BigInteger)))


def sync_room_statuses(conn: Connection, room_ids: Sequence[int] | None = None) -> int:
    """Work out `status` of these rooms, or of all that a passing day changed; returns how many changed."""
    ids = None if room_ids is None else sorted(room_ids)
    changed = [row for row in conn.execute(_SYNC, {"room_ids": ids}) if row.old_status != row.new_status]
    for row in changed:
        _append_status(conn, row.id, row.property_id, row.old_status, row.new_status)
    return len(changed)


def _append_status(conn: Connection, room_id: int, property_id: int, old: str, new: str) -> None:
    payload = {"roomId": room_id, "oldStatus": old, "newStatus": new,
               "before": {"status": old}, "after": {"status": new}}  # fmt: skip
    append(conn, Event("RoomStatusChanged", "room", room_id, payload, property_id))


def _lock(conn: Connection, room: RoomRef) -> RowMapping:
    return conn.execute(select(rooms).where(rooms.c.id == room.id).with_for_update()).one()._mapping


def _update(conn: Connection, room: RoomRef, values: Mapping[str, object]) -> RowMapping:
    new = {**values, "version": rooms.c.version + 1}
    return conn.execute(update(rooms).where(rooms.c.id == room.id).values(new).returning(rooms)).one()._mapping


def _refuse_if_let(conn: Connection, room: RoomRef) -> None:
    # The property's own day: in UTC a tenant who left this morning would still be there.
    zone = select(properties.c.timezone).where(properties.c.id == room.property_id).scalar_subquery()
    today = func.business_date(zone, type_=Date)
    let = select(leases.c.id).where(
        leases.c.room_id == room.id,
        leases.c.ends_on.is_(None) | ((leases.c.ends_on > today) & (leases.c.ends_on > leases.c.starts_on)),
    )
    if conn.execute(let.limit(1)).first() is not None:
        raise RoomInUseError(ref=room.number)


def _check(monthly_rent: Decimal, capacity: int) -> None:
    if monthly_rent < 0:
        raise RoomValueError(field="rent", allowed="≥ 0", value=monthly_rent)
    if not 1 <= capacity <= 50:
        raise RoomValueError(field="capacity", allowed="1-50", value=capacity)
