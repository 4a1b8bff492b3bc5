"""Questions about notes, and which tenant or room a word means that may be either."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, select

from db.errors import N_, NotFoundError
from db.repositories.lookup import (
    AmbiguousError,
    RoomNotFoundError,
    RoomRef,
    TenantNotFoundError,
    TenantRef,
    find_room,
    find_tenant,
    get_property,
)
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import note_voids, notes, properties, rooms, tenants


class NobodyFoundError(NotFoundError):
    """Neither a tenant nor a room is called so."""

    code = "tenant_or_room_not_found"
    message = N_("There is no tenant and no room {ref}.")
    hint = N_("Give a tenant's code or a room such as KOSA/A1; `ekost search {ref}` looks everywhere.")


class NoteNotFoundError(NotFoundError):
    """No note has this number."""

    code = "note_not_found"
    message = N_("There is no note {id}.")
    hint = N_("`ekost note list` shows the numbers.")


class NoteRow(NamedTuple):
    """What somebody wrote about a tenant or a room, and whether it was taken back."""

    id: int
    tenant: str | None
    tenant_name: str | None
    property: str
    room: str | None
    text: str
    actor: str
    created_at: datetime
    voided_at: datetime | None
    voided_by: str | None
    reason: str | None
    state: str
    timezone: str


_n, _v = notes.c, note_voids.c
_STATE = case((_v.note_id.is_(None), "active"), else_="voided")
_COLUMNS = (
    _n.id, tenants.c.code, tenants.c.name, properties.c.code, rooms.c.number, _n.body, _n.actor, _n.created_at,
    _v.created_at, _v.actor, _v.reason, _STATE, properties.c.timezone,
)  # fmt: skip


class Notes:
    """Notes, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        about: TenantRef | RoomRef | None = None,
        voided: bool = True,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[NoteRow]:
        """A page of notes, the latest first; those that were taken back only if `voided`."""
        query = _query()
        if property_id is not None:
            query = query.where(_n.property_id == property_id)
        if about is not None:
            query = query.where((_n.tenant_id if isinstance(about, TenantRef) else _n.room_id) == about.id)
        if not voided:
            query = query.where(_v.note_id.is_(None))
        scope = (property_id, type(about).__name__, about and about.id, voided)
        keyset = Keyset([_n.id], descending=True)
        return read_page(self._conn, query, keyset, NoteRow._make, scope=scope, after=after, limit=limit, way=way)

    def row(self, note_id: int) -> NoteRow:
        """One note. Raises NoteNotFoundError."""
        found = self._conn.execute(_query().where(_n.id == note_id)).first()
        if found is None:
            raise NoteNotFoundError(id=note_id)
        return NoteRow._make(found)


def find_subject(conn: Connection, ref: str, property_code: str | None = None) -> TenantRef | RoomRef:
    """The tenant or the room that is meant, those that are gone too; `KOSA/A1` is always a room.

    Raises NobodyFoundError, AmbiguousError, NothingNamedError.
    """
    room = tenant = None
    try:
        room = find_room(conn, ref, property_code, archived=True)
    except RoomNotFoundError:
        if "/" in ref:
            raise
    try:
        tenant = None if "/" in ref else find_tenant(conn, ref, property_code, archived=True)
    except TenantNotFoundError:
        if room is None:
            raise NobodyFoundError(ref=ref) from None
    if room is not None and tenant is not None:
        house = get_property(conn, room.property_id).code
        raise AmbiguousError(ref=ref, candidates=f"{house}/{room.number}, {tenant.code} ({tenant.name})")
    found = room or tenant
    assert found is not None  # noqa: S101 - else one of the two was raised
    return found


def _query() -> Select[Any]:
    query = select(*_COLUMNS).join_from(notes, properties, properties.c.id == _n.property_id)
    query = query.outerjoin(note_voids, _v.note_id == _n.id)
    return query.outerjoin(tenants, tenants.c.id == _n.tenant_id).outerjoin(rooms, rooms.c.id == _n.room_id)
