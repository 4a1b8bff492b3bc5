"""A new version while the book is open: nobody waits long, programs of one version before go on, the plan is told."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from db.doctor.database import examine_schema
from db.engine import Database, Limits
from db.migrations import runner
from db.migrations.plan import judged, plan, statements
from tests.db.migrations.older import book_of

COUNT = text("select count(*) from payments")


@pytest.fixture
def older(server_url: str) -> Iterator[Database]:
    """A book of the version before."""
    with book_of(server_url, "0004") as database:
        yield database


def test_behind_a_long_reader_nobody_else_waits_for_the_migration(
    older: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TABLE_WAIT", "200ms")
    impatient = Database(older.url, Limits(statement_timeout=10_000))
    with older.reading() as reader:
        assert reader.execute(COUNT).scalar_one() == 0
        migration = threading.Thread(target=runner.migrate, args=(Database(older.url),))
        migration.start()
        for _ in range(20):  # each of them comes behind an attempt sooner or later
            with impatient.reading() as other:
                assert other.execute(COUNT).scalar_one() == 0
            migration.join(0.05)
        assert migration.is_alive()
    migration.join()
    with older.reading() as conn:
        assert runner.schema_status(conn).current


def test_a_table_that_is_never_free_is_told_and_nothing_is_changed(
    older: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TABLE_WAIT", "50ms")
    monkeypatch.setattr(runner, "TRIES", 2)
    with older.reading() as reader:
        reader.execute(COUNT)
        with pytest.raises(runner.MigrationBlockedError):
            runner.migrate(Database(older.url))
    with older.reading() as conn:
        assert runner.schema_status(conn).found == "0004"


def test_a_program_of_the_version_before_goes_on_and_an_older_one_does_not(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.reading() as conn:
        oldest = conn.execute(text("select oldest_program()")).scalar_one()
        monkeypatch.setattr("db.doctor.database.HEAD", oldest)
        monkeypatch.setattr(runner, "HEAD", oldest)
        assert examine_schema(conn).status == "warn"
    runner.ensure_current(database, automatic=True)
    monkeypatch.setattr(runner, "HEAD", "0001")
    with pytest.raises(runner.SchemaOutdatedError):
        runner.ensure_current(database, automatic=True)


def test_the_plan_tells_what_is_run_and_locks_nothing(older: Database, database: Database) -> None:
    with database.reading() as conn:
        assert list(plan(conn)) == []
    with older.reading() as conn:
        told = list(plan(conn))
        assert runner.schema_status(conn).found == "0004"
    assert {row.revision for row in told} == {"0005", "0006"}
    locked = {(row.subject, row.table): row.lock for row in told if row.lock}
    assert locked[("rows", "properties")] == "ACCESS EXCLUSIVE"
    assert ("logins", "logins") not in locked


@pytest.mark.parametrize(
    ("statement", "table", "lock", "rewrites"),
    [
        ("create unique index a on rooms (id)", "rooms", "SHARE", False),
        ("create trigger x before update on payments for each row execute function f()", "payments",
         "SHARE ROW EXCLUSIVE", False),
        ("alter table tenants set (fillfactor = 70)", "tenants", "SHARE UPDATE EXCLUSIVE", False),
        ("alter table payments drop constraint a, add constraint b foreign key (c) references d", "payments",
         "SHARE ROW EXCLUSIVE", False),
        ("alter table tenants add column s text not null generated always as (lower(name)) stored", "tenants",
         "ACCESS EXCLUSIVE", True),
        ("update properties set code = code", "properties", "ROW EXCLUSIVE", False),
        ("create or replace view v as select 1", "", "", False),
        ("do $$ begin execute format('alter table %I …', x); end $$", "*", "ACCESS EXCLUSIVE", False),
        ("select ensure_partitions_ahead()", "", "", False),
    ],
)  # fmt: skip
def test_what_each_statement_locks(statement: str, table: str, lock: str, rewrites: bool) -> None:
    assert judged(statement)[1:] == (table, lock, rewrites)


def test_quoted_semicolons_do_not_end_a_statement() -> None:
    sql = "-- one; two\nselect ';' ; do $x$ begin a; b; end $x$;\nselect 1"
    assert list(statements(sql)) == ["select ';'", "do $x$ begin a; b; end $x$", "select 1"]
