"""How the book stood at the end of a day, rebuilt from the audit alone."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from sqlalchemy import ColumnElement, Connection, select

from db.domain.dates import end_of_day
from db.domain.history import Fact, RoomThen, TenantThen, rebuild, room_then, tenant_then
from db.engine import PartitionDetachedError
from db.errors import N_, NotFoundError
from db.repositories.detached import detached_partitions
from db.repositories.lookup import RoomRef, TenantRef
from db.repositories.values import CHARGE, DEPOSIT, PAYMENT, told
from db.tables import audit_log, charges, deposit_entries, events, leases, payments

_a = audit_log.c
_LEDGER = (("charge", charges, CHARGE), ("payment", payments, PAYMENT), ("deposit", deposit_entries, DEPOSIT))


class UnknownThenError(NotFoundError):
    """The book had not been told of it by then."""

    code = "unknown_then"
    message = N_("At the end of {day} the book knew nothing of {ref}.")
    hint = N_("Without --as-of the history shows since when it does.")


class History:
    """The book at the end of `day` in the property's time zone: what it had been told by then.

    Raises PartitionDetachedError: it is rebuilt from the very first row.
    """

    def __init__(self, conn: Connection, day: date, timezone: str) -> None:
        self._conn = conn
        self._day = day
        self._until = end_of_day(day, timezone)
        for away in detached_partitions(conn):
            raise PartitionDetachedError(name=away.name)

    def tenant(self, tenant: TenantRef) -> TenantThen:
        """A tenant as the book stood. Raises UnknownThenError."""
        by_then = _a.occurred_at < self._until
        asked = (_a.tenant_id == tenant.id) | _of("property", [tenant.property_id])
        stays = rebuild(facts(self._conn, by_then, asked)).of_tenant("lease", tenant.id)
        asked |= _of("room", {lease["roomId"] for lease in stays})
        posted = set_entries(self._conn, by_then, tenant_id=tenant.id)
        then = tenant_then(rebuild(chain(facts(self._conn, by_then, asked), posted)), tenant.id, self._day)
        if then is None:
            raise UnknownThenError(ref=tenant.code, day=self._day)
        return then

    def room(self, room: RoomRef) -> RoomThen:
        """A room as the book stood. Raises UnknownThenError.

        Whom to look at is asked of the leases, which are never deleted; what they did, of the audit.
        """
        guests = select(leases.c.tenant_id).distinct().where(leases.c.room_id == room.id)
        # Their numbers, not the query: only those lead to the index.
        numbers = list(self._conn.execute(guests).scalars())
        stays = _a.tenant_id.in_(numbers) & _a.entity_type.in_(("tenant", "lease"))
        asked = stays | _of("room", [room.id]) | _of("property", [room.property_id])
        found = facts(self._conn, _a.occurred_at < self._until, asked)
        then = room_then(rebuild(found), room.id, self._day)
        if then is None:
            raise UnknownThenError(ref=room.number, day=self._day)
        return then


def facts(conn: Connection, *conditions: ColumnElement[bool]) -> Iterator[Fact]:
    """What the audit was told, in the order of the events: the one in which changes of a thing were made."""
    query = select(_a.entity_type, _a.entity_id, _a.property_id, _a.tenant_id, _a.after)
    return map(Fact._make, conn.execute(query.where(*conditions).order_by(_a.event_id)))


def set_entries(conn: Connection, *conditions: ColumnElement[bool], tenant_id: int | None = None) -> Iterator[Fact]:
    """The entries of audited events that tell only their sum: events of many tenants, and of older books."""
    e = events.c
    for kind, table, names in _LEDGER:
        query = (
            select(table)
            .join(events, e.id == table.c.event_id)
            .join(audit_log, (_a.occurred_at == e.recorded_at) & (_a.event_id == e.id))
            .where(_a.after.is_(None), *conditions)
        )
        if tenant_id is not None:
            query = query.where(table.c.tenant_id == tenant_id)
        for row in conn.execute(query):
            yield Fact(kind, row.id, row.property_id, row.tenant_id, told(names, row._mapping))


def _of(kind: str, numbers: Iterable[int]) -> ColumnElement[bool]:
    return (_a.entity_type == kind) & _a.entity_id.in_(list(numbers))
