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
# What an alert of the operations is called among the metrics.
_NAMES = {
    "dead": "ekost_queue_dead",
    "failed": "ekost_queue_dead",
    "no_worker": "ekost_queue_unattended",
    "schedule": "ekost_schedule_failures",
    "drift": "ekost_balance_drifts",
    "partitions": "ekost_partitions_missing",
}


class Gauge(NamedTuple):
    """A number of this moment. `label` tells which of several it is (`queue`), `about` its value (`balances`)."""

    metric: str
    value: float
    label: str = ""
    about: str = ""


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
    operations = Operations(conn)
    for row in operations.queues():
        yield Gauge("ekost_queue_depth", row.ready + row.leased, "queue", row.queue)
    for alert in operations.alerts():
        label = {"schedule": "schedule", "partitions": "", "drift": ""}.get(alert.code, "queue")
        yield Gauge(_NAMES[alert.code], alert.number, label, alert.about if label else "")
    examined = [check for check in checks or find_checks(QUICK) if check.name != _PARTITIONS]
    for name, count in sorted(Counter(row.check for row in run_checks(conn, examined)).items()):
        yield Gauge("ekost_invariant_violations", count, "check", name)
