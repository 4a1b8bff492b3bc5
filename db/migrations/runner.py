"""Bring a database to the schema this program knows, and say where it stands.

Alembic is imported only when there is something to do: every command asks `ensure_current`.
"""

import random
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.engine import Database, DatabaseBusyError, sqlstate
from db.errors import N_, AlreadyRunningError, UnreachableError, UsageError

HEAD = "0006"
# One migration at a time: a second one waits for this advisory lock, or gives up after `lock_timeout`.
MIGRATION_LOCK = 0x0E0057
LOCK_WAIT = "60s"
# Whoever comes behind a migration that waits for a table waits as well, so it does not wait long; it tries again.
TABLE_WAIT, TRIES = "1s", 30


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


class MigrationBlockedError(UnreachableError):
    """Somebody holds a table that is to be changed, and never lets go of it."""

    code = "migration_blocked"
    message = N_("The schema could not be changed: others held its tables, {tries} times in a row.")
    hint = N_("Nothing was changed. Look for long transactions (pg_stat_activity), then try again.")


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


def is_served(conn: Connection, status: SchemaStatus) -> bool:
    """Whether this program works with the database: one of its own schema, or a newer one that still serves it."""
    if status.found <= HEAD:
        return status.current
    known = conn.execute(text("select to_regprocedure('oldest_program()') is not null")).scalar_one()
    return bool(known) and str(conn.execute(text("select oldest_program()")).scalar_one()) <= HEAD


def ensure_current(database: Database, *, automatic: bool) -> None:
    """Check the schema; on an embedded database (`automatic`) bring it up to date. Raises SchemaOutdatedError."""
    with database.reading() as conn:
        status = schema_status(conn)
        if is_served(conn, status):
            return
    if not automatic or status.found > HEAD:
        raise SchemaOutdatedError(found=status.found or "-", wanted=HEAD)
    migrate(database)


def migrate(database: Database) -> SchemaStatus:
    """Upgrade to HEAD in one transaction; the status before it.

    Raises SchemaOutdatedError when the database is newer, MigrationRunningError when another process holds the lock
    too long, MigrationBlockedError when the tables are never free.
    """
    for _ in range(TRIES):
        try:
            return _migrate(database)
        except DatabaseBusyError:
            time.sleep(random.uniform(0.2, 1.5))  # noqa: S311 - only so that two do not keep step
    raise MigrationBlockedError(tries=TRIES)


def _migrate(database: Database) -> SchemaStatus:
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
            conn.execute(text(f"set local lock_timeout = '{TABLE_WAIT}'"))
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
