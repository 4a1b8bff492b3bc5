"""Runs that are killed, doubled or fail: no row is lost and none is booked twice."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from db.engine import Database, DatabaseBusyError, Limits
from db.errors import EkostError
from db.repositories.imports import ImportNotFoundError, ImportRow, Imports
from db.repositories.lookup import find_tenant
from db.services.imports import chunks, payments, run
from db.services.imports.run import (
    ImportAgainError,
    ImportClosedError,
    ImportLostError,
    carry_through,
    retry_import,
    run_import,
)
from db.services.imports.steps import take_step
from db.services.payments import record_payment
from tests.db.services.imports.filing import (
    HEADER,
    balances,
    check,
    counts,
    history,
    many,
    run_file,
    sorted_out,
    stage,
    staged,
    stale,
    step_until,
)

ROOT = Path(__file__).parents[4]
RUNNER = """
    import sys
    from db.engine import Database
    from db.services.imports import chunks, months, run
    chunks.SIZE, months.LOAD_FROM, months.LOAD_MOST = 50, 20, 300
    database = Database(sys.argv[1])
    run.run_import(database, int(sys.argv[2]), progress=lambda row: print(row.position, flush=True))
"""


def killed_somewhere(book: Database, import_id: int, seed: int) -> int:
    """Run the import in a process and kill it -9 in the middle of some step; how many steps it had told of."""
    chance, told = random.Random(seed), 0
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUNNER), book.url, str(import_id)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        for _ in range(chance.randint(1, 6)):
            told += bool(process.stdout.readline())
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
    return told


@pytest.mark.parametrize("seed", range(3))
def test_killed_again_and_again_it_still_comes_out_right(book: Database, small_chunks: None, seed: int) -> None:
    content, paid = many(2000, seed, bad=7)
    import_id = staged(book, content)
    for attempt in range(4):
        killed_somewhere(book, import_id, seed * 10 + attempt)
    run_import(book, import_id)
    check(book, import_id, paid, ("done", 2007, 2000, 0, 7))


@pytest.mark.parametrize("seed", range(3))
def test_killed_while_new_years_are_loaded_it_still_comes_out_right(
    book: Database, small_chunks: None, seed: int
) -> None:
    content, paid = history({"2017": 400, "2018": 200, "2019": 200, "2021": 300, "2026-03": 500}, seed)
    import_id = staged(book, content)
    for attempt in range(4):
        killed_somewhere(book, import_id, seed * 10 + attempt)
    run_import(book, import_id)
    check(book, import_id, paid, ("done", 1600, 1600, 0, 0))


def test_killed_between_two_chunks_it_goes_on_behind_the_first(book: Database, small_chunks: None) -> None:
    content, paid = many(500)
    import_id = staged(book, content)
    row = step_until(book, import_id, 100)
    assert (row.state, row.position, row.rows_applied) == ("running", 100, 100)
    assert row.rows_done() == 100
    again = retry_import(book, import_id)
    assert again.finished_at is not None
    check(book, import_id, paid, ("done", 500, 500, 0, 0))


def test_a_chunk_that_is_rolled_back_leaves_nothing(book: Database, small_chunks: None) -> None:
    content, paid = many(300)
    import_id = staged(book, content)
    sorted_out(book, import_id)
    with book.transaction(dry_run=True) as conn:
        assert take_step(conn, import_id).row.position == 50
    with book.reading() as conn:
        assert Imports(conn).row(import_id).position == 0
        assert conn.execute(text("select count(*) from payments")).scalar_one() == 0
    run_import(book, import_id)
    check(book, import_id, paid, ("done", 300, 300, 0, 0))


def test_three_workers_share_one_import(book: Database, small_chunks: None) -> None:
    content, paid = many(3000)
    import_id = staged(book, content)
    finished = []
    workers = [
        threading.Thread(target=lambda: finished.append(run_import(Database(book.url), import_id).state))
        for _ in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert finished == ["done"] * 3
    check(book, import_id, paid, ("done", 3000, 3000, 0, 0))


def test_a_chunk_that_somebody_works_on_is_passed_over_and_waited_for(book: Database, one_part: None) -> None:
    content, paid = many(300)
    import_id = staged(book, content)
    sorted_out(book, import_id)
    with book.transaction(dry_run=True) as killed:
        assert chunks.take(killed, import_id) is not None
        for position in (50, 100, 150, 200, 250):
            with book.transaction() as conn:
                assert take_step(conn, import_id).row.position == position
        with book.transaction() as conn:
            waiting = take_step(conn, import_id)
        assert (waiting.row.state, waiting.row.position, waiting.waits) == ("running", 250, True)
    run_import(book, import_id)
    check(book, import_id, paid, ("done", 300, 300, 0, 0))


def test_neighbouring_chunks_are_not_handed_out_together(book: Database, one_part: None) -> None:
    import_id = staged(book, many(250)[0])
    sorted_out(book, import_id)
    with book.transaction(dry_run=True) as conn:
        taken = [chunks.take(conn, import_id) for _ in range(6)]
    assert [span and span.first for span in taken] == [1, 101, 201, 51, 151, None]


def test_what_fails_on_a_second_connection_fails_the_import_and_is_repeated(
    book: Database, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, paid = many(2000)
    import_id = staged(book, content)
    post = payments.post

    def fail(*args: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            raise EkostError
        return post(*args)

    with monkeypatch.context() as broken:
        broken.setattr(payments, "post", fail)
        with pytest.raises(EkostError):
            run_import(book, import_id)
    with book.transaction(dry_run=True) as conn:
        row = Imports(conn).row(import_id)
        assert (row.state, row.position) == ("failed", row.rows_applied)
        assert conn.execute(text("select count(*) from payments")).scalar_one() == row.rows_applied
        assert stale(conn) == []
    retry_import(book, import_id)
    check(book, import_id, paid, ("done", 2000, 2000, 0, 0))


def test_somebody_at_work_gives_a_sign_of_life_however_long_a_chunk_takes(
    book: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = staged(book, many(50)[0])
    post, seen = payments.post, set()

    def slow(*args: Any) -> Any:
        for _ in range(40):
            with book.reading() as conn:
                seen.add(conn.execute(text("select worked_at from imports")).scalar_one())
            if len(seen) > 2:
                break
            time.sleep(0.05)
        return post(*args)

    monkeypatch.setattr(run, "PULSE", 0.05)
    monkeypatch.setattr(payments, "post", slow)
    run_import(book, import_id)
    assert len(seen) > 2


def test_a_chunk_that_is_under_way_when_the_import_is_stopped_is_not_kept(
    book: Database, one_part: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, paid = many(200)
    import_id = staged(book, content)
    post = payments.post

    def stopped(*args: Any) -> Any:
        with book.transaction() as other:
            other.execute(text("update imports set state = 'failed'"))
        return post(*args)

    with monkeypatch.context() as broken:
        broken.setattr(payments, "post", stopped)
        assert run_import(book, import_id).state == "failed"
    with book.reading() as conn:
        assert conn.execute(text("select count(*) from payments")).scalar_one() == 0
        assert conn.execute(text("select count(*) from import_chunks")).scalar_one() == 4
    retry_import(book, import_id)
    check(book, import_id, paid, ("done", 200, 200, 0, 0))


def test_who_looks_on_can_stop_it_and_it_stays_open(book: Database, small_chunks: None) -> None:
    content, paid = many(2000)
    import_id = staged(book, content)

    def enough(row: ImportRow) -> None:
        if row.position:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        run_import(book, import_id, progress=enough)
    with book.reading() as conn:
        row = Imports(conn).row(import_id)
    assert row.state == "running"
    assert 50 <= row.position < 2000
    assert run_import(book, import_id, connections=1).state == "done"
    check(book, import_id, paid, ("done", 2000, 2000, 0, 0))


def test_a_dry_run_tells_the_same_figures_and_holds_up_nobody(book: Database, small_chunks: None) -> None:
    header, *lines = many(200, bad=3)[0].splitlines(keepends=True)
    first = run_file(book, header + "".join(lines[:80]))
    with book.transaction(dry_run=True) as conn:
        row = carry_through(conn, stage(conn, header + "".join(lines) + "T1,5,2012-01-01,,,\n").row.id)
        assert counts(row) == ("done", 204, 201 - first.rows_applied, first.rows_applied, 3)
        assert row.options["known_from"] == {str(first.id): first.rows_applied}
        with book.transaction() as other:
            for number in range(1, 41):
                record_payment(other, find_tenant(other, f"T{number}"), Decimal(7), date(2026, 1, 1))
    assert run_file(book, header + "".join(lines)).rows_applied == 200 - first.rows_applied


def test_two_files_that_overlap_imported_at_once_book_each_row_once(book: Database, small_chunks: None) -> None:
    content, paid = many(2000)
    header, *lines = content.splitlines(keepends=True)
    first, second = staged(book, header + "".join(lines[:1500])), staged(book, header + "".join(reversed(lines[500:])))
    workers = [threading.Thread(target=run_import, args=(Database(book.url), number)) for number in (first, second)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with book.transaction(dry_run=True) as conn:
        rows = [Imports(conn).row(number) for number in (first, second)]
        assert [row.state for row in rows] == ["done", "done"]
        assert sum(row.rows_applied for row in rows) == 2000
        assert sum(row.rows_skipped for row in rows) == 1000
        assert balances(conn) == paid
        assert stale(conn) == []


def test_running_a_finished_import_again_changes_nothing(book: Database) -> None:
    content, paid = many(100)
    row = run_file(book, content)
    assert run_import(book, row.id) == row
    check(book, row.id, paid, ("done", 100, 100, 0, 0))


def test_a_failed_import_keeps_its_reason_and_goes_on_when_it_is_mended(book: Database, small_chunks: None) -> None:
    content, paid = many(300)
    import_id = staged(book, content)
    step_until(book, import_id, 50)
    impatient = Database(book.url, Limits(lock_timeout=30))
    with book.transaction(dry_run=True) as other:
        other.execute(text("update balances set version = version + 1"))
        with pytest.raises(DatabaseBusyError):
            run_import(impatient, import_id)
    with book.reading() as conn:
        row = Imports(conn).row(import_id)
    assert (row.state, row.position, (row.failure or {}).get("code")) == ("failed", 50, "database_busy")
    assert run_import(book, import_id).state == "failed"
    assert retry_import(book, import_id).failure is None
    check(book, import_id, paid, ("done", 300, 300, 0, 0))


def test_a_failed_import_may_be_overtaken_by_its_file(book: Database, small_chunks: None) -> None:
    content, paid = many(300)
    import_id = staged(book, content)
    step_until(book, import_id, 50)
    with book.transaction() as conn:
        conn.execute(text("update imports set state = 'failed'"))
    again = run_file(book, content)
    assert (again.rows_applied, again.rows_skipped) == (250, 50)
    with book.transaction(dry_run=True) as conn:
        assert balances(conn) == paid
    with pytest.raises(ImportAgainError):
        retry_import(book, import_id)


def test_there_is_nothing_to_retry_in_a_finished_import(book: Database) -> None:
    row = run_file(book, many(10)[0])
    with pytest.raises(ImportClosedError):
        retry_import(book, row.id)
    with pytest.raises(ImportNotFoundError):
        retry_import(book, 999)


def test_an_import_whose_stage_is_gone_fails_clearly(book: Database) -> None:
    import_id = staged(book, many(10)[0])
    with book.transaction() as conn:
        conn.execute(text(f"drop table staging.import_stage_{import_id}"))
    with pytest.raises(ImportLostError):
        run_import(book, import_id)
    with book.reading() as conn:
        assert Imports(conn).row(import_id).state == "failed"


def test_a_tenant_who_gets_money_and_a_payment_at_once_gets_both(book: Database, small_chunks: None) -> None:
    content, paid = many(3000)
    import_id = staged(book, content)
    worker = threading.Thread(target=run_import, args=(Database(book.url), import_id))
    worker.start()
    for number in range(1, 21):
        with book.transaction() as conn:
            record_payment(conn, find_tenant(conn, f"T{number}"), Decimal(7), date(2026, 1, 1))
    worker.join()
    for number in range(1, 21):
        paid[f"T{number}"] = f"{int(float(paid[f'T{number}'])) + 7}.00"
    check(book, import_id, paid, ("done", 3000, 3000, 0, 0))


def test_a_payment_waits_for_one_chunk_and_not_for_the_next(book: Database, one_part: None) -> None:
    import_id = staged(book, many(300)[0])
    sorted_out(book, import_id)
    done = threading.Event()

    def pay() -> None:
        with book.transaction() as conn:
            record_payment(conn, find_tenant(conn, "T1"), Decimal(7), date(2026, 1, 1))
        done.set()

    payer = threading.Thread(target=pay)
    waiting = text("select count(*) from pg_locks where not granted")
    with book.transaction() as chunk:
        take_step(chunk, import_id)
        payer.start()
        while not chunk.execute(waiting).scalar_one():
            assert payer.is_alive(), "it went past the chunk"
    # The next one has the same tenant's money, and is not over yet.
    with book.transaction() as chunk:
        assert take_step(chunk, import_id).row.position == 100
        assert done.wait(10)
    payer.join()


def test_memory_stays_flat_while_a_file_is_staged(book: Database, tmp_path: Path) -> None:
    """A hundred thousand rows need no more memory than a thousand."""
    probe = textwrap.dedent("""
        import re, sys
        from pathlib import Path
        from db.engine import Database
        from db.services.imports.staging import Request, stage_file
        with Database(sys.argv[1]).transaction(dry_run=True) as conn, open(sys.argv[2], "rb") as stream:
            stage_file(conn, Request("payments"), stream, "big.csv")
        print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
    """)
    peaks = []
    for count in (1_000, 150_000):
        path = tmp_path / f"{count}.csv"
        path.write_text(HEADER + "".join(f"T1,1,2026-01-01,,R{n},{'x' * 40}\n" for n in range(count)))
        done = subprocess.run(
            [sys.executable, "-c", probe, book.url, str(path)], cwd=ROOT, capture_output=True, check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 6_000, peaks  # kB; the file is 9 MB
