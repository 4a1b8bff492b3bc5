"""The two tables of an import: the stage holds the file's cells as texts, `ready` the rows in order of application.

They are ordinary, logged tables: a crash of the server in the middle of an import must not lose what waits.
"""

from sqlalchemy import Connection, delete, text

from db.errors import N_, RuleError
from db.tables import import_chunks


class ImportLostError(RuleError):
    """The stage of an import is gone."""

    code = "import_lost"
    message = N_("What import {id} had read is no longer there.")
    hint = N_("Import the file again: rows that were applied are skipped.")


def stage_table(import_id: int) -> str:
    """The cells of the file: `line`, `cells` (only of a misshapen row), `c1` …"""
    return f"import_stage_{int(import_id)}"


def ready_table(import_id: int) -> str:
    """The rows to apply, numbered without a gap by `position`."""
    return f"import_ready_{int(import_id)}"


def create_stage(conn: Connection, import_id: int, width: int) -> None:
    """Make the stage for `width` columns."""
    cells = ", ".join(f"c{n} text" for n in range(1, width + 1))
    conn.execute(text(f"create table {stage_table(import_id)} (line bigint not null, cells integer, {cells})"))


def is_ready(conn: Connection, import_id: int) -> bool:
    """Whether the rows have been sorted out."""
    return bool(conn.execute(text("select to_regclass(:name) is not null"), {"name": ready_table(import_id)}).scalar())


def is_staged(conn: Connection, import_id: int) -> bool:
    """Whether there is anything to go on with."""
    staged = conn.execute(text("select to_regclass(:name) is not null"), {"name": stage_table(import_id)}).scalar()
    return bool(staged) or is_ready(conn, import_id)


def finish_ready(conn: Connection, import_id: int) -> None:
    """Index the rows to apply; the stage has done its work."""
    conn.execute(text(f"alter table {ready_table(import_id)} add primary key (position)"))
    conn.execute(text(f"analyze {ready_table(import_id)}"))
    conn.execute(text(f"drop table {stage_table(import_id)}"))


def drop_tables(conn: Connection, import_id: int) -> None:
    """Clear away what an import needed."""
    conn.execute(delete(import_chunks).where(import_chunks.c.import_id == import_id))
    conn.execute(text(f"drop table if exists {stage_table(import_id)}, {ready_table(import_id)}"))


def take_time(conn: Connection) -> None:
    """Let the statements of this transaction last as long as a large file needs; waiting for locks is still limited."""
    conn.execute(text("set local statement_timeout = 0"))
