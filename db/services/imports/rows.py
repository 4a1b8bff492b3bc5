"""Tenants and rooms from a file: each row by the service of its command, in a savepoint of its own.

A row that a rule refuses is written down and leaves no trace; its neighbours go in.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import DataError, IntegrityError

from db.domain.csvrows import Header
from db.engine import ConstraintError, constraint_name, sqlstate
from db.errors import EkostError
from db.repositories.imports import ImportRow
from db.services.imports.cells import unguarded
from db.services.imports.chunks import Chunk
from db.services.imports.layout import cell, cells, fingerprint_of, header_of, print_of
from db.services.imports.newrooms import add_room_row
from db.services.imports.newtenants import add_tenant_row
from db.services.imports.records import UNREADABLE
from db.services.imports.rejections import Rejected, RowRejectedError, RowShapeError, RowUnreadableError, keep
from db.services.imports.tables import finish_ready, ready_table, stage_table

CHUNK = 100

_READY = """
create table {ready} as
select row_number() over (order by line) as position, line, shape, texts, {fingerprint} as fingerprint
  from (select c.*, row_number() over (partition by content order by line) as occurrence
          from (select s.line, s.cells as shape, case when s.cells is null then {texts} else array[s.c1] end as texts,
                       {content} as content from {stage} s) c) o
"""

_NEXT = """
select position, line, shape, texts, fingerprint from {ready}
 where position > :after and position <= :last order by position
"""

_CLAIM = """
insert into import_rows (fingerprint, import_id, line, entry_id) values (:fingerprint, :import_id, :line, :entry_id)
on conflict (fingerprint) do nothing returning line
"""

_KNOWN = "select import_id from import_rows where fingerprint = :fingerprint"

# Adds what a row says, given as texts by field; returns the new id. Raises RowRejectedError, EkostError.
Adder = Callable[[Connection, ImportRow, Mapping[str, str]], int]
ADDERS: dict[str, Adder] = {"tenants": add_tenant_row, "rooms": add_room_row}


class _KnownError(Exception):
    """Another import brought the row while this one was about to."""


def sort_out(conn: Connection, row: ImportRow) -> None:
    """Number the rows in the order of the file and give each its fingerprint: of its cells as they are written."""
    header = header_of(row)
    # Named and without the empty ones: a field that a later release knows leaves old rows what they are.
    fields = sorted(field for field in header.fields if field)
    parts = [f"'{row.property_id or ''}'", *(_part(header, field) for field in fields)]
    ready = _READY.format(
        ready=ready_table(row.id), stage=stage_table(row.id), texts=cells(header), content=print_of(row.kind, parts),
        fingerprint=fingerprint_of("content", "occurrence"),
    )  # fmt: skip
    conn.execute(text(ready))
    finish_ready(conn, row.id)


def apply_chunk(conn: Connection, row: ImportRow) -> Chunk | None:
    """Add the next rows; None when there are no more."""
    span = {"after": row.position, "last": row.position + CHUNK}
    found = conn.execute(text(_NEXT.format(ready=ready_table(row.id))), span).all()
    if not found:
        return None
    batch = _Batch(conn, row)
    for entry in found:
        batch.apply(entry)
    keep(conn, row.id, batch.rejected)
    known = batch.known
    return Chunk(len(found), batch.applied, known.total(), len(batch.rejected), dict(known))


class _Batch:
    """The rows of one chunk, and what has become of them so far."""

    def __init__(self, conn: Connection, row: ImportRow) -> None:
        self._conn = conn
        self._row = row
        self._header = header_of(row)
        self.applied = 0
        self.known = Counter[str]()
        self.rejected: list[Rejected] = []

    def apply(self, entry: Row[Any]) -> None:
        """Add one row, or note that it is known or rejected."""
        if entry.shape is not None:
            self.rejected.append(_misshapen(entry, self._header))
        elif (known_from := self._known_from(entry)) is not None:
            self.known[known_from] += 1
        else:
            self._add(entry)

    def _add(self, entry: Row[Any]) -> None:
        try:
            with self._conn.begin_nested():
                entry_id = ADDERS[self._row.kind](self._conn, self._row, self._values(entry))
                self._claim(entry, entry_id)
        except _KnownError:
            self.known[self._known_from(entry) or ""] += 1
        except RowRejectedError as rejected:
            self._reject(entry, rejected.error, rejected.field)
        except EkostError as error:
            self._reject(entry, error)
        except (IntegrityError, DataError) as error:
            self._reject(entry, ConstraintError(constraint=constraint_name(error) or sqlstate(error)))
        else:
            self.applied += 1

    def _values(self, entry: Row[Any]) -> dict[str, str]:
        texts = zip(self._header.fields, entry.texts, strict=True)
        return {field: unguarded(cell).strip(" ") for field, cell in texts if field}

    def _claim(self, entry: Row[Any], entry_id: int) -> None:
        values = {"fingerprint": entry.fingerprint, "import_id": self._row.id, "line": entry.line}
        if self._conn.execute(text(_CLAIM), {**values, "entry_id": entry_id}).first() is None:
            raise _KnownError

    def _known_from(self, entry: Row[Any]) -> str | None:
        found = self._conn.execute(text(_KNOWN), {"fingerprint": entry.fingerprint}).scalar()
        return None if found is None else str(found)

    def _reject(self, entry: Row[Any], error: EkostError, field: str = "") -> None:
        place = self._header.place(field)
        column, value = ("", "") if place is None else (self._header.names[place], entry.texts[place])
        self.rejected.append(Rejected(entry.line, column, error, value, list(entry.texts)))


def _misshapen(entry: Row[Any], header: Header) -> Rejected:
    texts = json.loads(entry.texts[0])
    if entry.shape == UNREADABLE:
        return Rejected(entry.line, "", RowUnreadableError(), "", texts)
    return Rejected(entry.line, "", RowShapeError(found=entry.shape, expected=header.width), "", texts)


def _part(header: Header, field: str) -> str:
    # Without a guard against formulas, which a file that was exported has and its original had not.
    bare = f"regexp_replace(btrim({cell(header, field)}), '^''(?=[=+@''-])', '')"
    return f"nullif('{field}=' || {bare}, '{field}=')"
