"""An import that an older program left in the middle: it says that it is lost, and the file can be imported again."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.config import Config
from sqlalchemy import text

from db.engine import Database
from db.migrations import runner
from db.services.imports.run import ImportLostError
from db.services.imports.steps import take_step
from tests.conftest import command, named
from tests.db.services.imports.filing import HEADER, counts, run_file

# The chunks as they were before imports were sorted in parts, and one import that waits to be posted.
OLDER = """
    alter table import_chunks drop constraint import_chunks_pkey, drop constraint import_chunks_check, drop column part,
        add primary key (import_id, first_row), add check (first_row between 1 and last_row);
    insert into properties (code, name) values ('KOSA', 'Kos Melati');
    insert into tenants (property_id, code, name) values (1, 'T1', 'Budi');
    insert into imports (kind, file_name, file_hash, state)
        values ('payments', 'rows.csv', repeat('0', 64), 'running');
    insert into import_chunks (import_id, first_row, last_row) values (1, 1, 1);
    create table import_ready_1 (position bigint not null, line bigint not null);
    create table import_values_1 (field text not null);
"""


@pytest.fixture
def old(server_url: str) -> Iterator[Database]:
    """A book whose imports have no parts."""
    name = f"old_{uuid.uuid4().hex[:12]}"
    command(server_url, f'create database "{name}"')
    database = Database(named(server_url, name))
    config = Config()
    config.set_main_option("script_location", str(Path(runner.__file__).parent))
    with database.transaction() as conn:
        config.attributes["connection"] = conn
        alembic.upgrade(config, "0003")
        conn.exec_driver_sql(OLDER)
    yield database
    command(server_url, f'drop database "{name}" with (force)')


def test_an_import_sorted_by_an_older_program_is_lost_and_can_be_repeated(old: Database) -> None:
    runner.migrate(old)
    with pytest.raises(ImportLostError), old.transaction() as conn:
        take_step(conn, 1)
    with old.transaction() as conn:
        left = text("select count(*) from pg_class where relname ~ '^import_[a-z]+_[0-9]' and relkind = 'r'")
        assert conn.execute(left).scalar_one() == 0
    assert counts(run_file(old, HEADER + "T1,1500000,2026-10-02,,,\n")) == ("done", 1, 1, 0, 0)
