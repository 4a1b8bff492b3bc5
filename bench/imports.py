"""How fast payments are imported beside the limit: `\\copy` of the same rows into the same table.

    python bench/imports.py [--rows 1000000] [--tenants 100000] [--rounds 3]

Into months that the database has, and into years that are new to it. Both ways write the same rows through the same
indexes, keys and triggers, in turn (A B A B), each into a fresh copy of the same database; `\\copy` finds the
partitions of the new years ready made. The import runs in a process of its own and also validates, recognises
repeated rows, keeps the rejected ones and tells of its chunks. pgloader takes part when it is installed.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from urllib.parse import quote

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import ProgrammingError

from db.embedded import driver
from db.engine import Database
from db.migrations.runner import ensure_current
from db.services.imports.run import run_import
from db.services.imports.staging import Request, stage_file

COLUMNS = "property_id, tenant_id, payment_date, amount, method, reference, import_id, event_id"
# The last of the days, and how many there are: twenty months that are there; four years that are not.
EXISTING = (date.today() - timedelta(days=2), 600)  # noqa: DTZ011 - a day or two do not matter here
NEW = (date(date.today().year - 2, 12, 31), 4 * 365)  # noqa: DTZ011

_OPEN = text("""
select ensure_partition('payments', day::date)
  from generate_series(current_date - interval '8 years', now(), '1 month') day
""")

# Seconds, and the memory of the process in MB where it is our own.
Measured = tuple[float, int]
# Writes the rows of two files, one for COPY and one for the import, into a database.
Way = Callable[[Database, Path, Path], Measured]


def main() -> None:
    """Measure in a home of its own; with --import as the importing process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--tenants", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--import", dest="importing", nargs=2, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.importing:
        print(json.dumps(_import_here(*wanted.importing)))
        return
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        home = Path(folder, "home")
        try:
            base = Database(driver.ensure_postgres(home))
            _furnish(base, wanted.tenants)
            _report(wanted.rows, _measure(base, Path(folder), wanted.rows, wanted.tenants, wanted.rounds))
        finally:
            driver.stop(home)


def _furnish(database: Database, count: int) -> None:
    ensure_current(database, automatic=True)
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.execute(
            text("insert into properties (code, name) select 'KOS' || n, 'Kos' from generate_series(1, 100) n")
        )
        tenants = "insert into tenants (property_id, code, name) select n % 100 + 1, 'T' || n, 'Tenant ' || n from "
        conn.execute(text(tenants + "generate_series(1, :count) n"), {"count": count})
    database.engine.dispose()


def _measure(base: Database, folder: Path, rows: int, tenants: int, rounds: int) -> dict[str, list[Measured]]:
    ways: dict[str, Way] = {"\\copy": _copy, "import": _import}
    if shutil.which("pgloader"):
        ways["pgloader"] = _pgloader
    found = defaultdict(list)
    for number in range(rounds):
        for months, (last, days) in (("existing months", EXISTING), ("new years", NEW)):
            files = _write(folder, rows, tenants, last, days, Random(f"{number} {months}"))
            for name, way in ways.items():
                if name != "pgloader" or months == "existing months":
                    found[f"{name}, {months}"].append(_alone(base, way, *files))
                    print(
                        f"round {number + 1}: {name}, {months}: {found[f'{name}, {months}'][-1][0]:.1f} s", flush=True
                    )
    return found


def _write(folder: Path, rows: int, tenants: int, last: date, days: int, random: Random) -> tuple[Path, Path]:
    """The same rows as the table takes them and as a person has them."""
    plain, file = folder / "rows.copy", folder / "rows.csv"
    with plain.open("w") as table, file.open("w") as person:
        person.write("tenant,amount,date,method,reference\n")
        for number in range(rows):
            tenant, day = random.randrange(tenants) + 1, last - timedelta(days=random.randrange(days))
            amount, reference = random.randrange(1, 30) * 1000, f"TRX{random.random():.12f}{number}"
            table.write(f"{tenant % 100 + 1},{tenant},{day},{amount},transfer,{reference},1,1\n")
            person.write(f"{tenant},{amount},{day},transfer,{reference}\n")
    return plain, file


def _alone(base: Database, way: Way, plain: Path, file: Path) -> Measured:
    """The way in a database of its own, with nothing left over from another one."""
    url = make_url(base.url)
    command = Database(url.set(database="postgres").render_as_string(hide_password=False))
    with command.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f'create database measured template "{url.database}"'))
        try:
            return way(Database(url.set(database="measured").render_as_string(hide_password=False)), plain, file)
        finally:
            _drop(conn)


def _drop(conn: Connection) -> None:
    """Away with it, as soon as the autovacuum is through: it may not be ended, and would disturb the next one."""
    for patience in reversed(range(600)):
        try:
            conn.execute(text("drop database measured with (force)"))
            return
        except ProgrammingError:
            if not patience:
                raise
            time.sleep(0.2)


def _copy(database: Database, plain: Path, _: Path) -> Measured:
    with database.transaction() as conn:
        conn.execute(_OPEN)
    with database.transaction(statement_timeout_ms=0) as conn, plain.open("rb") as stream:
        cursor = conn.connection.cursor()
        start = time.perf_counter()
        with cursor.copy(f"copy payments ({COLUMNS}) from stdin csv") as copy:
            while block := stream.read(1 << 18):
                copy.write(block)
        conn.commit()
        return time.perf_counter() - start, 0


def _import(database: Database, _: Path, file: Path) -> Measured:
    words = [sys.executable, __file__, "--import", database.url, str(file)]
    done = subprocess.run(words, check=True, capture_output=True, env={**os.environ, "PYTHONPATH": os.getcwd()})  # noqa: PTH109
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def _import_here(url: str, path: str) -> Measured:
    database = Database(url)
    start = time.perf_counter()
    with Path(path).open("rb") as stream, database.transaction(statement_timeout_ms=0) as conn:
        staged = stage_file(conn, Request("payments"), stream, "bench.csv")
    done = run_import(database, staged.row.id)
    seconds = time.perf_counter() - start
    if done.rows_applied != done.rows_total:
        raise SystemExit(f"{done.rows_applied} of {done.rows_total} rows were imported")
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _pgloader(database: Database, plain: Path, _: Path) -> Measured:
    url = make_url(database.url)
    place = f"unix:{url.query['host']}:{url.query['port']}"
    target = f"pgsql://{url.username}:{quote(url.password or '')}@{place}/{url.database}"
    task = plain.with_suffix(".load")
    task.write_text(
        f"load csv from '{plain}' ({COLUMNS}) into {target} target table payments ({COLUMNS}) "
        "with fields terminated by ',', batch rows = 50000;\n"
    )
    start = time.perf_counter()
    subprocess.run(["pgloader", "--root-dir", plain.parent / "pgloader", task], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    with database.reading() as conn, plain.open() as lines:
        if conn.execute(text("select count(*) from payments")).scalar_one() != sum(1 for _ in lines):
            raise SystemExit("pgloader left rows out")
    return seconds, 0


def _report(rows: int, found: dict[str, list[Measured]]) -> None:
    medians = {name: statistics.median(seconds for seconds, _ in pairs) for name, pairs in found.items()}
    for name, seconds in medians.items():
        limit = medians["\\copy, " + name.split(", ")[1]]
        print(f"{name:28} {seconds:6.1f} s {rows / seconds:9,.0f} rows a second, {limit / seconds:.2f} of \\copy")
    if "pgloader, existing months" not in found:
        print("pgloader                     not installed")
    print(f"memory of the importing process {max(memory for pairs in found.values() for _, memory in pairs)} MB")


if __name__ == "__main__":
    main()
