"""How the background stands: what waits in each queue, what the calendar did last, and what needs a person now."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, text

from db.policies import POLICIES, Policy
from db.repositories.checks.runner import find_checks, run_checks
from db.repositories.workers import SILENT, Workers
from db.tables import schedules

# Days for which a balance that was wrong and put right is worth a look.
RECENT = 7


class QueueRow(NamedTuple):
    """A queue: work that waits, is being done or is dead, since when the oldest is open, and the queue's rules.

    `attempts` counts the first one; `lease` and `sla` are in seconds, `sla` is None where nothing is promised.
    """

    queue: str
    ready: int
    leased: int
    dead: int
    oldest: datetime | None
    attempts: int
    lease: int
    sla: float | None


class ScheduleRow(NamedTuple):
    """What is done once a day or month, for a time zone or, where that is empty, for all: the last run that ended well,
    how often it failed since, and when it is tried again."""

    name: str
    zone: str
    done_for: str | None
    done_at: datetime | None
    failures: int
    next_at: datetime | None
    error: str | None


class Alert(NamedTuple):
    """Something that needs a person: `code` says what, `about` which queue, schedule or partition."""

    code: str
    about: str
    number: int
    since: datetime | None


_QUEUES = text("""
with work as (
  select consumer as queue, state, count(*) as count, min(event_at) as oldest
    from deliveries where state in ('ready', 'leased') group by consumer, state
  union all
  select consumer, 'dead', count(*), null from deliveries where state = 'dead' group by consumer
  union all
  select 'imports', case state when 'queued' then 'ready' when 'running' then 'leased' else 'dead' end, count(*),
         min(created_at) filter (where state <> 'failed')
    from imports where state in ('queued', 'running', 'failed') group by state)
select queue, coalesce(sum(count) filter (where state = 'ready'), 0)::bigint as ready,
       coalesce(sum(count) filter (where state = 'leased'), 0)::bigint as leased,
       coalesce(sum(count) filter (where state = 'dead'), 0)::bigint as dead, min(oldest) as oldest,
       min(oldest) < clock_timestamp() - make_interval(secs => :silent) as late
  from work group by queue
""")
_DRIFTS = text("""
select count(distinct tenant_id) as wrong, max(found_at) as since
  from balance_drifts where found_at > clock_timestamp() - make_interval(days => :recent)
""")


class Operations:
    """Questions about the background, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def queues(self) -> list[QueueRow]:
        """Every queue, those without work too."""
        found = self._found()
        return [_queue(policy, found.get(name)) for name, policy in POLICIES.items()]

    def schedules(self) -> list[ScheduleRow]:
        """What the calendar has tried so far, by name."""
        s = schedules.c
        query = select(*(s[name] for name in ScheduleRow._fields)).order_by(s.name, s.zone)
        return [ScheduleRow._make(row) for row in self._conn.execute(query)]

    def alerts(self) -> list[Alert]:
        """What needs a person, the worst first."""
        return [*self._partitions(), *self._drifts(), *self._work(), *self._failing()]

    def _found(self) -> dict[str, Any]:
        return {row.queue: row for row in self._conn.execute(_QUEUES, {"silent": SILENT})}

    def _work(self) -> Iterator[Alert]:
        """What is dead, and what waits where nobody works."""
        workers = Workers(self._conn)
        for name, row in sorted(self._found().items()):
            if row.dead:
                yield Alert("failed" if name == "imports" else "dead", name, row.dead, None)
            if row.late and not workers.alive(name):
                yield Alert("no_worker", name, row.ready + row.leased, row.oldest)

    def _failing(self) -> Iterator[Alert]:
        for row in self.schedules():
            if row.failures:
                yield Alert("schedule", row.name, row.failures, row.done_at)

    def _drifts(self) -> Iterator[Alert]:
        row = self._conn.execute(_DRIFTS, {"recent": RECENT}).one()
        if row.wrong:
            yield Alert("drift", "", row.wrong, row.since)

    def _partitions(self) -> Iterator[Alert]:
        missing = [row.id for row in run_checks(self._conn, find_checks(("partitions_ahead",)))]
        if missing:
            yield Alert("partitions", ", ".join(missing), len(missing), None)


def _queue(policy: Policy, row: Any) -> QueueRow:
    rules = policy.attempts, policy.lease, policy.sla
    if row is None:
        return QueueRow(policy.queue, 0, 0, 0, None, *rules)
    return QueueRow(policy.queue, row.ready, row.leased, row.dead, row.oldest, *rules)
