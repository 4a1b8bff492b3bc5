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
_PROCESSED = text("""
select consumer, percentile_cont(0.95) within group (order by extract(epoch from done_at - event_at))::float as p95
  from deliveries where state = 'done' and done_at > clock_timestamp() - make_interval(mins => :window)
 group by consumer
""")
_WAITING = text("""
select extract(epoch from clock_timestamp() - min(event_at))::float
  from deliveries where consumer = 'balances' and state in ('ready', 'leased')
""")
# Months after this one for which rows have a partition of their own.
_AHEAD = text("""
select parent, 12 * extract(year from max(after)) + extract(month from max(after)) - 1
               - (select 12 * extract(year from u) + extract(month from u) from (select now() at time zone 'UTC') t (u))
  from partitions group by parent
""")
_IMPORTED = text("""
select coalesce(sum(rows_applied), 0), coalesce(sum(rows_skipped), 0), coalesce(sum(rows_rejected), 0) from imports
""")


def read_gauges(conn: Connection, checks: Iterable[Check] | None = None) -> Iterator[Gauge]:
    """Every number; `checks` are the rules of the book that are examined, without them only the quick ones."""
    yield Gauge("ekost_db_connections_ratio", conn.execute(_CONNECTIONS).scalar_one())
    yield from _latencies(conn)
    yield from _background(Operations(conn))
    examined = [check for check in checks or find_checks(QUICK) if check.name != _PARTITIONS]
    broken = Counter(row.check for row in run_checks(conn, examined))
    for name, count in sorted(broken.items()) or [("", 0)]:
        yield Gauge("ekost_invariant_violations", count, "check", name)


def read_more(conn: Connection) -> Iterator[Gauge]:
    """What is worth a curve and no alarm."""
    for table, months in conn.execute(_AHEAD):
        yield Gauge("ekost_partition_months_ahead", int(months), "table", table)
    for result, rows in zip(("applied", "skipped", "rejected"), conn.execute(_IMPORTED).one(), strict=True):
        yield Gauge("ekost_import_rows_total", int(rows), "result", result)


def _latencies(conn: Connection) -> Iterator[Gauge]:
    """The P95 of each consumer, and of balances also what waits by now."""
    processed = {row.consumer: row.p95 for row in conn.execute(_PROCESSED, {"window": WINDOW})}
    for consumer, seconds in processed.items():
        yield Gauge("ekost_queue_processing_seconds", seconds, "queue", consumer)
    waited = conn.execute(_WAITING).scalar_one() or 0.0
    yield Gauge("ekost_balance_calculation_seconds", max(processed.get("balances", 0.0), waited, 0.0))


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
