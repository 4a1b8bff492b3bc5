"""The schema: made from nothing, once, whoever comes first; and the tables in the code are those in the database."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from db.engine import Database
from db.migrations import runner
from db.tables import metadata
from db.tables.views import charge_list, job_list, lease_list, payment_list, room_list, tenant_list
from tests.conftest import command, named


@pytest.fixture
def empty(server_url: str) -> Iterator[Database]:
    """A database without a table."""
    name = f"empty_{uuid.uuid4().hex[:12]}"
    command(server_url, f'create database "{name}"')
    yield Database(named(server_url, name))
    command(server_url, f'drop database "{name}" with (force)')


def test_the_revision_the_program_knows_is_the_newest_there_is() -> None:
    scripts = ScriptDirectory(str(Path(runner.__file__).parent))
    assert scripts.get_heads() == [runner.HEAD]


def test_eight_first_starts_at_once_make_one_schema(empty: Database) -> None:
    def start(_: int) -> None:
        runner.ensure_current(Database(empty.url), automatic=True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(start, range(8)))
    with empty.reading() as conn:
        assert runner.schema_status(conn) == (runner.HEAD, runner.HEAD, True)


def test_an_external_database_is_never_changed_unasked(empty: Database) -> None:
    with pytest.raises(runner.SchemaOutdatedError):
        runner.ensure_current(empty, automatic=False)
    with empty.reading() as conn:
        assert inspect(conn).get_table_names() == []


def test_a_database_newer_than_the_program_is_left_alone(database: Database) -> None:
    with database.transaction() as conn:
        conn.execute(text("update alembic_version set version_num = '9999'"))
        conn.execute(text("create or replace function oldest_program() returns text language sql return '9998'"))
    with pytest.raises(runner.SchemaOutdatedError):
        runner.ensure_current(database, automatic=True)


def test_a_second_migration_gives_way(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.transaction() as conn:
        conn.execute(text(f"select pg_advisory_xact_lock({runner.MIGRATION_LOCK})"))
        monkeypatch.setattr(runner, "LOCK_WAIT", "100ms")
        with pytest.raises(runner.MigrationRunningError):
            runner.migrate(Database(database.url))


def test_the_tables_in_the_code_are_those_in_the_database(database: Database) -> None:
    with database.reading() as conn:
        there = inspect(conn)
        for table in metadata.sorted_tables:
            found = {c["name"]: (_kind(c["type"]), c["nullable"]) for c in there.get_columns(table.name)}
            assert found == {c.name: (_kind(c.type), c.nullable) for c in table.columns}, table.name


def test_the_views_have_the_columns_that_lists_read(database: Database) -> None:
    with database.reading() as conn:
        for view in (charge_list, job_list, lease_list, payment_list, room_list, tenant_list):
            found = {c["name"]: _kind(c["type"]) for c in inspect(conn).get_columns(view.name)}
            wanted = {c.name: _kind(c.type) for c in view.columns}
            assert {name: found.get(name) for name in wanted} == wanted, view.name


def _kind(column_type: object) -> str:
    """The Python type of a column; a domain counts as what it is made of."""
    base = getattr(column_type, "data_type", column_type)
    return str(getattr(base, "python_type", base).__name__)
