"""How fast the audit is written and verified.

    python bench/audit.py [--events 1000000] [--batch 1000]

Events like those of payments, spread over eight months, are appended in batches by one process, each batch a
transaction that is flushed (synchronous_commit = on); then the whole log is verified. Prints rows a second, and the
most memory that the verifying process has held.
"""

import argparse
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import text

from db.embedded import driver
from db.engine import Database, Limits
from db.migrations.runner import migrate
from db.repositories.audit import Audit
from db.services.audit import append_events

_MONTHS = "select ensure_partition('events', (now() - make_interval(months => m))::date) from generate_series(0, 9) m"
_FILL = """
insert into events (recorded_at, type, entity_type, entity_id, property_id, tenant_id, tenant_seq, payload)
select now() - (:events - n) * interval '240 days' / :events, 'PaymentRecorded', 'payment', n, 1, n % 1000, n / 1000,
       jsonb_build_object('tenantId', n % 1000, 'paymentId', n, 'amount', '1500000.00', 'date', '2026-03-01',
                          'timestamp', now(), 'after', jsonb_build_object(
         'id', n, 'paymentDate', '2026-03-01', 'amount', '1500000.00', 'method', 'transfer', 'reference', 'TRX' || n,
         'note', null, 'importId', null, 'reversesId', null))
  from generate_series(1, :events) n
"""


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=1_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = Path(folder, "home")
        try:
            database = Database(driver.ensure_postgres(home), Limits(pool_size=1))
            migrate(database)
            _measure(database, wanted.events, wanted.batch)
        finally:
            driver.stop(home)


def _measure(database: Database, count: int, batch: int) -> None:
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.execute(text(_MONTHS))
        conn.execute(text(_FILL), {"events": count})
    with database.reading() as conn:
        found = conn.execute(text("select id, recorded_at from events order by id"))
        events = [(row.id, row.recorded_at) for row in found]
    start = time.perf_counter()
    for first in range(0, count, batch):
        with database.transaction() as conn:
            append_events(conn, events[first : first + batch])
    _print("append", count, time.perf_counter() - start)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as another:
        seconds, megabytes = another.submit(_verify, database.url).result()
    _print("verify", count, seconds)
    print(f"memory of the process that verified: {megabytes:.0f} MB at most")


def _verify(url: str) -> tuple[float, float]:
    """Seconds, and the most memory this process has held, in MB."""
    start = time.perf_counter()
    with Database(url).reading(statement_timeout_ms=0) as conn:
        assert list(Audit(conn).verify()) == []
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _print(what: str, count: int, seconds: float) -> None:
    print(f"{what}  {count} rows in {seconds:.1f} s: {count / seconds:,.0f} rows/s", flush=True)


if __name__ == "__main__":
    main()
