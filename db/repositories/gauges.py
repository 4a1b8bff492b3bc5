"""What PostgreSQL itself can tell in numbers about the work: connections, queues, latencies, what is wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.metrics.thresholds import WINDOW
from db.repositories.checks.check import Check
from db.repositories.checks.runner import find_checks, run_checks
from db.repositories.operations import Operations

# The checks that cost next to nothing whatever the size of the book.
QUICK = (
    "default_partitions_empty", "history_is_guarded", "balances_follow_entries", "rule_guards_in_place",
    "schema_is_valid",
)  # fmt: skip
_PARTITIONS = "partitions_ahead"


class Gauge(NamedTuple):
    """A number of this moment. `label` tells which of several it is (`queue`), `about` its value (`balances`).

    `more` are labels beside that one. A metric that ends in `_total` only grows.
    """

    metric: str
    value: float
    label: str = ""
    about: str = ""
    more: tuple[tuple[str, str], ...] = ()


# Places that are kept for superusers are no places; the processes of the server itself take none.
_CONNECTIONS = text("""
select count(*)::float / (current_setting('max_connections')::int
                          - current_setting('superuser_reserved_connections')::int)
  from pg_stat_activity where backend_type = 'client backend'
""")
# From the commit of the cause to that of the effect; what still waits has taken that long already.
_BALANCES = text("""
select greatest(
  (select percentile_cont(0.95) within group (order by extract(epoch from done_at - event_at))
     from deliveries where consumer = 'balances' and state = 'done'
      and done_at > clock_timestamp() - make_interval(mins => :window)),
  (select extract(epoch from clock_timestamp() - min(event_at))
     from deliveries where consumer = 'balances' and state in ('ready', 'leased')), 0)::float
""")


def read_gauges(conn: Connection, checks: Iterable[Check] | None = None) -> Iterator[Gauge]:
    """Every number; `checks` are the rules of the book that are examined, without them only the quick ones."""
    yield Gauge("ekost_db_connections_ratio", conn.execute(_CONNECTIONS).scalar_one())
    yield Gauge("ekost_balance_calculation_seconds", conn.execute(_BALANCES, {"window": WINDOW}).scalar_one())
    yield from _background(Operations(conn))
    examined = [check for check in checks or find_checks(QUICK) if check.name != _PARTITIONS]
    broken = Counter(row.check for row in run_checks(conn, examined))
    for name, count in sorted(broken.items()) or [("", 0)]:
        yield Gauge("ekost_invariant_violations", count, "check", name)


def _background(operations: Operations) -> Iterator[Gauge]:
    """The queues, each day's work, and what was found wrong; 0 where all is well."""
    found = {(alert.code, alert.about): alert.number for alert in operations.alerts()}
    for row in operations.queues():
        yield Gauge("ekost_queue_depth", row.ready + row.leased, "queue", row.queue)
        yield Gauge("ekost_queue_dead", row.dead, "queue", row.queue)
        yield Gauge("ekost_queue_unattended", found.get(("no_worker", row.queue), 0), "queue", row.queue)
    failures: Counter[str] = Counter()
    for schedule in operations.schedules():  # one for each time zone
        failures[schedule.name] += schedule.failures
    for name, count in failures.items():
        yield Gauge("ekost_schedule_failures", count, "schedule", name)
    yield Gauge("ekost_balance_drifts", found.get(("drift", ""), 0))
    yield Gauge("ekost_partitions_missing", sum(code == "partitions" for code, _about in found))
