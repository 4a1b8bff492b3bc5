"""Sort the staged payments out by set: what can be posted, in the order of posting, and what is rejected, and why."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from db.domain.csvrows import Header
from db.domain.dates import FutureDateError
from db.repositories.imports import ImportRow
from db.services.imports.layout import cell, cells, fingerprint_of, header_of, print_of
from db.services.imports.records import UNREADABLE
from db.services.imports.rejections import RowShapeError, RowUnreadableError
from db.services.imports.tables import (
    days_table,
    finish_ready,
    ready_table,
    stage_table,
    tenants_table,
    values_table,
)

_FIELDS = ("tenant", "property", "amount", "date", "method", "reference", "note")

# A text of which nothing was learnt is plain and stands for itself.
_FROM = """
  from {stage} s
  left join {tenants} t on t.ref = {tenant} and t.place = {property}
  left join {days} d on d.ref = {date}
  left join {values} a on a.field = 'amount' and a.ref = {amount}
  left join {values} m on m.field = 'method' and m.ref = {method}
  {references} {notes}
"""
_WORDS = "left join {values} {field} on {field}.field = '{field}' and {field}.ref = {cell}"
_NO_WORDS = "cross join (select null as ref, null as value, null as code, null::jsonb as fields) {field}"

# `offset 0` keeps the planner from working each value out again wherever it is used.
# One sort serves both windows: the rows of a tenant stand together, equal ones in the order of the file.
_ROWS = """
select row_number() over (order by tenant_id, payment_date, content, line) as position,
       line, tenant_id, property_id, payment_date, amount, method, reference, note, {fingerprint} as fingerprint
  from (select c.*, row_number() over (partition by tenant_id, payment_date, content order by line) as occurrence
          from (select p.*, {content} as content from (
    select s.line, t.tenant_id, t.property_id, d.day as payment_date, m.value as method,
           case when a.ref is null then {amount} else a.value end::numeric(14, 2) as amount,
           case when reference.ref is null then nullif(btrim({reference}), '') else reference.value end as reference,
           case when note.ref is null then nullif(btrim({note}), '') else note.value end as note
    {sources}
     where s.cells is null and coalesce(d.part, t.part) = {part} and a.code is null and d.day <= t.today
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


def create_rows(conn: Connection, row: ImportRow, part: int, create: str) -> int:
    """Make a table by the statement `create` of {rows}: those of a part that can be posted, in the order of posting.

    Returns how many they are.
    """
    content = print_of("payments", (
        "tenant_id", "payment_date - date '2000-01-01'", "amount", "method", "coalesce(reference, '')",
        "coalesce(note, '')",
    ))  # fmt: skip
    terms = _terms(row, header_of(row))
    rows = _ROWS.format(**terms, part=part, content=content, fingerprint=fingerprint_of("content", "occurrence"))
    return _run(conn, create.format(rows=rows), {})


def sort_part(conn: Connection, row: ImportRow, part: int) -> int:
    """Make the table of the rows of a part to post. Returns how many they are."""
    count = create_rows(conn, row, part, f"create table {ready_table(row.id, part)} as {{rows}}")
    finish_ready(conn, row.id, part)
    return count


def reject(conn: Connection, row: ImportRow) -> None:
    """Write down which rows can't be posted, and why."""
    header = header_of(row)
    values = {
        "import_id": row.id, "width": header.width, "unreadable": UNREADABLE, "future": FutureDateError.code,
        "row_unreadable": RowUnreadableError.code, "row_shape": RowShapeError.code,
        **{f"{field}_name": header.name(field) for field in _FIELDS},
    }  # fmt: skip
    _run(conn, _REJECT.format(**_terms(row, header), raw=cells(header)), values)
    # The pages of a long list are read right afterwards, before anybody has counted it.
    conn.execute(text("analyze import_errors"))


def _run(conn: Connection, statement: str, values: Mapping[str, object]) -> int:
    """Join the stage by hash: the planner knows little of texts, expects a few rows and would look each one up."""
    conn.exec_driver_sql("set local work_mem = '64MB'; set local enable_nestloop = off")
    count = conn.execute(text(statement), values).rowcount
    conn.exec_driver_sql("set local enable_nestloop = on")
    return count


def _terms(row: ImportRow, header: Header) -> dict[str, str]:
    """The pieces of SQL that depend on the columns of the file."""
    fields = {field: cell(header, field) for field in _FIELDS}
    tables = {
        "stage": stage_table(row.id), "tenants": tenants_table(row.id), "days": days_table(row.id),
        "values": values_table(row.id),
    }  # fmt: skip
    words = {"references": _words(row, header, "reference"), "notes": _words(row, header, "note")}
    return {**fields, "sources": _FROM.format(**fields, **tables, **words)}


def _words(row: ImportRow, header: Header, field: str) -> str:
    """SQL: the join of what a text means; a column that the file has not costs nothing."""
    join = _NO_WORDS if header.place(field) is None else _WORDS
    return join.format(values=values_table(row.id), field=field, cell=cell(header, field))
