"""Questions about rents that were changed for many at once."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_page
from db.tables import leases, properties, raise_days, raise_lines, raise_undos, raises, rooms, tenants


class RaiseRow(NamedTuple):
    """A change of many rents: by how much, from when, and what has become of it (`planned`, `in_force`, `undone`)."""

    id: int
    property: str
    effective_on: date
    by_amount: Decimal | None
    by_percent: Decimal | None
    rooms: int
    leases: int
    difference: Decimal
    state: str
    reason: str | None
    actor: str
    created_at: datetime
    currency: str


class RaiseLine(NamedTuple):
    """What a raise changes: the rent of a lease from `starts_on` on, or without a tenant the price of a room."""

    raise_id: int
    line: int
    property: str
    room: str
    tenant: str | None
    tenant_name: str | None
    starts_on: date
    rent_before: Decimal
    rent_after: Decimal
    difference: Decimal
    currency: str


_r, _l = raises.c, raise_lines.c
_STATE = case((raise_undos.c.raise_id.is_not(None), "undone"), (raise_days.c.raise_id.is_not(None), "in_force"),
              else_="planned")  # fmt: skip


class Raises:
    """Raises, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self, *, property_id: int | None = None, after: str | None = None, limit: int = DEFAULT_LIMIT
    ) -> Page[RaiseRow]:
        """A page of raises, the latest first."""
        query = _query()
        if property_id is not None:
            query = query.where(_r.property_id == property_id)
        keyset = Keyset([_r.id], descending=True)
        return read_page(self._conn, query, keyset, RaiseRow._make, scope=(property_id,), after=after, limit=limit)

    def row(self, raise_id: int) -> RaiseRow | None:
        """One raise, or None."""
        found = self._conn.execute(_query().where(_r.id == raise_id)).first()
        return None if found is None else RaiseRow._make(found)

    def lines(self, raise_id: int, *, after: str | None = None, limit: int = DEFAULT_LIMIT) -> Page[RaiseLine]:
        """A page of what a raise changes, rooms first."""
        query = (
            select(_l.raise_id, _l.line, properties.c.code, rooms.c.number, tenants.c.code, tenants.c.name,
                   _l.starts_on, _l.rent_before, _l.rent_after, _l.rent_after - _l.rent_before, properties.c.currency)
            .join_from(raise_lines, properties, properties.c.id == _l.property_id)
            .join(rooms, rooms.c.id == _l.room_id)
            .outerjoin(leases, leases.c.id == _l.lease_id)
            .outerjoin(tenants, tenants.c.id == leases.c.tenant_id)
            .where(_l.raise_id == raise_id)
        )  # fmt: skip
        keyset = Keyset([_l.line])
        return read_page(self._conn, query, keyset, RaiseLine._make, scope=(raise_id,), after=after, limit=limit)


def _query() -> Select[Any]:
    counted = (
        select(
            func.count().filter(_l.lease_id.is_(None)).label("rooms"),
            func.count(_l.lease_id).label("leases"),
            func.coalesce(func.sum(_l.rent_after - _l.rent_before).filter(_l.lease_id.is_not(None)), 0).label("more"),
        )
        .where(_l.raise_id == _r.id)
        .lateral()
    )
    query = select(_r.id, properties.c.code, _r.effective_on, _r.by_amount, _r.by_percent, counted.c.rooms,
                   counted.c.leases, counted.c.more, _STATE, raise_undos.c.reason, _r.actor, _r.created_at,
                   properties.c.currency)  # fmt: skip
    query = query.join_from(raises, properties, properties.c.id == _r.property_id).join(counted, counted.c.rooms >= 0)
    return query.outerjoin(raise_undos, raise_undos.c.raise_id == _r.id).outerjoin(
        raise_days, raise_days.c.raise_id == _r.id
    )
