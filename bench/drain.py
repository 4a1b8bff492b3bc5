"""How fast deliveries are drained beside the limit: an UPDATE that only marks the same rows as done.

    python bench/drain.py [--payments 20000] [--tenants 5000] [--rounds 3]

Payments are recorded in bulk, each with its event and two deliveries, neighbours for different tenants; then one
process drains the balances and one the audit. The clock starts when both are connected. The last month is closed,
as a worker does it. Every commit is flushed (synchronous_commit = on). Prints deliveries a second.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path

import psycopg
from sqlalchemy import text

from db.demo.large import load_demo
from db.embedded import driver
from db.engine import Database, Limits
from db.migrations.runner import ensure_current
from db.services.closings import close_month
from jobs.drain import drain

# Start, end and deliveries done, by the work of one process on one queue.
Work = Callable[[str, str], tuple[float, float, int]]

# Like `record_payment` a thousand times over: a payment, its event with the tenant's next number, two deliveries.
_FILL = """
with new as materialized (
  select nextval('events_id_seq') as event_id, nextval('payments_id_seq') as payment_id, x.*
    from (select t.id, t.property_id, t.event_seq + row_number() over (partition by t.id order by n) as number,
                 greatest(current_date - n % 28, date_trunc('month', current_date)::date) as day
            from (select *, row_number() over (order by id) as place, count(*) over () as tenants from tenants) t
            join generate_series(0, :payments - 1) n on n % t.tenants = t.place - 1
           order by n) x
), told as (
  insert into events (id, type, entity_type, entity_id, property_id, tenant_id, tenant_seq, payload)
  select event_id, 'PaymentRecorded', 'payment', payment_id, property_id, id, number,
         jsonb_build_object('tenantId', id, 'paymentId', payment_id, 'amount', '1000.00', 'date', day)
    from new returning id, recorded_at, tenant_id
), numbered as (
  update tenants t set event_seq = t.event_seq + c.count
    from (select id, count(*) as count from new group by id) c where c.id = t.id
), delivered as (
  insert into deliveries (event_id, event_at, consumer, tenant_id, max_attempts)
  select id, recorded_at, c.name, tenant_id, c.attempts
    from told, (values ('balances', 4), ('audit', 5)) c (name, attempts) order by 1
)
insert into payments (id, property_id, tenant_id, payment_date, amount, event_id) overriding system value
select payment_id, property_id, id, day, 1000, event_id from new
"""
_MARK = """
update deliveries set state = 'done', done_at = clock_timestamp()
 where (event_id, consumer) in (select event_id, consumer from deliveries where consumer = %s and state = 'ready'
                                 order by not_before, event_id limit 1000 for update skip locked)
"""


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=20_000)
    parser.add_argument("--tenants", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = Path(folder, "home")
        try:
            _measure(Database(driver.ensure_postgres(home)), wanted.payments, wanted.tenants, wanted.rounds)
        finally:
            driver.stop(home)


def _measure(database: Database, payments: int, count: int, rounds: int) -> None:
    prepare(database, count)
    both = ("balances", "audit")
    works = (
        ("both", _drain, both),
        ("balances", _drain, both[:1]),
        ("audit", _drain, both[1:]),
        ("limit", _mark, both),
    )
    for name, work, queues in works:
        speeds = []
        for _ in range(rounds):
            fill(database, payments)
            speeds.append(_speed(work, database.url, queues))
            _speed(_drain, database.url, both)
        middle, least, most = statistics.median(speeds), min(speeds), max(speeds)
        print(f"{name:9}{middle:9,.0f} deliveries a second ({least:,.0f} to {most:,.0f})", flush=True)


def prepare(database: Database, count: int) -> None:
    """A book of so many tenants, drained, the last month closed."""
    ensure_current(database, automatic=True)
    load_demo(database, count, lambda there, all_: None)
    close_month(database, date.today().replace(day=1) - timedelta(days=1))  # noqa: DTZ011 - a day does not matter
    for queue in ("balances", "audit"):
        drain(database, queue, budget=600)


def fill(database: Database, payments: int) -> None:
    """Record so many payments, and let the planner know."""
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.execute(text(_FILL), {"payments": payments})
    with psycopg.connect(_plain(database.url), autocommit=True) as conn:
        conn.execute("vacuum analyze")


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


def _speed(work: Work, url: str, queues: tuple[str, ...]) -> float:
    """A process for each queue: all that was done by the time that the slower one took."""
    with ProcessPoolExecutor(len(queues), mp_context=get_context("spawn")) as pool:
        results = list(pool.map(work, [url] * len(queues), queues))
    starts, ends, done = zip(*results, strict=True)
    return sum(done) / (max(ends) - min(starts))


def _drain(url: str, queue: str) -> tuple[float, float, int]:
    database = Database(url, Limits(pool_size=1))
    with database.reading() as conn:
        conn.execute(text("select 1"))
    start = time.monotonic()
    done = drain(database, queue, budget=600)
    return start, time.monotonic(), done


def _mark(url: str, queue: str) -> tuple[float, float, int]:
    with psycopg.connect(_plain(url), autocommit=True) as conn:
        start, done = time.monotonic(), 0
        while count := conn.execute(_MARK, (queue,)).rowcount:
            done += count
        return start, time.monotonic(), done


if __name__ == "__main__":
    main()
