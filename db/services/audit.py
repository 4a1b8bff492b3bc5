"""Append what happened to the audit: each event once, sealed with the hash of the row before it.

One appender at a time: whoever holds the head row. A batch is one statement, in which a window chains the hashes.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

from db.repositories.audit import CANONICAL

_INSTANTS = bindparam("instants", type_=ARRAY(TIMESTAMP(timezone=True)))

# The partitions of the months in which these events happened; most often they are there.
_PARTITIONS = text("""
select ensure_partition('audit_log', month)
  from (select distinct date_trunc('month', at at time zone 'UTC')::date as month from unnest(:instants) as at) months
""").bindparams(_INSTANTS)

# A statement of its own: the next one sees what the appender before us has committed.
_HOLD_HEAD = text("select from audit_head for update")

# Bounds of the instants let the planner skip partitions.
_APPEND = """
with wanted as (
  select * from unnest(:event_ids, :instants) as w (event_id, at)
), head as (
  select position, hash from audit_head
), numbered as (
  select (select position from head) + row_number() over (order by e.id) as position, e.id as event_id,
         e.recorded_at as occurred_at, statement_timestamp() as recorded_at, e.type as operation, e.entity_type,
         e.entity_id, e.property_id, e.tenant_id, e.actor, nullif(e.payload -> 'before', 'null') as before,
         nullif(e.payload -> 'after', 'null') as after, e.payload - array['before', 'after', 'timestamp'] as details
    from wanted w join events e on e.id = w.event_id and e.recorded_at = w.at
   where e.recorded_at between :first and :last
     and not exists (select from audit_log a where a.event_id = w.event_id and a.occurred_at = w.at
                        and a.occurred_at between :first and :last)
), sealed as (
  select n.*, audit_chain((select hash from head), {canonical}) over so_far as hash
    from numbered n window so_far as (order by position rows unbounded preceding)
), appended as (
  insert into audit_log (position, event_id, occurred_at, recorded_at, operation, entity_type, entity_id, property_id,
                         tenant_id, actor, before, after, details, previous_hash, hash)
  select position, event_id, occurred_at, recorded_at, operation, entity_type, entity_id, property_id, tenant_id, actor,
         before, after, details, lag(hash, 1, (select hash from head)) over (order by position), hash
    from sealed order by position
  returning position, hash
), last as (
  select position, hash from appended order by position desc limit 1
)
update audit_head h set position = last.position, hash = last.hash from last returning (select count(*) from appended)
"""

_APPENDING = text(_APPEND.format(canonical=CANONICAL)).bindparams(
    _INSTANTS,
    bindparam("event_ids", type_=ARRAY(BigInteger)),
    bindparam("first", type_=TIMESTAMP(timezone=True)),
    bindparam("last", type_=TIMESTAMP(timezone=True)),
)


def append_events(conn: Connection, events: Sequence[tuple[int, datetime]]) -> int:
    """Append these events, given by id and instant; returns how many were not in the log already.

    Waits for another appender; READ COMMITTED, as every transaction of ours that writes.
    """
    if not events:
        return 0
    instants = [at for _, at in events]
    conn.execute(_PARTITIONS, {"instants": instants})
    conn.execute(_HOLD_HEAD)
    values = {"event_ids": [event_id for event_id, _ in events], "instants": instants}
    return conn.execute(_APPENDING, {**values, "first": min(instants), "last": max(instants)}).scalar() or 0
