"""Write the whole book, as it is in one moment, as CSV: a file for each table, in a folder that is whole or not."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from db.engine import Database
from db.migrations.runner import schema_status
from db.repositories.detached import detached_partitions
from db.repositories.whole import require_unfiltered
from db.transfer.errors import BookTornError
from db.transfer.files import new_file, new_folder
from db.transfer.manifest import NAME, Manifest, Part
from db.transfer.subjects import Subject, subjects

# Called with how many files are done, and how many there are.
Progress = Callable[[int, int], None]

_LAST = text("select coalesce(pg_sequence_last_value(pg_get_serial_sequence(:table, 'id')::regclass), 0)")
_STYLE = "set local datestyle = 'ISO, YMD'; set local bytea_output = 'hex'; set local extra_float_digits = 1"


def export_book(database: Database, folder: Path, program: str, progress: Progress) -> Manifest:
    """Write the book to `folder`, a new one or an empty one; `program` is our version.

    Nothing stays of an export that fails. Raises BookFolderError, BookFolderTakenError, BookTornError, and
    WholeBookError for a login that does not see all rows.
    """
    with database.reading(statement_timeout_ms=0) as conn, new_folder(folder) as draft:
        require_unfiltered(conn)
        for away in detached_partitions(conn):
            if away.parent == "payments":
                raise BookTornError(name=away.name)
        conn.exec_driver_sql(_STYLE)
        travelling = subjects()
        parts = []
        for done, subject in enumerate(travelling):
            progress(done, len(travelling))
            parts.append(_write(conn, subject, draft / subject.file))
        made_at = conn.execute(text("select now()")).scalar_one()
        revision = schema_status(conn).found or ""
        manifest = Manifest(made_at=made_at, revision=revision, program=program, parts=tuple(parts))
        with new_file(draft / NAME) as file:
            file.write(manifest.text().encode())
    return manifest


def _write(conn: Connection, subject: Subject, path: Path) -> Part:
    digest, size = hashlib.sha256(), 0
    cursor: Any = conn.connection.cursor()
    with cursor, new_file(path) as file:
        with cursor.copy(f"copy ({subject.query()}) to stdout (format csv, header, encoding 'UTF8')") as copy:
            for block in copy:
                digest.update(block)
                size += len(block)
                file.write(block)
        rows = cursor.rowcount
    return Part(
        file=path.name,
        table=subject.name,
        rows=rows,
        sums=sums(conn, subject, subject.name),
        last_id=int(conn.execute(_LAST, {"table": subject.name}).scalar_one()) if subject.numbered else 0,
        bytes=size,
        sha256=digest.hexdigest(),
    )


def sums(conn: Connection, subject: Subject, table: str) -> dict[str, str]:
    """What the money of `table` comes to, column by column, as decimal texts."""
    if not subject.sums:
        return {}
    columns = ", ".join(f'coalesce(sum("{name}"), 0)::text' for name in subject.sums)
    found = conn.execute(text(f'select {columns} from "{table}"')).one()  # noqa: S608 - our own names
    return dict(zip(subject.sums, found, strict=True))
