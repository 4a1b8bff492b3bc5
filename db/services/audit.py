"""Append what happened to the audit: each event once, sealed with the hash of the row before it.

One appender at a time: whoever holds the head row. The hashes are chained here, row by row, since each needs the
one before; reading and writing go by set.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, Connection, LargeBinary, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP

from db.repositories.audit import CANONICAL

_HEAD = text("select position, hash from audit_head for update")

# The partitions of the months in which these events happened; most often they are there.
_PARTITIONS = text("""
select ensure_partition('audit_log', month)
  from (select distinct date_trunc('month', at at time zone 'UTC')::date as month from unnest(:instants) as at) months
""").bindparams(bindparam("instants", type_=ARRAY(TIMESTAMP(timezone=True))))

# Those not in the log yet, in the order of their ids. The bounds let the planner skip partitions.
_FRESH = """
select e.id as event_id, e.recorded_at as occurred_at, cast(:recorded_at as timestamptz) as recorded_at,
       e.type as operation, e.entity_type, e.entity_id, e.property_id, e.tenant_id, e.actor,
       nullif(e.payload -> 'before', 'null') as before, nullif(e.payload -> 'after', 'null') as after,
       e.payload - array['before', 'after', 'timestamp'] as details
  from unnest(:event_ids, :instants) as wanted (event_id, at)
  join events e on e.id = wanted.event_id and e.recorded_at = wanted.at
 where e.recorded_at between :first and :last
   and not exists (select from audit_log a where a.event_id = e.id and a.occurred_at = e.recorded_at
                      and a.occurred_at between :first and :last)
"""

_KEYS = (
    bindparam("event_ids", type_=ARRAY(BigInteger)),
    bindparam("instants", type_=ARRAY(TIMESTAMP(timezone=True))),
    bindparam("recorded_at", type_=TIMESTAMP(timezone=True)),
    bindparam("first", type_=TIMESTAMP(timezone=True)),
    bindparam("last", type_=TIMESTAMP(timezone=True)),
)

_READ = """
select event_id, occurred_at, {canonical} as canonical
  from (select row_number() over (order by event_id) + :position as position, f.* from ({fresh}) f) f
 order by position
"""

_APPEND = """
with chained as (
  select * from unnest(:event_ids, :previous, :hashes) with ordinality as c (event_id, previous_hash, hash, place)
)
insert into audit_log (position, event_id, occurred_at, recorded_at, operation, entity_type, entity_id, property_id,
                       tenant_id, actor, before, after, details, previous_hash, hash)
select :position + place, f.*, previous_hash, hash from ({fresh}) f join chained c using (event_id) order by place
"""

_READING = text(_READ.format(canonical=CANONICAL, fresh=_FRESH)).bindparams(*_KEYS)
_APPENDING = text(_APPEND.format(fresh=_FRESH)).bindparams(
    *_KEYS, bindparam("previous", type_=ARRAY(LargeBinary)), bindparam("hashes", type_=ARRAY(LargeBinary))
)

_ADVANCE = text("update audit_head set position = :position, hash = :hash")


def append_events(conn: Connection, events: Sequence[tuple[int, datetime]]) -> int:
    """Append these events, given by id and instant; returns how many were not in the log already."""
    if not events:
        return 0
    instants = [at for _, at in events]
    conn.execute(_PARTITIONS, {"instants": instants})
    position, last_hash = conn.execute(_HEAD).one()
    # Taken when the head is ours, so that it never runs against the order of the rows.
    recorded_at = conn.execute(text("select clock_timestamp()")).scalar_one()
    keys = {"instants": instants, "recorded_at": recorded_at, "first": min(instants), "last": max(instants)}
    rows = conn.execute(_READING, {**keys, "event_ids": [id_ for id_, _ in events], "position": position}).all()
    if not rows:
        return 0
    hashes = _chain(last_hash, [row.canonical for row in rows])
    keys["instants"] = [row.occurred_at for row in rows]
    chained = {"event_ids": [row.event_id for row in rows], "previous": [last_hash, *hashes[:-1]], "hashes": hashes}
    conn.execute(_APPENDING, {**keys, **chained, "position": position})
    conn.execute(_ADVANCE, {"position": position + len(rows), "hash": hashes[-1]})
    return len(rows)


def _chain(last_hash: bytes, canonical: Sequence[bytes]) -> list[bytes]:
    hashes = []
    for row in canonical:
        last_hash = hashlib.sha256(last_hash + row).digest()
        hashes.append(last_hash)
    return hashes
