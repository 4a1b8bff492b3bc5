"""Months that the database does not have yet: their partitions are filled first and attached then."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, text

from db.engine import Database
from db.errors import EkostError
from db.repositories.imports import Imports
from db.repositories.lookup import find_tenant
from db.services.imports import loading, months
from db.services.imports.run import retry_import, run_import
from db.services.imports.undo import undo_import
from db.services.payments import record_payment
from tests.db.services.imports.filing import (
    HEADER,
    TENANTS,
    balances,
    check,
    history,
    run_file,
    staged,
    stale,
    step_until,
)


@pytest.fixture(autouse=True)
def small_loads(small_chunks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 50 rows; from 20 rows on a partition is filled first, together with others up to 300 rows."""
    monkeypatch.setattr(months, "LOAD_FROM", 20)
    monkeypatch.setattr(months, "LOAD_MOST", 300)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The years that were loaded as whole partitions, those together that were loaded together."""
    done: list[list[int]] = []
    load = loading.load

    def noted(conn: Connection, row: Any, span: Any) -> Any:
        chunk = load(conn, row, span)
        done.append([day.year for day in span.partitions])
        return chunk

    monkeypatch.setattr(loading, "load", noted)
    return done


def plus(paid: dict[str, str], more: dict[str, int]) -> dict[str, str]:
    """What each tenant has paid with some payments more."""
    return {code: f"{int(Decimal(amount)) + more.get(code, 0)}.00" for code, amount in paid.items()}


def pay(book: Database, code: str, amount: int, day: date) -> None:
    with book.transaction() as conn:
        record_payment(conn, find_tenant(conn, code), Decimal(amount), day)


def partitions(conn: Connection) -> dict[str, int]:
    """Rows of every partition of payments that has any."""
    query = text("select tableoid::regclass::text as name, count(*) as rows from payments group by 1 order by 1")
    return {found.name: found.rows for found in conn.execute(query)}


def shape(conn: Connection, name: str) -> list[tuple[str, str]]:
    """Constraints, indexes and triggers of a partition, without its name."""
    query = text("""
        select 'constraint', conname || pg_get_constraintdef(oid) from pg_constraint where conrelid = to_regclass(:name)
        union all select 'index', pg_get_indexdef(indexrelid) from pg_index where indrelid = to_regclass(:name)
        union all select 'trigger', tgname || tgtype || tgfoid::regproc from pg_trigger
                   where tgrelid = to_regclass(:name) and not tgisinternal
        union all select 'column', attname || atttypid::regtype || attnotnull
                                   || coalesce(pg_get_expr(adbin, adrelid), '')
                    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
                   where attrelid = to_regclass(:name) and attnum > 0
    """)
    return sorted((kind, found.replace(name, "NAME")) for kind, found in conn.execute(query, {"name": name}))


def test_new_years_are_loaded_whole_and_few_rows_go_the_ordinary_way(book: Database, loads: list[list[int]]) -> None:
    content, paid = history({"2019": 120, "2020": 5, "2021": 400, "2022": 60, "2026-03": 130})
    row = run_file(book, content)
    check(book, row.id, paid, ("done", 715, 715, 0, 0))
    assert sorted(loads) == [[2019], [2021], [2022]], "the second one is large"
    with book.reading() as conn:
        assert partitions(conn) == {
            "payments_2019": 120, "payments_2020": 5, "payments_2021": 400, "payments_2022": 60,
            "payments_2026_03": 130,
        }  # fmt: skip


def test_neighbours_are_loaded_together(book: Database, loads: list[list[int]]) -> None:
    content, paid = history({"2017": 100, "2018": 100, "2019": 100, "2020": 100})
    row = run_file(book, content)
    check(book, row.id, paid, ("done", 400, 400, 0, 0))
    assert sorted(loads) == [[2017, 2018, 2019], [2020]]


def test_a_loaded_partition_is_made_like_any_other(book: Database, loads: list[list[int]]) -> None:
    run_file(book, history({"2019": 60, "2020": 5})[0])
    assert loads == [[2019]]
    with book.reading() as conn:
        assert shape(conn, "payments_2019") == shape(conn, "payments_2020")
        assert len(shape(conn, "payments_2019")) > 20


def test_a_month_of_which_every_row_is_rejected_is_not_made(book: Database) -> None:
    content, paid = history({"2021": 60})
    unknown = "".join(f"NOBODY,{n},2019-05-01,,,\n" for n in range(1, 51))
    row = run_file(book, content + unknown)
    check(book, row.id, paid, ("done", 110, 60, 0, 50))
    with book.reading() as conn:
        assert conn.execute(text("select to_regclass('payments_2019')")).scalar() is None


def test_a_file_that_is_rejected_as_a_whole_ends_well(book: Database, loads: list[list[int]]) -> None:
    row = run_file(book, HEADER + "".join(f"NOBODY,{n},2019-05-01,,,\n" for n in range(1, 51)))
    check(book, row.id, history({})[1], ("done", 50, 0, 0, 50))
    assert loads == []


def test_two_files_with_the_same_new_year_book_each_row_once(book: Database) -> None:
    content, paid = history({"2019": 300, "2021": 100})
    header, *lines = content.splitlines(keepends=True)
    numbers = [staged(book, header + "".join(lines[:300])), staged(book, header + "".join(lines[100:]))]
    for number in numbers:
        step_until(book, number, 0)
    workers = [threading.Thread(target=run_import, args=(Database(book.url), number)) for number in numbers]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with book.transaction(dry_run=True) as conn:
        rows = [Imports(conn).row(number) for number in numbers]
        assert [row.state for row in rows] == ["done", "done"]
        assert (sum(row.rows_applied for row in rows), sum(row.rows_skipped for row in rows)) == (400, 200)
        assert balances(conn) == paid
        assert stale(conn) == []
        assert partitions(conn) == {"payments_2019": 300, "payments_2021": 100}


def test_a_month_that_somebody_begins_meanwhile_is_filled_the_ordinary_way(
    book: Database, loads: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    content, paid = history({"2019": 120, "2021": 400})
    attach: Callable[..., None] = loading._attach_when_free

    def overtaken(conn: Connection, span: Any, pieces: Any) -> None:
        if any(day.year == 2019 for day in span.partitions):
            pay(book, "T1", 7, date(2019, 5, 1))
        attach(conn, span, pieces)

    monkeypatch.setattr(loading, "_attach_when_free", overtaken)
    row = run_file(book, content)
    check(book, row.id, plus(paid, {"T1": 7}), ("done", 520, 520, 0, 0))
    assert loads == [[2021]]
    with book.reading() as conn:
        assert partitions(conn) == {"payments_2019": 121, "payments_2021": 400}


def test_a_load_waits_for_who_is_paying_and_nobody_waits_for_it(book: Database, loads: list[list[int]]) -> None:
    content, paid = history({"2019": 120})
    import_id = staged(book, content)
    with book.transaction() as conn:
        record_payment(conn, find_tenant(conn, "T1"), Decimal(7), date(2026, 1, 1))
        worker = threading.Thread(target=run_import, args=(Database(book.url), import_id))
        worker.start()
        # The load has come to the tenant who is paying, and lets go of everything each time.
        worker.join(1.5)
        assert worker.is_alive()
        assert loads == []
        pay(book, "T2", 5, date(2026, 1, 1))
    worker.join()
    check(book, import_id, plus(paid, {"T1": 7, "T2": 5}), ("done", 120, 120, 0, 0))
    assert loads == [[2019]]


def test_what_is_never_free_is_filled_the_ordinary_way(
    book: Database, loads: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "_held", lambda conn, span: False)
    monkeypatch.setattr(loading, "PAUSE", 0)
    content, paid = history({"2019": 120})
    row = run_file(book, content)
    check(book, row.id, paid, ("done", 120, 120, 0, 0))
    assert loads == []


def test_payments_into_old_and_new_months_during_loads_are_all_kept(book: Database) -> None:
    content, paid = history({"2018": 200, "2019": 400, "2021": 400, "2026-03": 400})
    import_id = staged(book, content)
    worker = threading.Thread(target=run_import, args=(Database(book.url), import_id))
    worker.start()
    more = {}
    for n in range(1, TENANTS + 1):
        more[f"T{n}"] = n
        pay(book, f"T{n}", n, date(2021 if n > 30 else 2026, 2, 1))
    worker.join()
    check(book, import_id, plus(paid, more), ("done", 1400, 1400, 0, 0))


def test_a_load_that_fails_leaves_nothing_and_is_repeated(book: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    content, paid = history({"2019": 120, "2026-03": 60})
    import_id = staged(book, content)

    def fail(*_: object) -> None:
        raise EkostError

    with monkeypatch.context() as broken:
        broken.setattr(loading, "note_type", fail)
        with pytest.raises(EkostError):
            run_import(book, import_id)
    with book.reading() as conn:
        assert Imports(conn).row(import_id).state == "failed"
        assert set(partitions(conn)) <= {"payments_2026_03"}
        assert conn.execute(text("select to_regclass('payments_2019')")).scalar() is None
    retry_import(book, import_id)
    check(book, import_id, paid, ("done", 180, 180, 0, 0))


def test_a_loaded_import_is_undone_and_comes_again(book: Database, loads: list[list[int]]) -> None:
    content, paid = history({"2019": 120, "2026-03": 60})
    row = run_file(book, content)
    assert undo_import(book, row.id, reason="wrong file").taken_back == 180
    with book.transaction(dry_run=True) as conn:
        assert set(balances(conn).values()) == {"0.00"}
        assert stale(conn) == []
    again = run_file(book, content)
    check(book, again.id, paid, ("done", 180, 180, 0, 0))
    assert loads == [[2019]]
