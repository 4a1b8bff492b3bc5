"""Sort the staged payments out by set: what can be posted, in the order of posting, and what is rejected, and why."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from db.domain.csvrows import Header
from db.domain.dates import FutureDateError
from db.repositories.imports import ImportRow
from db.services.imports import months
from db.services.imports.cells import Reader, payment_readers, required
from db.services.imports.layout import cell, cells, fingerprint_of, header_of, print_of
from db.services.imports.records import UNREADABLE
from db.services.imports.rejections import RowShapeError, RowUnreadableError
from db.services.imports.resolving import collect_refs, resolve_tenants
from db.services.imports.tables import finish_ready, ready_table, stage_table
from db.services.imports.values import create_values, learn, plain_amount, plain_words

_LONGEST = {"tenant": 200, "reference": 200, "note": 500}
_FIELDS = ("tenant", "property", "amount", "date", "method", "reference", "note")
_REQUIRED = ("tenant", "amount", "date")

# Of columns in which few texts repeat, each text is looked at; of the others, each different one.
_TEXTS = "select distinct {source} as ref from {stage} s where s.cells is null and not {plain}"
_FEW_TEXTS = """
select ref from (select distinct {source} as ref from {stage} s where s.cells is null offset 0) t where not {plain}
"""
_NAMES = "select distinct ref from import_refs where not {plain}"

# A text of which nothing was learnt is plain and stands for itself.
_FROM = """
  from {stage} s
  left join import_tenants t on t.ref = {tenant} and t.place = {property}
  left join import_values a on a.field = 'amount' and a.ref = {amount}
  left join import_days d on d.ref = {date}
  left join import_values m on m.field = 'method' and m.ref = {method}
  {references} {notes}
"""
_WORDS = "left join import_values {field} on {field}.field = '{field}' and {field}.ref = {cell}"
_NO_WORDS = "cross join (select null as ref, null as value, null as code, null::jsonb as fields) {field}"

# `offset 0` keeps the planner from working each value out again wherever it is used.
# One sort serves both windows: the rows of a tenant stand together, equal ones in the order of the file.
_READY = """
create table {ready} as
select row_number() over (order by {batch}tenant_id, payment_date, content, line) as position, {batch}
       line, tenant_id, property_id, payment_date, amount, method, reference, note, {fingerprint} as fingerprint
  from (select c.*, row_number() over (partition by {batch}tenant_id, payment_date, content order by line) as occurrence
          from (select p.*, {content} as content from (
    select {batch}s.line, t.tenant_id, t.property_id, d.day as payment_date, m.value as method,
           case when a.ref is null then {amount} else a.value end::numeric(14, 2) as amount,
           case when reference.ref is null then nullif(btrim({reference}), '') else reference.value end as reference,
           case when note.ref is null then nullif(btrim({note}), '') else note.value end as note
    {sources}
     where s.cells is null and t.tenant_id is not null and a.code is null and d.day <= t.today
       and m.value is not null and reference.code is null and note.code is null
    offset 0) p offset 0) c) o
"""

_REJECT = """
insert into import_errors (import_id, line, column_name, code, fields, value, raw)
select :import_id, s.line, e.name, e.code, coalesce(e.fields, '{{}}'), left(e.value, 200),
       case when s.cells is null then to_jsonb({raw}) else s.c1::jsonb end
{sources}
 cross join lateral (values
    ('', case when s.cells = :unreadable then :row_unreadable when s.cells is not null then :row_shape end,
     jsonb_build_object('found', s.cells, 'expected', :width), ''),
    (case t.blamed when 'property' then :property_name else :tenant_name end, t.code, t.fields,
     case t.blamed when 'property' then {property} else {tenant} end),
    (:amount_name, a.code, a.fields, {amount}),
    (:date_name, d.code, d.fields, {date}),
    (:date_name, case when d.day > coalesce(t.today, current_date + 1) then :future end,
     jsonb_build_object('day', d.day, 'today', coalesce(t.today, current_date)), {date}),
    (:method_name, m.code, m.fields, {method}),
    (:reference_name, reference.code, reference.fields, {reference}),
    (:note_name, note.code, note.fields, {note})) e (name, code, fields, value)
 where e.code is not null and (s.cells is null or e.name = '')
"""


def sort_out(conn: Connection, row: ImportRow) -> tuple[int, list[str]]:
    """Make the table of rows to post and plan its chunks; write the other rows down as rejected.

    Returns how many are rejected, and a day of each partition that must be made before the first chunk.
    """
    header = header_of(row)
    conn.execute(text("set local work_mem = '64MB'"))
    conn.execute(text(f"analyze {stage_table(row.id)}"))
    create_values(conn)
    collect_refs(conn, row, header)
    for field, reader in payment_readers(row.options).items():
        _learn(conn, row, header, field, reader)
    conn.execute(text("analyze import_values"))
    missing = months.learn_days(conn, stage_table(row.id), cell(header, "date"))
    resolve_tenants(conn, row)
    terms = _terms(row, header) | {"batch": "batch, " if missing else ""}
    count = conn.execute(text(_READY.format(**terms))).rowcount
    if count < row.rows_total:
        _reject(conn, row, header, terms)
    finish_ready(conn, row.id)
    days = months.plan(conn, row, missing, count)
    conn.execute(text("drop table import_values, import_days, import_refs, import_tenants"))
    return row.rows_total - count, days


def _learn(conn: Connection, row: ImportRow, header: Header, field: str, reader: Reader) -> None:
    """Ask the rules about the texts of one column that are not plain."""
    source = cell(header, field)
    if field == "tenant":
        texts = _NAMES.format(plain=_plain(row, field, "ref"))
    elif field in _LONGEST:
        texts = _TEXTS.format(source=source, stage=stage_table(row.id), plain=_plain(row, field, source))
    else:
        texts = _FEW_TEXTS.format(source=source, stage=stage_table(row.id), plain=_plain(row, field, "ref"))
    learn(conn, field, texts, required(reader, header.name(field)) if field in _REQUIRED else reader)


def _plain(row: ImportRow, field: str, source: str) -> str:
    """SQL: whether a text needs no look-up."""
    if field == "amount":
        return plain_amount(source, row.options["amounts"])
    return plain_words(source, _LONGEST[field]) if field in _LONGEST else "false"


def _terms(row: ImportRow, header: Header) -> dict[str, str]:
    """The pieces of SQL that depend on the columns of the file."""
    fields = {field: cell(header, field) for field in _FIELDS}
    content = print_of("payments", (
        "tenant_id", "payment_date - date '2000-01-01'", "amount", "method", "coalesce(reference, '')",
        "coalesce(note, '')",
    ))  # fmt: skip
    return {
        **fields,
        "raw": cells(header), "ready": ready_table(row.id), "content": content,
        "sources": _FROM.format(
            stage=stage_table(row.id), references=_words(header, "reference"), notes=_words(header, "note"), **fields
        ),
        "fingerprint": fingerprint_of("content", "occurrence"),
    }  # fmt: skip


def _words(header: Header, field: str) -> str:
    """SQL: the join of what a text means; a column that the file has not costs nothing."""
    join = _NO_WORDS if header.place(field) is None else _WORDS
    return join.format(field=field, cell=cell(header, field))


def _reject(conn: Connection, row: ImportRow, header: Header, terms: Mapping[str, str]) -> None:
    values = {
        "import_id": row.id, "width": header.width, "unreadable": UNREADABLE, "future": FutureDateError.code,
        "row_unreadable": RowUnreadableError.code, "row_shape": RowShapeError.code,
        **{f"{field}_name": header.name(field) for field in _FIELDS},
    }  # fmt: skip
    conn.execute(text(_REJECT.format(**terms)), values)
    # The pages of a long list are read right afterwards, before anybody has counted it.
    conn.execute(text("analyze import_errors"))
