"""Questions about what stands in the rooms, and in which condition it was when."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select, true

from db.errors import N_, NotFoundError
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import inventory, inventory_checks, leases, properties, rooms, tenants

# What an item can be found to be. One that was removed is listed no more.
CONDITIONS = ("good", "worn", "broken", "missing")
REMOVED = "removed"


class ItemNotFoundError(NotFoundError):
    """No item in the room is called so."""

    code = "item_not_found"
    message = N_("In room {room} there is no “{item}”.")
    hint = N_("`ekost inventory list {room}` shows what there is.")


class ItemNumberError(NotFoundError):
    """No item has this number, or it was removed."""

    code = "item_number"
    message = N_("There is no item with the number {id} in any room.")
    hint = N_("`ekost inventory list` shows the numbers.")


class ItemRow(NamedTuple):
    """An item in a room and its last condition with a `remark`; `lease_id`, `tenant` if it was of a lease."""

    id: int
    property: str
    room: str
    name: str
    quantity: int
    condition: str
    checked_on: date
    lease_id: int | None
    tenant: str | None
    note: str | None
    remark: str | None
    actor: str
    created_at: datetime
    timezone: str


class CheckRow(NamedTuple):
    """In which condition an item was found on a day, by whom and for which lease."""

    id: int
    checked_on: date
    item_id: int
    name: str
    condition: str
    property: str
    room: str
    lease_id: int | None
    tenant: str | None
    note: str | None
    actor: str
    created_at: datetime
    timezone: str


_i, _c, _r, _p = inventory.c, inventory_checks.c, rooms.c, properties.c


class Inventory:
    """Items in rooms, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        room_id: int | None = None,
        condition: str | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[ItemRow]:
        """A page of what stands in the rooms, room by room, each in the order in which it came; `condition`: only
        what was last found so."""
        query = _items().where(_r.deleted_at.is_(None))
        if property_id is not None:
            query = query.where(_i.property_id == property_id)
        if room_id is not None:
            query = query.where(_i.room_id == room_id)
        if condition is not None:
            query = query.where(_last.c.condition == condition)
        keyset, scope = Keyset([_i.room_id, _i.id]), (property_id, room_id, condition)
        return read_page(self._conn, query, keyset, ItemRow._make, scope=scope, after=after, limit=limit, way=way)

    def of_room(self, room_id: int) -> list[ItemRow]:
        """All that stands in a room."""
        query = _items().where(_i.room_id == room_id).order_by(_i.id)
        return [ItemRow._make(row) for row in self._conn.execute(query)]

    def row(self, item_id: int) -> ItemRow:
        """One item that is still there. Raises ItemNumberError."""
        found = self._conn.execute(_items().where(_i.id == item_id)).first()
        if found is None:
            raise ItemNumberError(id=item_id)
        return ItemRow._make(found)

    def checks(
        self, room_id: int, *, after: str | None = None, limit: int = DEFAULT_LIMIT, way: Way = Way.BEHIND
    ) -> Page[CheckRow]:
        """A page of all conditions that were recorded in a room, the latest first."""
        query, keyset = _checks().where(_c.room_id == room_id), Keyset([_c.checked_on, _c.id], descending=True)
        return read_page(self._conn, query, keyset, CheckRow._make, scope=room_id, after=after, limit=limit, way=way)

    def removal(self, item_id: int) -> CheckRow:
        """When and why an item was removed."""
        query = _checks().where(_c.item_id == item_id, _c.condition == REMOVED)
        return CheckRow._make(self._conn.execute(query).one())


def find_item(items: Sequence[ItemRow], ref: str, room: str) -> ItemRow:
    """The item with this name or number, among those of a room. Raises ItemNotFoundError."""
    wanted = ref.strip().lower()
    known = {str(item.id): item for item in items} | {item.name.lower(): item for item in items}
    if wanted not in known:
        raise ItemNotFoundError(item=ref, room=room)
    return known[wanted]


# Of several conditions of one day the one that was recorded last.
_last = (
    select(_c.condition, _c.checked_on, _c.lease_id, _c.note)
    .where(_c.item_id == _i.id)
    .order_by(_c.checked_on.desc(), _c.id.desc())
    .limit(1)
    .lateral("last_check")
)
_COLUMNS = (
    _i.id, _p.code, _r.number, _i.name, _i.quantity, _last.c.condition, _last.c.checked_on, _last.c.lease_id,
    tenants.c.code, _i.note, _last.c.note, _i.actor, _i.created_at, _p.timezone,
)  # fmt: skip


def _items() -> Select[Any]:
    removed = select(_c.id).where(_c.item_id == _i.id, _c.condition == REMOVED).exists()
    query = select(*_COLUMNS).join_from(inventory, rooms, _r.id == _i.room_id).join(_last, true())
    query = query.join(properties, _p.id == _i.property_id).outerjoin(leases, leases.c.id == _last.c.lease_id)
    return query.outerjoin(tenants, tenants.c.id == leases.c.tenant_id).where(~removed)


def _checks() -> Select[Any]:
    columns = (
        _c.id, _c.checked_on, _c.item_id, _i.name, _c.condition, _p.code, _r.number, _c.lease_id, tenants.c.code,
        _c.note, _c.actor, _c.created_at, _p.timezone,
    )  # fmt: skip
    query = select(*columns).join_from(inventory_checks, inventory, _i.id == _c.item_id)
    query = query.join(rooms, _r.id == _c.room_id).join(properties, _p.id == _c.property_id)
    query = query.outerjoin(leases, leases.c.id == _c.lease_id)
    return query.outerjoin(tenants, tenants.c.id == leases.c.tenant_id)
