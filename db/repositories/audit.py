"""The audit log: what is in it, how a row is sealed, and whether all seals hold."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, bindparam, func, select, text

from db.domain.chain import NOTHING_BEFORE, Finding, Head, Spot, judge, judge_end
from db.engine import PartitionDetachedError
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_page
from db.repositories.whole import require_whole
from db.tables import audit_head, audit_log, deliveries, properties, tenants

# What the hash of a row covers, after the hash of the row before it: a JSON array in the order of these values, as
# PostgreSQL prints it. Only built-in functions: who replaces one of ours changes no verdict.
CANONICAL = """convert_to(jsonb_build_array(
  position, event_id, to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), operation, entity_type, entity_id,
  property_id, tenant_id, actor, before, after, details)::text, 'UTF8')"""


class AuditRow(NamedTuple):
    """What happened to a thing: its values before and after, and what else was told; `hash` seals the row."""

    position: int
    occurred_at: datetime
    operation: str
    entity_type: str
    entity_id: int
    property: str | None
    tenant: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    details: dict[str, Any]
    actor: str
    recorded_at: datetime
    event_id: int
    hash: str
    currency: str | None


# Events that the log lacks are counted up to here.
MANY = 1000

_a, _d = audit_log.c, deliveries.c
_ELSEWHERE: dict[str, ColumnElement[Any]] = {
    "property": properties.c.code, "tenant": tenants.c.code, "currency": properties.c.currency,
    "hash": func.encode(_a.hash, "hex"),
}  # fmt: skip
_COLUMNS = [_ELSEWHERE[name] if name in _ELSEWHERE else _a[name] for name in AuditRow._fields]
# The order of the primary key, and of the indexes of things and tenants.
_BY_INSTANT = Keyset([_a.occurred_at, _a.event_id], descending=True, bounded=True)

# One pass in the order of positions, in constant memory; only rows that need a look leave the database.
# A run of rows that were detached counts as one: it begins with the hash before it and ends with that of its last.
_SPOTS = """
select position, event_id, sound, linked, before, before_event, before_sound, next
  from (select begins as position, event_id, sound,
               coalesce(previous_hash = lag(hash, 1, :hash) over placed, true) as linked,
               lag(position) over placed as before, lag(event_id) over placed as before_event,
               lag(sound) over placed as before_sound, lead(begins) over placed as next
          from (select position, position as begins, event_id, occurred_at, previous_hash, hash,
                       sha256(previous_hash || {canonical}) = hash as sound
                  from audit_log where position >= :first
                union all
                select last_position, first_position, null, '-infinity', previous_hash, hash, true
                  from audit_cuts where first_position >= :first) sealed
        window placed as (order by position, occurred_at)) looked_at
 where not sound or not linked or position is distinct from coalesce(before, :first - 1) + 1
 order by position
"""
_LOOK = text(_SPOTS.format(canonical=CANONICAL)).bindparams(bindparam("hash", type_=LargeBinary))

_AT = """
select event_id, hash, sha256(previous_hash || {canonical}) = hash as sound
  from audit_log where position = :position
union all
select null, hash, true from audit_cuts where last_position = :position
"""
_LOOK_AT = text(_AT.format(canonical=CANONICAL))
_LAST = text("""
select greatest((select max(position) from audit_log), (select max(last_position) from audit_cuts), 0)
""")
_FOLLOWERS = text("""
select previous_hash from audit_log where position = :next
union all
select previous_hash from audit_cuts where first_position = :next
""")
_WITHIN_CUT = text("select name from audit_cuts where :position >= first_position and :position < last_position")


class Missing(NamedTuple):
    """Events that are not in the log: those that wait for a worker, and those that no worker could bring there."""

    waiting: int
    dead: int


class Audit:
    """The log, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        tenant_id: int | None = None,
        entity: tuple[str, int] | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> Page[AuditRow]:
        """A page of what happened, the latest first: in a property, to a tenant or thing, by an actor, in a time."""
        query: Select[Any] = select(*_COLUMNS).outerjoin_from(audit_log, tenants, tenants.c.id == _a.tenant_id)
        query = query.outerjoin(properties, properties.c.id == _a.property_id)
        if property_id is not None:
            query = query.where(_a.property_id == property_id)
        if tenant_id is not None:
            query = query.where(_a.tenant_id == tenant_id)
        if entity is not None:
            query = query.where(_a.entity_type == entity[0], _a.entity_id == entity[1])
        if actor is not None:
            query = query.where(_a.actor == actor)
        if since is not None:
            query = query.where(_a.occurred_at >= since)
        if until is not None:
            query = query.where(_a.occurred_at < until)
        scope = (property_id, tenant_id, entity, actor, since, until)
        return read_page(self._conn, query, _BY_INSTANT, AuditRow._make, scope=scope, after=after, limit=limit)

    def head(self) -> Head:
        """Where the log ends by its own account."""
        return Head._make(self._conn.execute(select(audit_head.c.position, audit_head.c.hash)).one())

    def missing(self, until: datetime | None = None) -> Missing:
        """How many events up to an instant the log lacks, each counted up to MANY."""
        by_then = [] if until is None else [_d.event_at < until]
        return Missing(*(self._count(_d.state.in_(states), *by_then) for states in (("ready", "leased"), ("dead",))))

    def _count(self, *conditions: ColumnElement[bool]) -> int:
        query = select(_d.event_id).where(_d.consumer == "audit", *conditions).limit(MANY)
        return int(self._conn.execute(select(func.count()).select_from(query.subquery())).scalar_one())

    def verify(self, since: datetime | None = None, noted: Head | None = None) -> Iterator[Finding]:
        """Every row that was altered, replaced, removed or inserted; nothing when the log is whole.

        With `since` only from the first row of what happened then. `noted` is a head that was written down elsewhere:
        without it nobody can tell a log from one that was sealed anew from some row to its end. Rows that were detached
        are taken by the hashes at their ends. Raises PartitionDetachedError where the noted row is among them, and
        WholeBookError for a login that sees some of the rows.

        Give it `database.reading(statement_timeout_ms=0)`: rows and head must be of one moment.
        """
        require_whole(self._conn)
        self._conn.exec_driver_sql("set local jit = off")
        head = self.head()
        if noted is not None:
            self._require_attached(noted.position)
        if noted is not None and all(found != noted.hash for _, found, _ in self._rows_at(noted.position)):
            yield Finding(1, noted.position, "rewritten")
        first = 1 if since is None else self._first_since(since)
        yield from judge(self._spots(first), first, self._unfollowed)
        yield from judge_end(self._last(), head, self._rows_at(head.position))

    def _first_since(self, since: datetime) -> int:
        first = select(func.min(_a.position)).where(_a.occurred_at >= since)
        found = self._conn.execute(first).scalar()
        return self._last() + 1 if found is None else int(found)

    def _last(self) -> int:
        return int(self._conn.execute(_LAST).scalar_one())

    def _require_attached(self, position: int) -> None:
        name = self._conn.execute(_WITHIN_CUT, {"position": position}).scalar()
        if name is not None:
            raise PartitionDetachedError(name=name)

    def _spots(self, first: int) -> Iterator[Spot]:
        # What the first row must name; where it is not to be told, the first row is taken as it is.
        seals = [NOTHING_BEFORE] if first == 1 else [found for _, found, _ in self._rows_at(first - 1)]
        values = {"first": first, "hash": seals[0] if len(seals) == 1 else None}
        return map(Spot._make, self._conn.execute(_LOOK, values, execution_options={"yield_per": DEFAULT_LIMIT}))

    def _rows_at(self, position: int) -> Collection[tuple[int, bytes, bool]]:
        """The rows that claim a position, one if all is well: event, hash, and whether it is sound."""
        return [
            (row.event_id, bytes(row.hash), row.sound) for row in self._conn.execute(_LOOK_AT, {"position": position})
        ]

    def _unfollowed(self, position: int) -> Collection[int]:
        """The events at a position that are not sound, or that neither the row behind nor the head follows."""
        rows = self._rows_at(position)
        followed = {bytes(found) for found in self._conn.execute(_FOLLOWERS, {"next": position + 1}).scalars()}
        head = self.head()
        if head.position == position:
            followed.add(head.hash)
        strange = [event_id for event_id, found, sound in rows if not sound or found not in followed]
        return strange or [event_id for event_id, _, _ in rows]
