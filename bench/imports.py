"""How fast payments are imported beside the limit: `\\copy` of the same rows into the same table.

    python bench/imports.py [--rows 200000] [--tenants 5000] [--rounds 3]

Both write through the same indexes, keys and triggers, in turn (A B A B), each round with rows of its own. The
import also validates, recognises repeated rows, keeps the rejected ones and works out the derived columns; the
copy is rolled back. Prints rows a second, the ratio of the medians, and the memory of the importing process.
"""

import argparse
import io
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select

from db.demo.large import load_demo
from db.embedded import driver
from db.engine import Database
from db.migrations.runner import ensure_current
from db.services.imports.run import run_import
from db.services.imports.staging import Request, stage_file
from db.tables import tenants


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--tenants", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = Path(folder, "home")
        try:
            _measure(Database(driver.ensure_postgres(home)), wanted.rows, wanted.tenants, wanted.rounds)
        finally:
            driver.stop(home)


def _measure(database: Database, rows: int, count: int, rounds: int) -> None:
    ensure_current(database, automatic=True)
    load_demo(database, count, lambda there, all_: None)
    with database.reading() as conn:
        found = conn.execute(select(tenants.c.id, tenants.c.property_id)).all()
    pairs = []
    for round_ in range(rounds):
        made = list(_payments(found, rows, Random(round_)))
        pairs.append((_copy(database, made), _import(database, made)))
    copies, imports = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"\\copy   {rows / copies:9,.0f} rows a second")
    print(f"import  {rows / imports:9,.0f} rows a second, {copies / imports:.2f} of \\copy")
    print(f"memory  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:9,d} MB, this script's rows included")


def _payments(found: list[tuple[int, int]], rows: int, random: Random) -> Iterator[tuple[int, int, date, int, str]]:
    today = date.today()  # noqa: DTZ011 - a day or two do not matter here
    for number in range(rows):
        tenant_id, property_id = random.choice(found)
        day = today - timedelta(days=random.randrange(2, 600))
        yield tenant_id, property_id, day, random.randrange(1, 30) * 1000, f"TRX{random.random():.12f}{number}"


def _copy(database: Database, rows: list[tuple[int, int, date, int, str]]) -> float:
    lines = "".join(f"{p},{t},{day},{amount},transfer,{ref},0\n" for t, p, day, amount, ref in rows).encode()
    with database.transaction(dry_run=True, statement_timeout_ms=0) as conn:
        return _timed_copy(conn, lines)


def _timed_copy(conn: Connection, lines: bytes) -> float:
    columns = "property_id, tenant_id, payment_date, amount, method, reference, event_id"
    cursor = conn.connection.cursor()
    start = time.perf_counter()
    with cursor.copy(f"copy payments ({columns}) from stdin csv") as copy:
        copy.write(lines)
    return time.perf_counter() - start


def _import(database: Database, rows: list[tuple[int, int, date, int, str]]) -> float:
    head = "tenant,amount,date,method,reference\n"
    text = head + "".join(f"{t},{amount},{day},transfer,{ref}\n" for t, _, day, amount, ref in rows)
    start = time.perf_counter()
    with database.transaction(statement_timeout_ms=0) as conn:
        staged = stage_file(conn, Request("payments"), io.BytesIO(text.encode()), "bench.csv")
    done = run_import(database, staged.row.id)
    if done.rows_applied != len(rows):
        raise SystemExit(f"{done.rows_applied} of {len(rows)} rows were imported")
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
