"""Post a chunk of payments: entries, amounts of the balances, event and progress in one transaction.

The rows are posted tenant by tenant, not in the order of the file: each balance is changed once or twice in a
whole import instead of once in every chunk. A fingerprint that is there already makes its row a known one, so
neither a repeated chunk nor an overlapping file books anything twice. What is derived from a balance follows with
the event.
"""

from decimal import Decimal

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from db.engine import constraint_name
from db.events import Event, append, reserve_event
from db.repositories.imports import ImportRow
from db.services.imports.chunks import Chunk, Span
from db.services.imports.tables import ready_table

# To look for known rows costs a quarter of claiming them: that is only done when there are any.
_IF_KNOWN = "on conflict (fingerprint) do nothing"

# Fingerprints are claimed in their own order, so that two imports never wait for each other crosswise.
# Payments go in by date: one partition and its indexes after the other.
_POST = """
with chunk as materialized (
  select r.*, nextval('payments_id_seq') as entry_id
    from (select * from {ready} where position between :first and :last order by position) r
), claimed as (
  insert into import_rows (fingerprint, import_id, line, entry_id)
  select fingerprint, :import_id, line, entry_id from chunk order by fingerprint
  {if_known} returning entry_id, line
), posted as (
  insert into payments (id, property_id, tenant_id, payment_date, amount, method, reference, note, import_id, event_id)
  overriding system value
  select entry_id, property_id, tenant_id, payment_date, amount, method, reference, note, :import_id, :event_id
    from chunk join claimed using (entry_id) order by payment_date, position returning amount
)
select (select coalesce(sum(amount), 0) from posted) as amount,
       count(*) as posted, min(line) as first_line, max(line) as last_line from claimed
"""

_KNOWN = """
select known.import_id, count(*) as rows from {ready} r join import_rows known using (fingerprint)
 where r.position between :first and :last and known.import_id <> :import_id group by known.import_id
"""


def post(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    """Post these rows under one event."""
    event_id = reserve_event(conn)
    values = {"import_id": row.id, "first": span.first, "last": span.last, "event_id": event_id}
    conn.execute(text("set local work_mem = '64MB'"))
    try:
        with conn.begin_nested():
            done = conn.execute(text(_POST.format(ready=ready_table(row.id, span.part), if_known="")), values).one()
    except IntegrityError as error:
        if constraint_name(error) != "import_rows_pkey":
            raise
        done = conn.execute(text(_POST.format(ready=ready_table(row.id, span.part), if_known=_IF_KNOWN)), values).one()
    if done.posted:
        tell(conn, row, event_id, done.first_line, done.last_line, done.posted, done.amount)
    return _outcome(conn, row, span, done.posted)


def rehearse(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    """What would become of these rows. Nothing is posted, so that nobody has to wait."""
    return _outcome(conn, row, span, span.rows() - sum(_known(conn, row, span).values()))


def tell(
    conn: Connection, row: ImportRow, event_id: int, first_line: int, last_line: int, count: int, amount: Decimal
) -> None:
    """One event for many rows: they name it by `event_id` and lie between these lines of the file."""
    payload = {
        "importId": row.id, "firstLine": first_line, "lastLine": last_line, "count": count, "amount": amount,
    }  # fmt: skip
    event = Event("PaymentsImported", "import", row.id, payload, row.property_id)
    append(conn, event, event_id=event_id)


def _outcome(conn: Connection, row: ImportRow, span: Span, posted: int) -> Chunk:
    """The chunk of which so many rows were posted; the others are known."""
    known = _known(conn, row, span) if posted < span.rows() else {}
    return Chunk(span.rows(), posted, span.rows() - posted, known_from=known)


def _known(conn: Connection, row: ImportRow, span: Span) -> dict[str, int]:
    values = {"import_id": row.id, "first": span.first, "last": span.last}
    found = conn.execute(text(_KNOWN.format(ready=ready_table(row.id, span.part))), values)
    return {str(known.import_id): known.rows for known in found}
