"""What happened to a tenant or a room, whoever told of it: their own events, and those of others that reach them."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, cast, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import JSONB

from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import events, expenses, leases, meter_readings, meters, notes, rooms, tenants


class Happened(NamedTuple):
    """An event, with the tenant of whom it tells and the room that it names."""

    id: int
    recorded_at: datetime
    type: str
    tenant: str | None
    tenant_name: str | None
    room: str | None
    actor: str
    payload: dict[str, Any]


_e = events.c
_TOLD = (_e.id, _e.recorded_at, _e.type, _e.tenant_id, _e.actor, _e.payload)
# Events that bring a tenant into a room or out of it.
_COMING_AND_GOING = ("TenantAssigned", "TenantMoved", "TenantLeft")


def happened_to_tenant(
    conn: Connection, tenant_id: int, *, after: str | None = None, limit: int = DEFAULT_LIMIT, way: Way = Way.BEHIND
) -> Page[Happened]:
    """A page of what happened to a tenant, the latest first; a share that changed as roommates came and went too."""
    theirs = select(leases.c.room_id).where(leases.c.tenant_id == tenant_id)
    named = _e.payload["after"]["leases"].contains(cast([{"tenantId": tenant_id}], JSONB))
    split = select(*_TOLD).where(_e.entity_type == "room", _e.entity_id.in_(theirs), _e.type == "RentSplit", named)
    # A balance that was worked out is no happening: it follows from the others.
    own = select(*_TOLD).where(_e.tenant_id == tenant_id, _e.type != "BalanceCalculated")
    return _page(conn, [own, split], tenant_id, after, limit, way)


def happened_to_room(
    conn: Connection, room_id: int, *, after: str | None = None, limit: int = DEFAULT_LIMIT, way: Way = Way.BEHIND
) -> Page[Happened]:
    """A page of what happened to a room, the latest first: changes, expenses, who came and went, and rents."""
    here = leases.c.room_id == room_id
    guests, stays = select(leases.c.tenant_id).where(here), select(leases.c.id).where(here)
    written = select(notes.c.id).where(notes.c.room_id == room_id)
    behind = select(meters.c.id).where(meters.c.room_id == room_id)
    read = select(meter_readings.c.event_id).where(meter_readings.c.meter_id.in_(behind))
    spent = select(expenses.c.id).where(expenses.c.room_id == room_id)
    named = or_(*(_e.payload[name].astext == str(room_id) for name in ("roomId", "fromRoomId")))
    parts = [
        select(*_TOLD).where(_e.entity_type.in_(("room", "inventory")), _e.entity_id == room_id),
        select(*_TOLD).where(_e.entity_type == "note", _e.entity_id.in_(written)),
        select(*_TOLD).where(_e.entity_type == "meter", or_(_e.entity_id.in_(behind), _e.id.in_(read))),
        select(*_TOLD).where(_e.entity_type == "expense", _e.entity_id.in_(spent)),
        select(*_TOLD).where(_e.tenant_id.in_(guests), _e.type.in_(_COMING_AND_GOING), named),
        select(*_TOLD).where(_e.entity_type == "lease", _e.entity_id.in_(stays), _e.type == "RentChanged"),
    ]
    return _page(conn, parts, room_id, after, limit, way)


def _page(
    conn: Connection, parts: list[Select[Any]], scope: int, after: str | None, limit: int, way: Way
) -> Page[Happened]:
    # Found first and sorted then: walking all events backwards until enough are found would take for ever.
    found = union_all(*parts).cte("found").prefix_with("materialized")
    f = found.c
    room = cast(f.payload["roomId"].astext, BigInteger)
    columns: list[ColumnElement[Any]] = [
        f.id, f.recorded_at, f.type, tenants.c.code, tenants.c.name, rooms.c.number, f.actor, f.payload
    ]  # fmt: skip
    query = select(*columns).outerjoin_from(found, tenants, tenants.c.id == f.tenant_id)
    query = query.outerjoin(rooms, rooms.c.id == func.coalesce(room, 0))
    return read_page(
        conn, query, Keyset([f.id], descending=True), Happened._make, scope=scope, after=after, limit=limit, way=way
    )
