"""Bring a database to the schema this program knows, and say where it stands.

Alembic is imported only when there is something to do: every command asks `ensure_current`.
"""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.engine import Database, sqlstate
from db.errors import N_, AlreadyRunningError, UsageError

HEAD = "0005"
# One migration at a time: a second one waits for this advisory lock, or gives up after `lock_timeout`.
MIGRATION_LOCK = 0x0E0057
LOCK_WAIT = "60s"


class SchemaOutdatedError(UsageError):
    """The database has another schema than this program."""

    code = "schema_outdated"
    message = N_("The database has schema {found}, this program needs {wanted}.")
    hint = N_("Run `ekost db migrate`, or update the program if the database is newer.")


class MigrationRunningError(AlreadyRunningError):
    """Another process is migrating."""

    code = "migration_running"
    message = N_("Another process is changing the schema of the database.")
    hint = N_("Wait until it has finished, then try again.")


class SchemaStatus(NamedTuple):
    """The schema revision that was found (empty: none), the one wanted, and whether they agree."""

    found: str
    wanted: str
    current: bool


def schema_status(conn: Connection) -> SchemaStatus:
    """The revision of the database beside the one this program knows."""
    there = conn.execute(text("select to_regclass('alembic_version') is not null")).scalar_one()
    found = conn.execute(text("select version_num from alembic_version")).scalar() if there else None
    return SchemaStatus(found or "", HEAD, found == HEAD)


def ensure_current(database: Database, *, automatic: bool) -> None:
    """Check the schema; on an embedded database (`automatic`) bring it up to date. Raises SchemaOutdatedError."""
    with database.reading() as conn:
        status = schema_status(conn)
    if status.current:
        return
    if not automatic or status.found > HEAD:
        raise SchemaOutdatedError(found=status.found or "-", wanted=HEAD)
    migrate(database)


def migrate(database: Database) -> SchemaStatus:
    """Upgrade to HEAD in one transaction; the status before it.

    Raises SchemaOutdatedError when the database is newer, MigrationRunningError when another process holds the lock
    too long.
    """
    from alembic import command  # noqa: PLC0415 - needed once, and it brings Mako along
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with database.transaction(statement_timeout_ms=0) as conn:
        _take_lock(conn)
        before = schema_status(conn)
        if before.found > HEAD:
            raise SchemaOutdatedError(found=before.found, wanted=HEAD)
        if not before.current:
            config.attributes["connection"] = conn
            command.upgrade(config, "head")
        return before


def _take_lock(conn: Connection) -> None:
    """Wait up to a minute for our turn: on a first start eight commands may come at once."""
    conn.execute(text(f"set local lock_timeout = '{LOCK_WAIT}'"))
    try:
        conn.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
    except DBAPIError as error:
        if sqlstate(error) == "55P03":
            raise MigrationRunningError from error
        raise
