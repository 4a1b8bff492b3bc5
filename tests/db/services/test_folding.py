"""Months of a year that is long over become one partition, and nothing in the book changes by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.engine import Database, DatabaseBusyError
from db.repositories.checks.runner import find_checks, run_checks
from db.repositories.partitions import PartitionRow, Partitions
from db.services import partitions
from db.services.partitions import Folded, fold_years
from db.services.payments import record_payment
from tests.db.services.house import House

YEAR = datetime.now(UTC).year - 3
PAID = [date(YEAR, 1, 1), date(YEAR, 3, 31), date(YEAR, 4, 1), date(YEAR, 12, 31)]


@pytest.fixture
def book(database: Database) -> Database:
    """A book that was written month by month in a year that is long over, by Budi."""
    with database.transaction() as conn:
        first = date(YEAR, 1, 1)
        name = f"payments_{first:%Y_%m}"
        conn.execute(text(f"create table {name} (like payments including defaults including constraints)"))
        attach = text("select attach_partition('payments', :name, :name, :first, cast(:first as date) + 31)")
        conn.execute(attach, {"name": name, "first": first})
        budi = House.build(conn).tenant("Budi")
        for number, day in enumerate(PAID, 1):
            record_payment(conn, budi, Decimal(1000 * number), day)
    return database


def of_year(conn: Connection) -> list[PartitionRow]:
    rows = Partitions(conn).rows()
    return [row for row in rows if row.table == "payments" and row.first and row.first.year == YEAR]


def payments(conn: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in conn.execute(text("select * from payments order by id"))]


def test_months_are_folded_into_their_year(book: Database) -> None:
    with book.reading() as conn:
        before = payments(conn)
        assert len(of_year(conn)) == 4
        assert ("payments", YEAR) in Partitions(conn).foldable()
    assert fold_years(book) == [Folded("payments", YEAR, 4)]
    with book.reading() as conn:
        assert payments(conn) == before
        (row,) = of_year(conn)
        assert (row.name, row.first, row.after, row.rows) == (
            f"payments_{YEAR}", date(YEAR, 1, 1), date(YEAR + 1, 1, 1), len(PAID)
        )  # fmt: skip
        assert list(run_checks(conn, find_checks([]))) == []
    assert fold_years(book) == []


def test_a_folded_year_is_guarded_like_any_other(book: Database) -> None:
    fold_years(book)
    with book.transaction() as conn:
        record_payment(conn, House(conn).tenant("Sari"), Decimal(7000), date(YEAR, 2, 2))
        assert list(run_checks(conn, find_checks([]))) == []
    for statement in ("truncate {}", "update {} set amount = 1", "delete from {}"):
        with pytest.raises(DBAPIError, match="append-only"), undone(book) as conn:
            conn.execute(text(statement.format(f"payments_{YEAR}")))
    with book.reading() as conn:
        indexes = text("select count(*) from pg_index where indrelid = cast(:name as regclass) and indisvalid")
        counts = [conn.execute(indexes, {"name": name}).scalar_one() for name in ("payments", f"payments_{YEAR}")]
        assert counts[0] == counts[1]


def test_this_year_and_the_last_are_not_folded(book: Database) -> None:
    this = datetime.now(UTC).year
    with book.reading() as conn:
        assert not {year for _table, year in Partitions(conn).foldable()} & {this, this - 1}
    for year in (this, this - 1):
        with pytest.raises(DBAPIError, match="not to be folded"), undone(book) as conn:
            conn.execute(text("select fold_year('payments', :year)"), {"year": year})


def test_who_reads_for_long_is_not_held_up(book: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "GIVE_WAY", 100)
    with book.reading() as reader:
        before = payments(reader)
        with pytest.raises(DatabaseBusyError):
            fold_years(book)
        assert payments(reader) == before
    with book.reading() as conn:
        assert len(of_year(conn)) == 4
        assert payments(conn) == before


def test_gaps_are_told(book: Database) -> None:
    with book.reading() as conn:
        gaps = {row.name: row.gap for row in of_year(conn)}
        net = [row for row in Partitions(conn).rows() if row.first is None]
    assert gaps == {f"payments_{YEAR}_{month:02}": month in (3, 12) for month in (1, 3, 4, 12)}
    assert {row.table for row in net} == {"payments", "events", "audit_log"}
    assert all(row.bytes > 0 and not row.gap for row in net)


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    """A connection on which whatever is done is taken back, without our own words for errors."""
    with database.engine.connect() as conn:
        yield conn
