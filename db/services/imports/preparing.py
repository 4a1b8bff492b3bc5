"""Work out what the texts of a file of payments mean, and in which parts its rows can be posted side by side."""

from sqlalchemy import Connection, text

from db.domain.csvrows import Header
from db.policies import IMPORT_CONNECTIONS
from db.repositories.imports import ImportRow
from db.services.imports import chunks, months
from db.services.imports.cells import Reader, payment_readers, required
from db.services.imports.layout import cell, header_of
from db.services.imports.resolving import collect_refs, resolve_tenants
from db.services.imports.tables import share, stage_table, values_table
from db.services.imports.values import create_values, learn, plain_amount, plain_words

# The longest texts that need no look-up, in characters.
_LONGEST = {"tenant": 200, "reference": 200, "note": 500}
_REQUIRED = ("tenant", "amount", "date")

# Of columns in which few texts repeat, each text is looked at; of the others, each different one.
_TEXTS = "select distinct {source} as ref from {stage} s where s.cells is null and not {plain}"
_FEW_TEXTS = """
select ref from (select distinct {source} as ref from {stage} s where s.cells is null offset 0) t where not {plain}
"""
_NAMES = "select distinct ref from import_refs where not {plain}"


def prepare(conn: Connection, row: ImportRow) -> list[str]:
    """Learn all texts and plan the parts. Returns a day of each partition that must be made before the first chunk."""
    header = header_of(row)
    conn.execute(text("set local work_mem = '64MB'"))
    conn.execute(text(f"analyze {stage_table(row.id)}"))
    create_values(conn, values_table(row.id))
    collect_refs(conn, row, header)
    for field, reader in payment_readers(row.options).items():
        _learn(conn, row, header, field, reader)
    conn.execute(text(f"analyze {values_table(row.id)}"))
    share(conn, row.id, values_table(row.id))
    parts = IMPORT_CONNECTIONS if row.rows_total >= 2 * chunks.SIZE else 1
    resolve_tenants(conn, row, parts)
    spans, to_open = months.place_days(conn, row, header, parts)
    chunks.plan(conn, row.id, spans)
    conn.execute(text("drop table import_refs"))
    return [day.isoformat() for day in to_open]


def _learn(conn: Connection, row: ImportRow, header: Header, field: str, reader: Reader) -> None:
    """Ask the rules about the texts of one column that are not plain."""
    source = cell(header, field)
    if field == "tenant":
        texts = _NAMES.format(plain=_plain(row, field, "ref"))
    elif field in _LONGEST:
        texts = _TEXTS.format(source=source, stage=stage_table(row.id), plain=_plain(row, field, source))
    else:
        texts = _FEW_TEXTS.format(source=source, stage=stage_table(row.id), plain=_plain(row, field, "ref"))
    asked = required(reader, header.name(field)) if field in _REQUIRED else reader
    learn(conn, values_table(row.id), field, texts, asked)


def _plain(row: ImportRow, field: str, source: str) -> str:
    """SQL: whether a text needs no look-up."""
    if field == "amount":
        return plain_amount(source, row.options["amounts"])
    return plain_words(source, _LONGEST[field]) if field in _LONGEST else "false"
