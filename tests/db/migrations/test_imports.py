"""An import that an older program left in the middle: it says that it is lost, and the file can be imported again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from db.engine import Database
from db.migrations import runner
from db.services.imports.run import ImportLostError
from db.services.imports.steps import take_step
from tests.db.migrations.older import book_of
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
    with book_of(server_url, "0003") as database:
        with database.transaction() as conn:
            conn.exec_driver_sql(OLDER)
        yield database


def test_an_import_sorted_by_an_older_program_is_lost_and_can_be_repeated(old: Database) -> None:
    runner.migrate(old)
    with pytest.raises(ImportLostError), old.transaction() as conn:
        take_step(conn, 1)
    with old.transaction() as conn:
        left = text("select count(*) from pg_class where relname ~ '^import_[a-z]+_[0-9]' and relkind = 'r'")
        assert conn.execute(left).scalar_one() == 0
    assert counts(run_file(old, HEADER + "T1,1500000,2026-10-02,,,\n")) == ("done", 1, 1, 0, 0)
