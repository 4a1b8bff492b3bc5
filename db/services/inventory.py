"""What stands in a room, and in which condition it was found: when somebody moved in, moved out, or in between."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, insert, select

from db.domain.dates import require_not_future
from db.domain.texts import clean, clean_or_none
from db.errors import N_, NotFoundError, RuleError, UsageError
from db.events import Event, append, reserve_event
from db.repositories.inventory import CONDITIONS, REMOVED, Inventory, ItemRow, find_item
from db.repositories.lookup import RoomRef, get_property
from db.repositories.values import ITEM, told
from db.services.requests import claim_key
from db.tables import inventory, inventory_checks, leases, rooms


class ItemExistsError(RuleError):
    """Items of one room are told apart by their names."""

    code = "item_exists"
    message = N_("In room {room} there is already a “{item}”.")
    hint = N_("Give it another name, or remove the one there is.")


class ConditionError(UsageError):
    """Not one of the conditions."""

    code = "condition"
    message = N_("“{text}” is not a condition.")
    hint = N_("Write good, worn, broken or missing.")


class QuantityError(RuleError):
    """How many of an item there can be."""

    code = "quantity"
    message = N_("A quantity is 1 to 999, not {value}.")


class LeaseElsewhereError(NotFoundError):
    """The lease is of another room, or there is none."""

    code = "lease_elsewhere"
    message = N_("Room {room} has no lease {id}.")
    hint = N_("`ekost lease list` shows the numbers of leases.")


class NothingCheckedError(UsageError):
    """Nothing was found in any condition."""

    code = "nothing_checked"
    message = N_("Name at least one item and its condition.")
    hint = N_("Write ITEM=good, or --rest good for all that is not named.")


# The words in both languages: who types them need not know which one is spoken.
_WORDS = {
    "good": "good", "worn": "worn", "broken": "broken", "missing": "missing",
    "baik": "good", "aus": "worn", "rusak": "broken", "hilang": "missing",
}  # fmt: skip


def condition_of(text: str) -> str:
    """The condition that is meant by a word, English or Indonesian. Raises ConditionError."""
    word = text.strip().lower()
    if word not in _WORDS:
        raise ConditionError(text=text)
    return _WORDS[word]


def add_item(
    conn: Connection,
    room: RoomRef,
    name: str,
    *,
    quantity: int = 1,
    condition: str = CONDITIONS[0],
    note: str | None = None,
    on: date | None = None,
    key: str | None = None,
) -> int:
    """Write down an item in a room and how it is on a day (today unless said). Returns its id.

    Raises ItemExistsError, ConditionError, QuantityError, FutureDateError, UncleanTextError, TextLengthError.
    """
    called, words, state = clean(name, "name", 100), clean_or_none(note, "note", 500), condition_of(condition)
    if not 1 <= quantity <= 999:
        raise QuantityError(value=quantity)
    claim = claim_key(conn, key, "add_item", room.id, called, quantity, state, words, on)
    if claim.answer is not None:
        return claim.answer
    day = _day(conn, room, on)
    if any(item.name.lower() == called.lower() for item in _held(conn, room)):
        raise ItemExistsError(room=room.number, item=called)
    event_id = reserve_event(conn)
    row = {"property_id": room.property_id, "room_id": room.id, "name": called, "quantity": quantity, "note": words,
           "event_id": event_id}  # fmt: skip
    item = conn.execute(insert(inventory).values(row).returning(inventory)).one()
    _record(conn, room, {item.id: state}, day, event_id)
    payload = {"date": day, "conditions": [_found(item.id, called, state)], "after": told(ITEM, item._mapping)}
    _tell(conn, "ItemAdded", room, payload, event_id)
    claim.keep(item.id)
    return int(item.id)


def check_items(
    conn: Connection,
    room: RoomRef,
    conditions: Mapping[str, str],
    on: date | None = None,
    *,
    rest: str | None = None,
    lease_id: int | None = None,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Record in which condition items of a room were found on a day, by their names or numbers; `rest` is that of
    all others. Returns the room's id. Raises ItemNotFoundError, ConditionError, NothingCheckedError,
    LeaseElsewhereError, FutureDateError, UncleanTextError.
    """
    words, others = clean_or_none(note, "note", 500), None if rest is None else condition_of(rest)
    named = {ref: condition_of(word) for ref, word in conditions.items()}
    asked = sorted([*named.items(), *([("", others)] if others else [])])
    claim = claim_key(conn, key, "check_items", room.id, asked, on, lease_id, words)
    if claim.answer is not None:
        return claim.answer
    day = _day(conn, room, on)
    items = _held(conn, room)
    if lease_id is not None:
        _require_lease(conn, room, lease_id)
    states = {item.id: others for item in items} if others else {}
    states |= {find_item(items, ref, room.number).id: state for ref, state in named.items()}
    if not states:
        raise NothingCheckedError
    event_id = reserve_event(conn)
    _record(conn, room, states, day, event_id, lease_id=lease_id, note=words)
    found = [_found(item.id, item.name, states[item.id]) for item in items if item.id in states]
    _tell(
        conn, "InventoryChecked", room, {"date": day, "leaseId": lease_id, "conditions": found, "note": words}, event_id
    )
    claim.keep(room.id)
    return room.id


def remove_item(conn: Connection, room: RoomRef, ref: str, reason: str, *, key: str | None = None) -> int:
    """Take an item out of the list of a room today; its history stays. Returns its id. Raises ItemNotFoundError."""
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "remove_item", room.id, ref, why)
    if claim.answer is not None:
        return claim.answer
    item = find_item(_held(conn, room), ref, room.number)
    event_id, day = reserve_event(conn), get_property(conn, room.property_id).today
    _record(conn, room, {item.id: REMOVED}, day, event_id, note=why)
    payload = {"date": day, "reason": why, "conditions": [_found(item.id, item.name, REMOVED)]}
    _tell(conn, "ItemRemoved", room, payload, event_id)
    claim.keep(item.id)
    return item.id


def _day(conn: Connection, room: RoomRef, on: date | None) -> date:
    today = get_property(conn, room.property_id).today
    return require_not_future(on or today, today)


def _held(conn: Connection, room: RoomRef) -> list[ItemRow]:
    """The items of a room that nobody else changes until the end of the transaction."""
    conn.execute(select(rooms.c.id).where(rooms.c.id == room.id).with_for_update(key_share=True))
    return Inventory(conn).of_room(room.id)


def _require_lease(conn: Connection, room: RoomRef, lease_id: int) -> None:
    there = select(leases.c.id).where(leases.c.id == lease_id, leases.c.room_id == room.id)
    if conn.execute(there).first() is None:
        raise LeaseElsewhereError(room=room.number, id=lease_id)


def _record(
    conn: Connection,
    room: RoomRef,
    states: Mapping[int, str],
    day: date,
    event_id: int,
    *,
    lease_id: int | None = None,
    note: str | None = None,
) -> None:
    common = {"property_id": room.property_id, "room_id": room.id, "lease_id": lease_id, "checked_on": day,
              "note": note, "event_id": event_id}  # fmt: skip
    conn.execute(insert(inventory_checks), [common | {"item_id": i, "condition": s} for i, s in states.items()])


def _found(item_id: int, name: str, condition: str) -> dict[str, object]:
    return {"itemId": item_id, "item": name, "condition": condition}


def _tell(conn: Connection, type_: str, room: RoomRef, payload: Mapping[str, object], event_id: int) -> None:
    event = Event(type_, "inventory", room.id, {"roomId": room.id, **payload}, room.property_id)
    append(conn, event, event_id=event_id)
