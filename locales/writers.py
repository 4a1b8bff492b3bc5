"""The formats for programs: JSON, NDJSON, CSV, TSV and bare keys, each row written as it comes.

Each writer takes the rows as an iterator and hands on the cursor afterwards, so that `--all` needs no memory.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from locales.fields import NUMERIC, Field
from locales.safe import safe
from locales.values import as_object, cells_of, dump

Fields = tuple[Field, ...]
Cursor = Callable[[], str | None]

# What makes a spreadsheet compute a cell instead of showing it, at the start of any of its lines.
_FORMULA = re.compile(r"^[\s\u00a0]*[=+\-@\t\r＝＋－＠']", re.MULTILINE)
_HARMLESS = re.compile(r"[+-]?[0-9]+", re.ASCII)


def write_object(out: TextIO, record: Any, fields: Fields) -> None:
    """A single thing in `json`: the object itself."""
    out.write(dump(as_object(record, fields)) + "\n")


def write_json(out: TextIO, records: Iterable[Any], fields: Fields, cursor: Cursor) -> None:
    """A list in `json`: `{"items": [...], "next": CURSOR}`, one item a line."""
    out.write('{"items": [')
    separator = "\n"
    for record in records:
        out.write(separator + dump(as_object(record, fields)))
        separator = ",\n"
    out.write(f'], "next": {dump(cursor())}}}\n')


def write_ndjson(out: TextIO, records: Iterable[Any], fields: Fields, cursor: Cursor) -> None:
    """`ndjson`: one bare object a line."""
    for record in records:
        write_object(out, record, fields)


def write_csv(out: TextIO, records: Iterable[Any], fields: Fields, cursor: Cursor) -> None:
    """`csv`: quoted after RFC 4180, texts made harmless for spreadsheets, lines ended as Unix does."""
    out.write(",".join(field.name for field in fields) + "\n")
    quoted = [field.kind not in NUMERIC for field in fields]
    cells = cells_of(fields, [guard if text else str for text in quoted])
    for record in records:
        out.write(",".join(map(_csv_cell, cells(record), quoted)) + "\n")


def write_tsv(out: TextIO, records: Iterable[Any], fields: Fields, cursor: Cursor) -> None:
    """`tsv` with a header: nothing is quoted, a tab or a line's end inside a text becomes a visible sign."""
    out.write("\t".join(field.name for field in fields) + "\n")
    cells = cells_of(fields, [safe] * len(fields))
    for record in records:
        out.write("\t".join(cells(record)) + "\n")


def write_ids(out: TextIO, records: Iterable[Any], fields: Fields, cursor: Cursor) -> None:
    """`id`: the key alone, one a line."""
    cells = cells_of(fields[:1], [safe])
    for record in records:
        out.write(cells(record)[0] + "\n")


WRITERS: dict[str, Callable[[TextIO, Iterable[Any], Fields, Cursor], None]] = {
    "json": write_json,
    "ndjson": write_ndjson,
    "csv": write_csv,
    "tsv": write_tsv,
    "id": write_ids,
}


def guard(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe in front of one that could be.

    Also in front of one that begins with an apostrophe, so that taking one away gives the text back.
    """
    return "'" + text if _FORMULA.search(text) and not _HARMLESS.fullmatch(text) else text


def _csv_cell(text: str, quoted: bool) -> str:
    # Every text is quoted: a spreadsheet that splits at semicolons would find a formula behind one.
    return '"' + text.replace('"', '""') + '"' if quoted else text
