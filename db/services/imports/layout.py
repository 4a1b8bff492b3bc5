"""Where the fields of a row stand in its stage, as SQL, and how a row is told from all others."""

from collections.abc import Iterable

from db.domain.csvrows import Header
from db.repositories.imports import ImportRow


def header_of(row: ImportRow) -> Header:
    """The columns of the file of an import."""
    return Header(tuple(row.options["names"]), tuple(row.options["fields"]))


def cell(header: Header, field: str) -> str:
    """SQL of a field's text in the stage `s`; empty where the file has no such column."""
    place = header.place(field)
    return "''" if place is None else f"coalesce(s.c{place + 1}, '')"


def cells(header: Header) -> str:
    """SQL of all texts of a row in the stage `s`, as an array."""
    return "array[" + ", ".join(f"coalesce(s.c{n}, '')" for n in range(1, header.width + 1)) + "]"


def print_of(kind: str, parts: Iterable[str]) -> str:
    """SQL of the content of a row in 16 bytes: of texts that hold no control character, so that none can run over.

    What it is taken of may never change: an old row would seem new.
    """
    joined = ", ".join(parts)
    return f"substr(sha256(convert_to(concat_ws(E'\\x1f', '{kind}', {joined}), 'UTF8')), 1, 16)"


def fingerprint_of(content: str, occurrence: str) -> str:
    """SQL of the fingerprint: the content, and which of the equal rows of its file this one is."""
    repeated = f"substr(sha256({content} || int8send({occurrence})), 1, 16)"
    return f"case {occurrence} when 1 then {content} else {repeated} end"
