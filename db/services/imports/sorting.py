"""Sort the staged payments out by set: what can be posted, in the order of posting, and what is rejected, and why."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from db.domain.csvrows import Header
from db.domain.dates import FutureDateError
from db.repositories.imports import ImportRow
from db.services.imports.cells import Reader, payment_readers, required
from db.services.imports.layout import cell, cells, fingerprint_of, header_of, print_of
from db.services.imports.records import UNREADABLE
from db.services.imports.rejections import RowShapeError, RowUnreadableError
from db.services.imports.resolving import resolve_tenants
from db.services.imports.tables import finish_ready, ready_table, stage_table
from db.services.imports.values import create_values, learn, plain_amount, plain_words

_LONGEST = {"tenant": 200, "reference": 200, "note": 500}
_FIELDS = ("tenant", "property", "amount", "date", "method", "reference", "note")
_REQUIRED = ("tenant", "amount", "date")

_TEXTS = "select distinct {source} from {stage} s where s.cells is null and not {plain}"

# A text of which nothing was learnt is plain and stands for itself.
_FROM = """
  from {stage} s
  left join import_tenants t on t.ref = {tenant} and t.place = {property}
  left join import_values a on a.field = 'amount' and a.ref = {amount}
  left join import_values d on d.field = 'date' and d.ref = {date}
  left join import_values m on m.field = 'method' and m.ref = {method}
  left join import_values r on r.field = 'reference' and r.ref = {reference}
  left join import_values n on n.field = 'note' and n.ref = {note}
"""

# `offset 0` keeps the planner from working each value out again wherever it is used.
# One sort serves both windows: the rows of a tenant stand together, equal ones in the order of the file.
_READY = """
create table {ready} as
select row_number() over (order by tenant_id, payment_date, content, line) as position,
       line, tenant_id, property_id, payment_date, amount, method, reference, note, {fingerprint} as fingerprint
  from (select c.*, row_number() over (partition by tenant_id, payment_date, content order by line) as occurrence
          from (select p.*, {content} as content from (
    select s.line, t.tenant_id, t.property_id, d.value::date as payment_date, m.value as method,
           case when a.ref is null then {amount} else a.value end::numeric(14, 2) as amount,
           case when r.ref is null then btrim({reference}, ' ') else r.value end as reference,
           case when n.ref is null then btrim({note}, ' ') else n.value end as note
    {sources}
     where s.cells is null and t.tenant_id is not null and a.code is null and d.value::date <= t.today
       and m.value is not null and r.code is null and n.code is null
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
    (:date_name, case when d.value::date > coalesce(t.today, current_date + 1) then :future end,
     jsonb_build_object('day', d.value, 'today', coalesce(t.today, current_date)), {date}),
    (:method_name, m.code, m.fields, {method}),
    (:reference_name, r.code, r.fields, {reference}),
    (:note_name, n.code, n.fields, {note})) e (name, code, fields, value)
 where e.code is not null and (s.cells is null or e.name = '')
"""


def sort_out(conn: Connection, row: ImportRow) -> int:
    """Make the table of rows to post; write the others down as rejected. Returns how many are rejected."""
    header = header_of(row)
    conn.execute(text("set local work_mem = '64MB'"))
    conn.execute(text(f"analyze {stage_table(row.id)}"))
    create_values(conn)
    for field, reader in payment_readers(row.options).items():
        _learn(conn, row, header, field, reader)
    conn.execute(text("analyze import_values"))
    resolve_tenants(conn, row, header)
    terms = _terms(row, header)
    rejected = row.rows_total - conn.execute(text(_READY.format(**terms))).rowcount
    if rejected:
        _reject(conn, row, header, terms)
    finish_ready(conn, row.id)
    conn.execute(text("drop table import_values, import_tenants"))
    return rejected


def _learn(conn: Connection, row: ImportRow, header: Header, field: str, reader: Reader) -> None:
    """Ask the rules about the texts of one column that are not plain."""
    texts = _TEXTS.format(source=cell(header, field), stage=stage_table(row.id), plain=_plain(row, header, field))
    learn(conn, field, texts, required(reader, header.name(field)) if field in _REQUIRED else reader)


def _plain(row: ImportRow, header: Header, field: str) -> str:
    """SQL: whether a cell needs no look-up."""
    source = cell(header, field)
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
        "sources": _FROM.format(stage=stage_table(row.id), **fields),
        "fingerprint": fingerprint_of("content", "occurrence"),
    }  # fmt: skip


def _reject(conn: Connection, row: ImportRow, header: Header, terms: Mapping[str, str]) -> None:
    values = {
        "import_id": row.id, "width": header.width, "unreadable": UNREADABLE, "future": FutureDateError.code,
        "row_unreadable": RowUnreadableError.code, "row_shape": RowShapeError.code,
        **{f"{field}_name": header.name(field) for field in _FIELDS},
    }  # fmt: skip
    conn.execute(text(_REJECT.format(**terms)), values)
    # The pages of a long list are read right afterwards, before anybody has counted it.
    conn.execute(text("analyze import_errors"))
