"""Questions about properties, rooms and leases."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, literal, or_, select

from db.repositories.lookup import PropertyRow, property_columns
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import leases, properties, tenants
from db.tables.views import lease_list, room_list


class RoomRow(NamedTuple):
    """A room: its list rent, its beds, how many are taken tonight, and its status."""

    id: int
    property: str
    number: str
    room_type: str | None
    monthly_rent: Decimal
    capacity: int
    occupied: int
    status: str
    basis: str
    created_at: datetime
    currency: str


class LeaseRow(NamedTuple):
    """Who lives or lived where, and at what rent. `ends_on` is the first day after."""

    id: int
    tenant: str
    tenant_name: str
    property: str
    room: str
    starts_on: date
    ends_on: date | None
    monthly_rent: Decimal
    billing_day: int
    next_period_on: date | None
    basis: str
    currency: str


_r, _l = room_list.c, lease_list.c
_ROOM = [_r[name] for name in RoomRow._fields]
_LEASE = [_l[name] for name in LeaseRow._fields]


class Properties:
    """Questions about properties."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        archived: bool = False,
        matching: str | None = None,
    ) -> Page[PropertyRow]:
        """A page of properties by code; with `matching` those with it in their code or name."""
        query: Select[Any] = select(*property_columns())
        if not archived:
            query = query.where(properties.c.archived_at.is_(None))
        if matching is not None:
            words = func.lower(properties.c.code + literal(" ") + properties.c.name)
            query = query.where(words.contains(matching.lower(), autoescape=True))
        keyset, scope = Keyset([properties.c.code]), (archived, matching)
        return read_page(self._conn, query, keyset, PropertyRow._make, scope=scope, after=after, limit=limit)

    def kept(self, property_id: int | None = None) -> list[PropertyRow]:
        """This property, or all that are not archived, by code."""
        query = select(*property_columns()).where(properties.c.archived_at.is_(None)).order_by(properties.c.code)
        if property_id is not None:
            query = query.where(properties.c.id == property_id)
        return [PropertyRow._make(row) for row in self._conn.execute(query)]


class Rooms:
    """Questions about rooms and leases."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        status: str | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        matching: str | None = None,
        way: Way = Way.BEHIND,
    ) -> Page[RoomRow]:
        """A page of rooms by property and number, of one status if asked, with numbers that begin with `matching`."""
        query: Select[Any] = select(*_ROOM).where(_r.deleted_at.is_(None))
        if property_id is not None:
            query = query.where(_r.property_id == property_id)
        if status is not None:
            query = query.where(_r.status == status)
        if matching is not None:
            query = query.where(_r.number.startswith(matching.strip().upper(), autoescape=True))
        keyset = Keyset([_r.property_id, _r.number_key, _r.id])
        scope = (property_id, status, matching)
        return read_page(self._conn, query, keyset, RoomRow._make, scope=scope, after=after, limit=limit, way=way)

    def row(self, room_id: int) -> RoomRow:
        """One room."""
        return RoomRow._make(self._conn.execute(select(*_ROOM).where(_r.id == room_id)).one())

    def occupants(self, room_ids: Iterable[int]) -> dict[int, list[str]]:
        """The names of those who live in each of these rooms tonight, who came first before the others."""
        a = leases.c
        today = func.business_date(properties.c.timezone)
        query = (
            select(a.room_id, tenants.c.name)
            .join_from(leases, tenants, tenants.c.id == a.tenant_id)
            .join(properties, properties.c.id == a.property_id)
            .where(a.room_id.in_(list(room_ids)), a.starts_on <= today, or_(a.ends_on.is_(None), a.ends_on > today))
            .order_by(a.room_id, a.starts_on, a.id)
        )
        found: dict[int, list[str]] = {}
        for room_id, name in self._conn.execute(query):
            found.setdefault(room_id, []).append(name)
        return found

    def leases(
        self,
        *,
        property_id: int | None = None,
        room_id: int | None = None,
        tenant_id: int | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[LeaseRow]:
        """A page of leases, the newest first, of one property, room or tenant if asked."""
        query: Select[Any] = select(*_LEASE)
        for column, wanted in (
            (_l.property_id, property_id),
            (_l.room_id, room_id),
            (_l.tenant_id, tenant_id),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        keyset = Keyset([_l.starts_on, _l.id], descending=True)
        scope = (property_id, room_id, tenant_id)
        return read_page(self._conn, query, keyset, LeaseRow._make, scope=scope, after=after, limit=limit, way=way)

    def lease(self, lease_id: int) -> LeaseRow:
        """One lease."""
        return LeaseRow._make(self._conn.execute(select(*_LEASE).where(_l.id == lease_id)).one())
