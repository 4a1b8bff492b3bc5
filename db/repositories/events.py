"""Questions about what happened."""

from datetime import UTC, date, datetime, time, timedelta
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
# The orders in which the indexes of each month stand.
_EVERYTHING = Keyset([_e.id], descending=True)
_OF_TENANT = Keyset([_e.tenant_seq, _e.id], descending=True)


class Events:
    """Facts, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        tenant_id: int | None = None,
        type: str | None = None,  # noqa: A002 - the field's name
        since: date | None = None,
        until: date | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> Page[EventRow]:
        """A page of events, the latest first: of one tenant, of one type, from `since` to `until` (days in UTC)."""
        query: Select[Any] = select(*_COLUMNS)
        if tenant_id is not None:
            query = query.where(_e.tenant_id == tenant_id)
        if type is not None:
            query = query.where(_e.type == type)
        if since is not None:
            query = query.where(_e.recorded_at >= _midnight(since))
        if until is not None:
            query = query.where(_e.recorded_at < _midnight(until + timedelta(days=1)))
        keyset = _EVERYTHING if tenant_id is None else _OF_TENANT
        scope = (tenant_id, type, since, until)
        return read_page(self._conn, query, keyset, EventRow._make, scope=scope, after=after, limit=limit)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
