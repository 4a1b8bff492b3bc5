"""Make a backup: the whole book as it is in one moment, in a file that `pg_restore` reads, with its manifest."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from db.backup.drafts import draft, remove_forgotten
from db.backup.manifest import Manifest, checksum, manifest_path
from db.backup.programs import DUMP, Server, find_program, run_program
from db.backup.totals import ledger_totals
from db.doctor.database import EXTENSIONS
from db.engine import Database
from db.errors import EkostError
from db.migrations.runner import SchemaOutdatedError, schema_status
from db.repositories.whole import require_unfiltered
from db.services.schedules import note_done

# What a successful backup is remembered by, among what is done once a day or month.
SCHEDULE = "backup"
# Called with how many tables are done, and how many there are.
Progress = Callable[[int, int], None]
_STAMP = "%Y%m%dT%H%M%S"
# A table that a migration holds is waited for so many milliseconds.
_LOCK_WAIT = 60_000

_BOOK = """
select current_database(), system_identifier || '/' || current_database(), now() from pg_control_system()
"""
_TABLES = "select count(*) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
_EXTENSIONS = text("select extname from pg_extension where extname = any(:names)")
_ROLES = """
select distinct r.rolname
  from (select relacl as acl, relowner as owner from pg_class union all select proacl, proowner from pg_proc
        union all select nspacl, nspowner from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
        union all select defaclacl, defaclrole from pg_default_acl) o
 cross join aclexplode(o.acl) a
  join pg_roles r on r.oid = a.grantee
 where a.grantee <> o.owner and r.rolname !~ '^pg_'
   and r.oid <> 10
 union select rolname from pg_default_acl join pg_roles on pg_roles.oid = defaclrole
 order by 1
"""


def make_backup(database: Database, target: Path, program: str, progress: Progress) -> tuple[Path, Manifest]:
    """Write a backup of `database` to `target`, a new file or a folder; `program` is our version.

    Nothing stays of one that fails or is interrupted. Raises BackupProgramMissingError, BackupFailedError,
    BackupFolderError, BackupExistsError, SchemaOutdatedError where there is no book,
    WholeBookError for a login that does not see all rows.
    """
    with database.reading(statement_timeout_ms=0) as conn:
        # The dump sees what this transaction sees, as long as that is open.
        conn.exec_driver_sql("set local idle_in_transaction_session_timeout = 0")
        status = schema_status(conn)
        if not status.found:
            raise SchemaOutdatedError(found="-", wanted=status.wanted)
        require_unfiltered(conn)
        path = _path(target, conn)
        remove_forgotten(path.parent)
        # The manifest gets its name first: a backup that is seen has one.
        with draft(path) as output, draft(manifest_path(path)) as beside:
            tables = conn.exec_driver_sql(_TABLES).scalar_one()
            pg_dump = _dump(conn, output, tables, progress)
            manifest = _manifest(conn, path, output, status.found, program, pg_dump, tables)
            os.write(beside, manifest.text().encode())
    _remember(database, manifest.made_at)
    return path, manifest


def file_name(database: str, made_at: datetime) -> str:
    """The name of a backup in a folder."""
    return f"ekost-{re.sub(r'[^A-Za-z0-9_-]', '_', database)}-{made_at.astimezone(UTC).strftime(_STAMP)}.dump"


def _path(target: Path, conn: Connection) -> Path:
    if not target.is_dir():
        return target
    name = conn.execute(text("select current_database()")).scalar_one()
    return target / file_name(name, datetime.now(UTC))


def _dump(conn: Connection, output: int, tables: int, progress: Progress) -> str:
    """Let pg_dump write; its version."""
    server = Server.of(conn)
    program = find_program(DUMP, server.major, server)
    done = 0

    def look(line: str) -> None:
        nonlocal done
        if "dumping contents of table" in line:
            progress(done, tables)
            done += 1

    words = ["--format=custom", "--verbose", f"--lock-wait-timeout={_LOCK_WAIT}"]
    words += [f"--snapshot={conn.exec_driver_sql('select pg_export_snapshot()').scalar_one()}"]
    # Others in the database are the administrator's: whoever restores might not be allowed to make them.
    words += [f"--extension={name}" for name in conn.execute(_EXTENSIONS, {"names": list(EXTENSIONS)}).scalars()]
    words += [f"--dbname={server.address_for(program)}"]
    run_program(program, words, server.password, output=output, on_line=look)
    return program.version


def _manifest(
    conn: Connection, path: Path, output: int, revision: str, program: str, pg_dump: str, tables: int
) -> Manifest:
    name, book, made_at = conn.exec_driver_sql(_BOOK).one()
    with os.fdopen(os.dup(output), "rb") as file:
        sha256 = checksum(file)
    return Manifest(
        file=path.name,
        sha256=sha256,
        bytes=os.fstat(output).st_size,
        made_at=made_at,
        database=name,
        book=book,
        revision=revision,
        program=program,
        server=Server.of(conn).version,
        pg_dump=pg_dump,
        tables=tables,
        roles=tuple(conn.exec_driver_sql(_ROLES).scalars()),
        totals=ledger_totals(conn),
    )


def _remember(database: Database, made_at: datetime) -> None:
    """Who may only read makes a good backup too; it is not remembered then."""
    with suppress(EkostError, DBAPIError), database.transaction() as conn:
        note_done(conn, SCHEDULE, "", made_at.date().isoformat())
