"""How long a whole book takes as CSV, out and in again, beside the limit: COPY of the same tables, as `\\copy` does it.

    python bench/export.py [--rows 1000000] [--tenants 20000] [--rounds 3]

Both ways write the same rows, in turn (A B A B), and bring them into a fresh copy of the same empty database, through
the same indexes, keys and triggers. Ours also sorts, hashes and counts every file, looks all of it over before a row
comes in, tells of each piece in an event and works out every balance; COPY does none of that.
"""

import argparse
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import ProgrammingError

from db.embedded import driver
from db.engine import Database
from db.migrations.runner import ensure_current
from db.transfer.reading import import_book
from db.transfer.subjects import Subject, subjects
from db.transfer.writing import export_book

_BLOCK = 1 << 18
_MONTHS = """
select ensure_partition('payments', day::date) from generate_series(current_date - 800, current_date, '28 days') day
"""
_FILL = """
insert into properties (code, name) select 'KOS' || n, 'Kos' from generate_series(1, 100) n;
insert into rooms (property_id, number, monthly_rent)
select 1 + n % 100, 'R' || n, 1500000 from generate_series(1, :tenants) n;
insert into tenants (property_id, code, name)
select 1 + n % 100, 'T' || n, 'Tenant ' || n from generate_series(1, :tenants) n;
insert into payments (property_id, tenant_id, payment_date, amount, method, reference, event_id)
select t.property_id, t.id, current_date - (n / :tenants * 12)::int, 1000 + n % 5000 * 100, 'transfer',
       'TRX' || md5(n::text), 1
  from generate_series(0, :rows - 1) n join tenants t on t.id = 1 + n % :tenants;
insert into charges (property_id, tenant_id, kind, charged_on, due_on, amount, event_id)
select t.property_id, t.id, 'other', current_date - m * 30, current_date - m * 30, 1500000, 1
  from tenants t cross join generate_series(0, 9) m
"""


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--tenants", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ekost-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        try:
            empty = Database(driver.ensure_postgres(folder / "home"))
            ensure_current(empty, automatic=True)
            empty.engine.dispose()
            full = _copy_of(empty, "whole")
            _fill(full, wanted.rows, wanted.tenants)
            _measure(empty, full, folder, wanted.rows, wanted.rounds)
        finally:
            driver.stop(folder / "home")


def _fill(database: Database, rows: int, tenants: int) -> None:
    with database.transaction(statement_timeout_ms=0) as conn:
        for statement in (_MONTHS, *_FILL.split(";")):
            values = {"rows": rows, "tenants": tenants}
            conn.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.execute(text("analyze"))


def _measure(empty: Database, full: Database, folder: Path, rows: int, rounds: int) -> None:
    found: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, out, back in (("export book", _export, _import), ("\\copy", _copy_out, _copy_in)):
            place = folder / "files"
            found.setdefault(f"{name}, out", []).append(_timed(out, full, place))
            target = _copy_of(empty, "target")
            found.setdefault(f"{name}, in", []).append(_timed(back, target, place))
            target.engine.dispose()
            shutil.rmtree(place)
            print({what: [f"{seconds:.1f}" for seconds in times] for what, times in found.items()}, flush=True)
    for way in ("out", "in"):
        ours, peer = (statistics.median(found[f"{name}, {way}"]) for name in ("export book", "\\copy"))
        print(f"{way:4} {rows} payments: {ours:6.1f} s, \\copy {peer:6.1f} s: {ours / peer:.2f} times as long")
    print(f"memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _timed(work: Callable[[Database, Path], None], database: Database, folder: Path) -> float:
    begun = time.perf_counter()
    work(database, folder)
    return time.perf_counter() - begun


def _export(database: Database, folder: Path) -> None:
    export_book(database, folder, "bench", lambda done, total: None)


def _import(database: Database, folder: Path) -> None:
    import_book(database, folder, lambda done, total: None)


def _columns(subject: Subject) -> str:
    return ", ".join(f'"{column.name}"' for column in subject.table.columns if column.computed is None)


def _copy_out(database: Database, folder: Path) -> None:
    folder.mkdir()
    with database.reading(statement_timeout_ms=0) as conn:
        for subject in subjects():
            cursor: Any = conn.connection.cursor()
            asked = f"copy (select {_columns(subject)} from {subject.name}) to stdout csv"  # noqa: S608
            with cursor, (folder / subject.file).open("wb") as file, cursor.copy(asked) as copy:
                for block in copy:
                    file.write(block)


def _copy_in(database: Database, folder: Path) -> None:
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.execute(text(_MONTHS))
    for subject in subjects():
        with database.transaction(statement_timeout_ms=0) as conn:
            conn.execute(text("set local ekost.book_arrives = on"))
            cursor: Any = conn.connection.cursor()
            asked = f"copy {subject.name} ({_columns(subject)}) from stdin csv"
            with cursor, (folder / subject.file).open("rb") as file, cursor.copy(asked) as copy:
                while block := file.read(_BLOCK):
                    copy.write(block)


def _copy_of(base: Database, name: str) -> Database:
    """A fresh database like `base`; one of that name goes first, as soon as the autovacuum is through with it."""
    url = make_url(base.url)
    with Database(url.set(database="postgres").render_as_string(hide_password=False)).engine.connect() as plain:
        conn: Connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        for patience in reversed(range(600)):
            try:
                conn.execute(text(f"drop database if exists {name} with (force)"))
                break
            except ProgrammingError:
                if not patience:
                    raise
                time.sleep(0.2)
        conn.execute(text(f'create database {name} template "{url.database}"'))
    return Database(url.set(database=name).render_as_string(hide_password=False))


if __name__ == "__main__":
    main()
