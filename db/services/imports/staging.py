"""Bring a file into a table of its own, in one transaction: either all of it waits there to be applied, or nothing.

The hash is known only when the last byte has been read, so a file that was there before is found out at the end.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from db.domain.csvrows import Header, Kind, choose_delimiter, read_header, unread_names
from db.errors import N_, UsageError
from db.repositories.imports import ImportRow, Imports
from db.repositories.lookup import find_property
from db.services.imports.reading import LONGEST_ROW, FileEmptyError, RowTooLongError, Text
from db.services.imports.records import Rows
from db.services.imports.tables import create_stage, drop_tables, share, stage_table, take_time

_LITERALS = {",": "','", ";": "';'", "\t": "E'\\t'"}


class NoRowsError(UsageError):
    """A header and nothing below it."""

    code = "file_no_rows"
    message = N_("The file has a header but no rows.")
    hint = N_("Nothing was imported.")


class Request(NamedTuple):
    """What somebody wants imported and how to read it.

    `dates`: iso (2026-03-01) or dmy (01/03/2026). `amounts`: plain (1500000.00) or id (1.500.000,00).
    Rows that name no property are of `property_code`. A file of more than `most_mib` MiB is refused; 0 is any size.
    """

    kind: Kind
    property_code: str | None = None
    dates: str = "iso"
    amounts: str = "plain"
    most_mib: int = 0


class Staged(NamedTuple):
    """The import to go on with. `repeated`: the file was there before. `unread`: columns that nobody reads."""

    row: ImportRow
    repeated: bool
    unread: tuple[str, ...]


def stage_file(conn: Connection, request: Request, stream: BinaryIO, name: str) -> Staged:
    """Read `stream` into a stage table and queue its import.

    The same file by the same user is a no-op that returns the import there is, unless that one applied nothing
    and was asked for in another way. Raises FileEmptyError, FileTooLargeError, NoRowsError, NotTextError,
    EncodingError, RowTooLongError, FileUnreadableError, MissingColumnError, DuplicateColumnError,
    PropertyNotFoundError.
    """
    take_time(conn)
    source = Text(stream, name, request.most_mib)
    first, lines_before, blocks = _first_line(source)
    delimiter = choose_delimiter(first, request.kind)
    header = read_header(first, delimiter, request.kind)
    property_id = _property_id(conn, request, header)
    import_id = int(conn.execute(text("select nextval(pg_get_serial_sequence('imports', 'id'))")).scalar_one())
    rows = Rows(delimiter, header.width, lines_before=lines_before)
    create_stage(conn, import_id, header.width)
    _copy(conn, import_id, header.width, delimiter, rows.feed(blocks))
    if rows.count == 0:
        raise NoRowsError
    values = {
        "id": import_id, "kind": request.kind, "property_id": property_id, "file_name": _file_name(name),
        "file_hash": source.sha256, "rows_total": rows.count,
        "options": {"dates": request.dates, "amounts": request.amounts, "names": header.names, "fields": header.fields},
    }  # fmt: skip
    queued = _queue(conn, values)
    if queued.id == import_id:
        share(conn, import_id, stage_table(import_id))
    else:
        drop_tables(conn, import_id)
    return Staged(queued, queued.id != import_id, unread_names(header, request.kind))


def _first_line(source: Text) -> tuple[str, int, Iterator[str]]:
    """The first line that is not blank, the number of lines up to it, and the text behind it."""
    blocks, lines = iter(source), 0
    for block in blocks:
        rest = block
        while rest:
            line, _, rest = rest.partition("\n")
            lines += 1
            if len(line) > LONGEST_ROW:
                raise RowTooLongError(line=lines, most=LONGEST_ROW)
            if line.strip():
                return line, lines, chain([rest] if rest else [], blocks)
    raise FileEmptyError


def _property_id(conn: Connection, request: Request, header: Header) -> int | None:
    """The property of rows that name none; for payments a tenant's own property will do."""
    named = request.property_code is not None
    if not named and (request.kind == "payments" or header.place("property") is not None):
        return _only_property(conn)
    return find_property(conn, request.property_code).id


def _only_property(conn: Connection) -> int | None:
    """The property of a login that sees one alone: what it imports can be of no other."""
    mine = conn.execute(text("select my_properties()")).scalar()
    return int(mine[0]) if mine and len(mine) == 1 else None


def _copy(conn: Connection, import_id: int, width: int, delimiter: str, rows: Iterator[str]) -> None:
    columns = ", ".join(["line", "cells", *(f"c{n}" for n in range(1, width + 1))])
    into = f"copy {stage_table(import_id)} ({columns}) from stdin"
    cursor: Any = conn.connection.cursor()
    with cursor, cursor.copy(f"{into} (format csv, encoding 'UTF8', delimiter {_LITERALS[delimiter]})") as copy:
        for part in rows:
            copy.write(part.encode())


_QUEUE = text("""
insert into imports (id, kind, property_id, file_name, file_hash, options, rows_total) overriding system value
values (:id, :kind, :property_id, :file_name, :file_hash, :options, :rows_total)
on conflict (file_hash, kind, actor) where state in ('queued', 'running', 'done') do nothing returning id
""").bindparams(bindparam("options", type_=JSONB), bindparam("property_id", type_=BigInteger))

_TWIN = text("""
select id from imports where file_hash = :file_hash and kind = :kind and actor = session_user
   and state in ('queued', 'running', 'done')
""")


def _queue(conn: Connection, values: Mapping[str, Any]) -> ImportRow:
    """The new import, or the one that this file already has."""
    while conn.execute(_QUEUE, values).first() is None:
        twin = conn.execute(_TWIN, values).scalar()
        if twin is None:
            continue  # undone by somebody in this moment
        row = Imports(conn).lock(int(twin))
        if not _gives_way(row, values):
            return row
        conn.execute(text("update imports set state = 'undone' where id = :id"), {"id": row.id})
    return Imports(conn).row(values["id"])


def _gives_way(row: ImportRow, values: Mapping[str, Any]) -> bool:
    """Read in the wrong notation, no row was understood: the right one must not be refused as a repetition."""
    asked = (row.options.get("dates"), row.options.get("amounts"), row.property_id)
    now = (values["options"]["dates"], values["options"]["amounts"], values["property_id"])
    return row.state == "done" and row.rows_applied == row.rows_skipped == 0 and asked != now


def _file_name(name: str) -> str:
    """A name that can be stored and shown, whatever bytes the file system allows."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[-200:]).strip() or "-"
