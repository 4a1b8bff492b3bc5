"""Bring a backup back: beside the book to see whether it is good, or in the book's place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, make_url, text

from db.backup.errors import BackupBreaksChecksError, BackupDiffersError, BookNotEmptyError
from db.backup.manifest import Manifest, check_file
from db.backup.programs import RESTORE, Server, find_program, run_program
from db.backup.scratch import drop, hurried, put_in_place, scratch
from db.backup.totals import differing, ledger_totals
from db.engine import Database
from db.migrations.runner import HEAD, SchemaOutdatedError, migrate
from db.repositories.checks.runner import find_checks, run_checks
from db.services.partitions import open_ahead

Progress = Callable[[int, int], None]

_TABLES = """
select c.relname from pg_class c
 where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relnamespace = 'public'::regnamespace
   and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass
                      and d.deptype = 'e')
"""
_BOOK_IS_THERE = text("select exists (select from properties) or exists (select from events)")
_MISSING = text("select name from unnest(cast(:names as text[])) name where to_regrole(quote_ident(name)) is null")


class Verified(NamedTuple):
    """A backup that is whole, restores, adds up and breaks no invariant, and how many of these there are."""

    manifest: Manifest
    checks: int


class Restored(NamedTuple):
    """A backup that is the book now; `old` is the database in which the former book still is, if it was kept.

    `roles` do not exist here: what they were allowed to do was left out.
    """

    manifest: Manifest
    database: str
    revision: str
    old: str
    roles: tuple[str, ...]


def verify_backup(database: Database, path: Path, progress: Progress) -> Verified:
    """Restore a backup into a database that is dropped again, and examine what came out of it.

    Raises BackupUnknownError, BackupFolderError, BackupDamagedError, BackupFailedError, BackupDiffersError,
    BackupBreaksChecksError, DatabasesRefusedError, SchemaOutdatedError for one of a newer program.
    """
    manifest, checks = check_file(path), find_checks()
    with _restored(database, path, manifest, progress, grants=False) as (copy, _roles):
        with copy.reading(statement_timeout_ms=0) as conn:
            found = [row.check for row in run_checks(conn, checks)]
        if found:
            raise BackupBreaksChecksError(path=path, count=len(found), checks=", ".join(dict.fromkeys(found)))
    return Verified(manifest, len(checks))


def restore_backup(
    database: Database,
    path: Path,
    progress: Progress,
    *,
    replace: bool = False,
    drop_old: bool = False,
    grants: bool = True,
) -> Restored:
    """Put a backup in the place of an empty database, or with `replace` of the book in it.

    With `grants` roles may do again what they might then. Whatever fails, the book stays as it was. Raises what
    `verify_backup` raises but for the checks, BookNotEmptyError and BookInUseError.
    """
    if not replace:
        require_empty(database)
    manifest = check_file(path)
    with _restored(database, path, manifest, progress, grants=grants) as (copy, roles):
        if not replace:
            require_empty(database)  # much may have happened meanwhile
        old = put_in_place(database, copy)
    if drop_old or not replace:
        drop(database, old)
        old = ""
    return Restored(manifest, make_url(database.url).database or "", HEAD, old, roles)


def require_empty(database: Database) -> None:
    """See that nothing is lost with this database. Raises BookNotEmptyError."""
    with database.reading() as conn:
        tables = set(conn.exec_driver_sql(_TABLES).scalars())
        ours = {"alembic_version", "properties", "events"} <= tables
        if tables and (not ours or conn.execute(_BOOK_IS_THERE).scalar_one()):
            raise BookNotEmptyError(database=make_url(database.url).database or "")


@contextmanager
def _restored(
    database: Database, path: Path, manifest: Manifest, progress: Progress, *, grants: bool
) -> Iterator[tuple[Database, tuple[str, ...]]]:
    """A database with the content of a backup, brought up to date, and the roles that are missing here."""
    if manifest.revision > HEAD:
        raise SchemaOutdatedError(found=manifest.revision, wanted=HEAD)
    with scratch(database) as copy:
        with copy.reading() as conn:
            server = Server.of(conn)
            missing = tuple(conn.execute(_MISSING, {"names": list(manifest.roles)}).scalars())
        with hurried(copy):
            _load(server, path, manifest, progress, grants=grants and not missing)
        with copy.reading(statement_timeout_ms=0) as conn:
            if wrong := differing(ledger_totals(conn), manifest.totals):
                raise BackupDiffersError(path=path, properties=", ".join(wrong))
        migrate(copy)
        with copy.transaction() as conn:
            _wake(conn)
        yield copy, missing if grants else ()


def _load(server: Server, path: Path, manifest: Manifest, progress: Progress, *, grants: bool) -> None:
    program = find_program(RESTORE, manifest.dump_major, server, best=server.major)
    done = 0

    def look(line: str) -> None:
        nonlocal done
        if "processing data for table" in line:
            progress(done, manifest.tables)
            done += 1

    words = ["--verbose", "--no-owner", *([] if grants else ["--no-acl"]), f"--dbname={server.address_for(program)}"]
    run_program(program, [*words, str(path)], server.password, on_line=look)


def _wake(conn: Connection) -> None:
    """What an old copy lacks today: partitions of these months, and figures of the planner."""
    open_ahead(conn)
    conn.exec_driver_sql("analyze")
