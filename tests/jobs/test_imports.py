"""Imports in the background: by a worker, by the relay without Redis, and after either was killed."""

import signal
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database
from db.policies import IMPORTS
from db.repositories.checks.runner import run_checks
from db.repositories.imports import ImportRow, Imports
from db.services.imports.tables import stage_table
from jobs.imports import waiting
from tests.jobs.running import Bell, RunningWorker, wait_until
from tests.jobs.test_once import stage
from tests.jobs.town import TENANTS, wait_until_done
from tests.processes import signal_all

Start = Callable[..., RunningWorker]
FIRST = date(2026, 1, 1)
SILENT = text("update imports set worked_at = now() - make_interval(secs => :silent)")


def rows(count: int) -> str:
    """A file of payments that are all different."""
    lines = [f"T{n % TENANTS},{1000 + n},{FIRST + timedelta(days=n % 200)}" for n in range(count)]
    return "\n".join(["tenant,amount,date", *lines, ""])


def look(database: Database, number: int) -> ImportRow:
    with database.reading() as conn:
        return Imports(conn).row(number)


def wait_until_imported(database: Database, number: int, count: int, seconds: float = 20) -> None:
    wait_until(lambda: not look(database, number).is_open(), seconds, what=look(database, number))
    row = look(database, number)
    assert (row.state, row.rows_applied, row.rows_rejected) == ("done", count, 0)
    with database.reading() as conn:
        found = conn.execute(text("select count(*) from payments where import_id = :id"), {"id": number}).scalar_one()
    assert found == count


def test_a_worker_takes_an_import_that_waits(town: Database, start_worker: Start, tmp_path: Path) -> None:
    start_worker(town)
    number = stage(town, tmp_path, rows(50))
    wait_until_imported(town, number, 50)
    wait_until_done(town)


def test_the_relay_imports_by_hand(town: Database, start_worker: Start, bell: Bell, tmp_path: Path) -> None:
    bell.kill()
    worker = start_worker(town)
    number = stage(town, tmp_path, rows(50))
    wait_until_imported(town, number, 50)
    assert "the relay does the work itself" in worker.told
    wait_until_done(town)


def test_one_that_fails_is_told_and_keeps_its_reason(town: Database, start_worker: Start, tmp_path: Path) -> None:
    number = stage(town, tmp_path, rows(50))
    with town.transaction() as conn:
        conn.execute(text(f"drop table {stage_table(number)}"))
    worker = start_worker(town)
    worker.wait_until_told(f"Import {number} failed", 10)
    assert look(town, number).state == "failed"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_stopped_worker_left_is_carried_on(
    town: Database, start_worker: Start, tmp_path: Path, number: signal.Signals
) -> None:
    first = start_worker(town)
    count = 60_000
    import_id = stage(town, tmp_path, rows(count))
    wait_until(lambda: look(town, import_id).rows_applied)
    children = first.children()
    if number == signal.SIGTERM:
        first.signal(number)
        assert first.wait(10) == 143
        assert look(town, import_id).is_open(), "it stopped at a chunk"
    else:
        signal_all([first.pid, *children], number)
    start_worker(town)
    wait_until_imported(town, import_id, count, 30)
    wait_until_done(town)
    with town.reading() as conn:
        assert list(run_checks(conn)) == []


def test_one_waits_until_somebody_works_on_it_and_again_when_nobody_gives_a_sign(
    town: Database, tmp_path: Path
) -> None:
    stage(town, tmp_path, rows(1))
    with town.transaction() as conn:
        assert len(waiting(conn)) == 1
        for silent, found in ((0, 0), (IMPORTS.lease - 1, 0), (IMPORTS.lease + 1, 1)):
            conn.execute(SILENT, {"silent": silent})
            assert len(waiting(conn)) == found


def test_one_does_not_wait_while_it_is_held_however_long_that_takes(town: Database, tmp_path: Path) -> None:
    stage(town, tmp_path, rows(1))
    with town.transaction() as worker, town.transaction() as relay:
        worker.execute(text("select from imports for update"))
        assert waiting(relay) == []
        worker.rollback()
        assert len(waiting(relay)) == 1
