"""How long after a payment's commit the balance has been worked out anew and its event is there for everyone.

    python bench/latency.py [--payments 200] [--tenants 5000] [--rows 1000000]

A real `ekost worker` with its own PostgreSQL and Valkey. Payments are recorded one by one, as a command does it; the
clock runs from the end of the commit until a listener sees the BalanceCalculated that names the payment. First
with nothing else to do, then while a file of `--rows` payments of the same tenants is imported in the background.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from sqlalchemy import select, text

from db.demo.large import load_demo
from db.embedded import driver
from db.engine import Database, Limits
from db.migrations.runner import ensure_current
from db.repositories.imports import Imports
from db.repositories.lookup import TenantRef, find_tenant
from db.services.imports.staging import Request, stage_file
from db.services.payments import record_payment
from db.tables import tenants
from jobs.balances import CHANNEL
from jobs.drain import drain

# Seconds for the worker's calendar: what is due on the first day (rent, closings, every balance) is done by then.
WARM_UP = 20.0
# Seconds until a balance that does not come is an error.
PATIENCE = 120.0
_TOLD = """
select from events
 where type = 'BalanceCalculated' and tenant_id = %s and payload -> 'eventIds' @> to_jsonb(%s::bigint)
"""
_EVENT = text("select event_id from payments where id = :id")


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--payments", type=int, default=200)
    parser.add_argument("--tenants", type=int, default=5_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = Path(folder, "home")
        database = Database(driver.ensure_postgres(home), Limits(pool_size=1))
        worker = None
        try:
            _furnish(database, wanted.tenants)
            worker = _start_worker(database, driver.ensure_valkey(home), Path(folder))
            _measure(database, wanted.payments, wanted.rows)
        finally:
            if worker is not None:
                worker.terminate()
                worker.wait(60)
            driver.stop(home)


def _furnish(database: Database, count: int) -> None:
    ensure_current(database, automatic=True)
    load_demo(database, count, lambda there, all_: None)
    for queue in ("balances", "audit"):
        drain(database, queue, budget=600)


def _start_worker(database: Database, redis_url: str, folder: Path) -> "subprocess.Popen[bytes]":
    env = os.environ | {"EKOST_DATABASE_URL": database.url, "EKOST_REDIS_URL": redis_url, "HOME": str(folder)}
    command = [str(Path(sys.executable).with_name("ekost")), "worker"]
    worker = subprocess.Popen(command, env=env)
    time.sleep(WARM_UP)
    return worker


def _measure(database: Database, count: int, rows: int) -> None:
    random = Random(1)
    with database.reading() as conn:
        ids = conn.execute(select(tenants.c.id).order_by(tenants.c.id)).scalars().all()
        payers = [find_tenant(conn, str(tenant_id)) for tenant_id in random.sample(ids, min(len(ids), 200))]
        version = conn.execute(text("show server_version")).scalar_one()
    print(f"PostgreSQL {version}, {len(ids):,} tenants, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with psycopg.connect(database.url.replace("+psycopg", ""), autocommit=True) as listener:
        listener.execute(f"listen {CHANNEL}")
        _report("idle", [_one(database, listener, random.choice(payers), random) for _ in range(count)])
        import_id = _stage(database, ids, rows, random)
        begun, measured = time.monotonic(), []
        while _is_open(database, import_id):
            measured.append(_one(database, listener, random.choice(payers), random))
        _report(f"during an import of {rows:,} rows, {time.monotonic() - begun:.0f} s", measured)


def _one(
    database: Database, listener: psycopg.Connection[Any], tenant: TenantRef, random: Random
) -> tuple[float, float]:
    """Record a payment after a pause: seconds until its commit, and from there to its balance."""
    time.sleep(random.uniform(0, 0.3))
    begun = time.perf_counter()
    with database.transaction(ring=True) as conn:
        payment_id = record_payment(conn, tenant, Decimal(1000))
        event_id = conn.execute(_EVENT, {"id": payment_id}).scalar_one()
        # The commit itself counts.
        committing = time.perf_counter()
    while listener.execute(_TOLD, (tenant.id, event_id)).rowcount == 0:
        for _notice in listener.notifies(timeout=1.0, stop_after=1):
            pass
        if time.perf_counter() - committing > PATIENCE:
            raise SystemExit(f"no balance for event {event_id}")
    return committing - begun, time.perf_counter() - committing


def _stage(database: Database, ids: Sequence[int], rows: int, random: Random) -> int:
    """Queue the import of a file with so many payments of the last twenty months."""
    today = date.today()  # noqa: DTZ011 - a day or two do not matter here
    with tempfile.TemporaryFile() as file:
        file.write(b"tenant,amount,date,method,reference\n")
        for number in range(rows):
            day = today - timedelta(days=random.randrange(2, 600))
            line = f"{random.choice(ids)},{random.randrange(1, 30)}000,{day},transfer,TRX{number}\n"
            file.write(line.encode())
        file.seek(0)
        with database.transaction(statement_timeout_ms=0, ring=True) as conn:
            return stage_file(conn, Request("payments"), file, "bench.csv").row.id


def _is_open(database: Database, import_id: int) -> bool:
    with database.reading() as conn:
        row = Imports(conn).row(import_id)
    if row.state == "failed":
        raise SystemExit(f"the import failed: {row.failure}")
    return row.is_open()


def _report(when: str, measured: list[tuple[float, float]]) -> None:
    for what, seconds in zip(("until its commit", "commit to balance"), zip(*measured, strict=True), strict=True):
        cuts = statistics.quantiles(seconds, n=100, method="inclusive")
        told = " ".join(f"{name} {value * 1000:7.0f} ms" for name, value in
                        (("p50", cuts[49]), ("p95", cuts[94]), ("p99", cuts[98]), ("max", max(seconds))))  # fmt: skip
        print(f"{when}: {what:17} {told}  ({len(seconds)} payments)", flush=True)


if __name__ == "__main__":
    main()
