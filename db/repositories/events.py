"""Questions about what happened."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_page
from db.tables import events


class EventRow(NamedTuple):
    """A fact as it was told; the payload depends on the type."""

    id: int
    recorded_at: datetime
    type: str
    entity_type: str
    entity_id: int
    tenant_seq: int | None
    payload: dict[str, Any]
    actor: str


_e = events.c
_COLUMNS = [_e[name] for name in EventRow._fields]


class Events:
    """Facts, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        tenant_id: int | None = None,
        type: str | None = None,  # noqa: A002 - the field's name
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> Page[EventRow]:
        """A page of events, the latest first, of one tenant or type if asked."""
        query: Select[Any] = select(*_COLUMNS)
        if tenant_id is not None:
            query = query.where(_e.tenant_id == tenant_id)
        if type is not None:
            query = query.where(_e.type == type)
        keyset = Keyset([_e.recorded_at, _e.id], descending=True)
        return read_page(self._conn, query, keyset, EventRow._make, scope=(tenant_id, type), after=after, limit=limit)
