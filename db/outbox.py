"""Deliveries of events to their consumers: what is due, who works on it, how it ends.

PostgreSQL is the queue. A delivery is claimed (the attempt counts from that moment, so that one which kills its
worker is not tried for ever), and closed in the transaction that has its effect: done once, or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, Row, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.policies import POLICIES


class Delivery(NamedTuple):
    """One event on its way to one consumer; `attempts` counts this one."""

    event_id: int
    event_at: datetime
    consumer: str
    tenant_id: int | None
    attempts: int
    max_attempts: int


_DUE = text("""
select consumer, count(*) from (
  select consumer from unnest(:consumers) as wanted (consumer)
   cross join lateral (select from deliveries d where d.consumer = wanted.consumer and d.state in ('ready', 'leased')
                          and d.not_before <= now() limit :most) due) counted
group by consumer
""").bindparams(bindparam("consumers", type_=ARRAY(Text)))

# Deliveries whose worker fell silent are claimed with their like, the fewer the more often that has happened: one that
# kills its workers ends up alone, and takes no other down with it.
_CLAIM = text("""
with due as materialized (
  select event_id, not_before, state = 'leased' as lost, attempts, attempts >= max_attempts as spent from deliveries
   where consumer = :consumer and state in ('ready', 'leased') and not_before <= now()
     and (cast(:wide as boolean) is null or (tenant_id is null) = cast(:wide as boolean))
   order by not_before, event_id limit :most for update skip locked
), first as (
  select lost, attempts, case when lost and not spent then greatest(:most / 10 ^ attempts, 1) else :most end as most
    from due order by not_before, event_id limit 1
), chosen as (
  select event_id from due d join first f on d.lost = f.lost and (not d.lost or d.attempts = f.attempts)
   order by not_before, event_id limit (select cast(most as bigint) from first)
)
update deliveries d
   set state = case when d.attempts < d.max_attempts then 'leased' else 'dead' end,
       last_error = case when d.attempts < d.max_attempts then d.last_error else coalesce(d.last_error, :lost) end,
       attempts = least(d.attempts + 1, d.max_attempts),
       not_before = now() + make_interval(secs => :lease)
  from chosen c where d.event_id = c.event_id and d.consumer = :consumer
returning d.event_id, d.event_at, d.consumer, d.tenant_id, d.attempts, d.max_attempts, d.state
""")

_IDS = bindparam("ids", type_=ARRAY(BigInteger))

# By the key alone: with the state in the condition, the planner may read everything that is due.
_HOLD = text("""
select event_id, attempts, state from deliveries
 where consumer = :consumer and event_id = any (:ids) order by event_id for update
""").bindparams(_IDS)

_COMPLETE = text("""
update deliveries set state = 'done', done_at = clock_timestamp(), last_error = null
 where consumer = :consumer and event_id = any (:ids)
""").bindparams(_IDS)

_FAIL = text("""
update deliveries
   set state = case when attempts >= max_attempts then 'dead' else 'ready' end,
       last_error = left(:error, 500), not_before = now() + make_interval(secs => :pause)
 where consumer = :consumer and event_id = :id and state = 'leased' and attempts = :attempts
""")

_RENEW = text("""
update deliveries set not_before = clock_timestamp() + make_interval(secs => :lease)
 where consumer = :consumer and event_id = any (:ids)
""").bindparams(_IDS)

_POSTPONE = text("""
update deliveries set state = 'ready', attempts = attempts - 1, not_before = now() + make_interval(secs => :pause)
 where consumer = :consumer and event_id = any (:ids)
""").bindparams(_IDS)

# Materialized: within a nested loop the limit would be taken anew for every row of the outer side.
_CLEAR_DONE = text("""
with old as materialized (
  select event_id, consumer from deliveries
   where state = 'done' and done_at < now() - make_interval(days => :days)
   order by done_at limit :most for update skip locked
)
delete from deliveries d using old
 where d.event_id = old.event_id and d.consumer = old.consumer
""")

# What is known of a delivery whose every worker died of it.
LOST = "worker lost"


def due(conn: Connection, consumers: Iterable[str], *, most: int = 1000) -> Mapping[str, int]:
    """How many deliveries wait for each consumer, counted up to `most`."""
    values = {"consumers": list(consumers), "most": most}
    return {row[0]: row[1] for row in conn.execute(_DUE, values)}


def claim(conn: Connection, consumer: str, most: int, *, wide: bool | None = None) -> list[Delivery]:
    """Take up to `most` due deliveries, oldest first; commit before working on them.

    With `wide`, only events that concern many tenants, or (False) only those of one. A delivery that was claimed its
    last time without an end is dead.
    """
    values = {"consumer": consumer, "most": most, "wide": wide, "lease": POLICIES[consumer].lease, "lost": LOST}
    rows = conn.execute(_CLAIM, values).all()
    return sorted(_delivery(row) for row in rows if row.state == "leased")


def hold(conn: Connection, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Lock those that are still ours to deliver: a slow worker's lease may have gone to another one."""
    if not deliveries:
        return []
    values = {"consumer": deliveries[0].consumer, "ids": [delivery.event_id for delivery in deliveries]}
    there = {row.event_id: (row.state, row.attempts) for row in conn.execute(_HOLD, values)}
    return [delivery for delivery in deliveries if there.get(delivery.event_id) == ("leased", delivery.attempts)]


def complete(conn: Connection, deliveries: Sequence[Delivery]) -> None:
    """Close deliveries that are held, in the transaction that has their effect."""
    if deliveries:
        ids = [delivery.event_id for delivery in deliveries]
        conn.execute(_COMPLETE, {"consumer": deliveries[0].consumer, "ids": ids})


def renew(conn: Connection, deliveries: Sequence[Delivery]) -> None:
    """Begin the lease of held deliveries anew, for work that takes several transactions."""
    if deliveries:
        ids = [delivery.event_id for delivery in deliveries]
        consumer = deliveries[0].consumer
        conn.execute(_RENEW, {"consumer": consumer, "ids": ids, "lease": POLICIES[consumer].lease})


def postpone(conn: Connection, deliveries: Sequence[Delivery], seconds: float) -> None:
    """Give held deliveries back for a moment, as if they had not been tried: what they concern is in use."""
    if deliveries:
        ids = [delivery.event_id for delivery in deliveries]
        conn.execute(_POSTPONE, {"consumer": deliveries[0].consumer, "ids": ids, "pause": seconds})


def fail(conn: Connection, delivery: Delivery, error: str) -> None:
    """Note a failed attempt, in a transaction of its own: it waits for the next one, or is dead after the last."""
    pause = POLICIES[delivery.consumer].pause(delivery.attempts)
    conn.execute(_FAIL, {"consumer": delivery.consumer, "id": delivery.event_id, "attempts": delivery.attempts,
                         "error": error, "pause": pause})  # fmt: skip


def clear_done(conn: Connection, *, older_than_days: int = 7, most: int = 10_000) -> int:
    """Delete deliveries that have long been done, up to `most`; returns how many. Their events and effects stay."""
    return conn.execute(_CLEAR_DONE, {"days": older_than_days, "most": most}).rowcount


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    return Delivery._make(list(row)[:-1])
