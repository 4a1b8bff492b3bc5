"""The tables of an import: the stage holds the file's cells as texts, `ready` the rows in order of application.

They stand in a schema of their own, where who may import may make tables. Of payments there are three more, of what
the texts mean. All are ordinary, logged tables: a crash of the server in the middle of an import must not lose what
waits.
"""

from sqlalchemy import Connection, text

from db.errors import N_, RuleError

_SHARE = text("select share_stage(:import_id, cast(cast(:table as text) as regclass))")


class ImportLostError(RuleError):
    """The stage of an import is gone."""

    code = "import_lost"
    message = N_("What import {id} had read is no longer there.")
    hint = N_("Import the file again: rows that were applied are skipped.")


def stage_table(import_id: int) -> str:
    """The cells of the file: `line`, `cells` (only of a misshapen row), `c1` …"""
    return f"staging.import_stage_{int(import_id)}"


def values_table(import_id: int) -> str:
    """What texts mean: `field`, `ref` (the text), then `value`, or `code` and `fields` of an error."""
    return f"staging.import_values_{int(import_id)}"


def days_table(import_id: int) -> str:
    """What dates mean: `ref`, then `day` and perhaps the `part` it is posted with, or `code` and `fields`."""
    return f"staging.import_days_{int(import_id)}"


def tenants_table(import_id: int) -> str:
    """Whom names mean: `ref`, `place`, then the tenant and the `part` it is posted with, or `code` and `fields`."""
    return f"staging.import_tenants_{int(import_id)}"


def ready_table(import_id: int, part: int = 0) -> str:
    """The rows of a part to apply, numbered without a gap by `position`."""
    return f"staging.import_ready_{int(import_id)}_{int(part)}"


def create_stage(conn: Connection, import_id: int, width: int) -> None:
    """Make the stage for `width` columns."""
    cells = ", ".join(f"c{n} text" for n in range(1, width + 1))
    conn.execute(text(f"create table {stage_table(import_id)} (line bigint not null, cells integer, {cells})"))


def share(conn: Connection, import_id: int, table: str) -> None:
    """Let whoever may go on with the import read a table of it: a worker, its user, the functions that post."""
    conn.execute(_SHARE, {"import_id": import_id, "table": table})


def exists(conn: Connection, table: str) -> bool:
    """Whether there is such a table."""
    return bool(conn.execute(text("select to_regclass(:name) is not null"), {"name": table}).scalar())


def is_staged(conn: Connection, import_id: int) -> bool:
    """Whether there is anything to go on with."""
    return exists(conn, stage_table(import_id)) or exists(conn, ready_table(import_id))


def finish_ready(conn: Connection, import_id: int, part: int = 0) -> None:
    """Index the rows to apply."""
    ready = ready_table(import_id, part)
    conn.execute(text(f"alter table {ready} add primary key (position)"))
    conn.execute(text(f"analyze {ready}"))
    share(conn, import_id, ready)


def drop_tables(conn: Connection, import_id: int) -> None:
    """Clear away what an import needed."""
    conn.execute(text("select drop_stage(:import_id)"), {"import_id": import_id})


def take_time(conn: Connection) -> None:
    """Let the statements of this transaction last as long as a large file needs; waiting for locks is still limited."""
    conn.execute(text("set local statement_timeout = 0"))
