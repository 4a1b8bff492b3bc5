"""Post a chunk of payments: entries, balances, event and progress in one transaction.

The rows are posted tenant by tenant, not in the order of the file: each balance is changed once or twice in a
whole import instead of once in every chunk. A fingerprint that is there already makes its row a known one, so
neither a repeated chunk nor an overlapping file books anything twice.
"""

from decimal import Decimal

from sqlalchemy import Connection, text

from db.events import Event, append, reserve_event
from db.repositories.imports import ImportRow
from db.services.imports.chunks import Chunk
from db.services.imports.tables import ready_table

CHUNK = 50_000

# Fingerprints are claimed in their own order, so that two imports never wait for each other crosswise.
# Payments go in by date: one partition and its indexes after the other.
_POST = """
with chunk as materialized (
  select r.*, nextval('payments_id_seq') as entry_id
    from (select * from {ready} where position > :after and position <= :last order by position) r
), claimed as (
  insert into import_rows (fingerprint, import_id, line, entry_id)
  select fingerprint, :import_id, line, entry_id from chunk order by fingerprint
  on conflict (fingerprint) do nothing returning entry_id, line
), posted as (
  insert into payments (id, property_id, tenant_id, payment_date, amount, method, reference, note, import_id, event_id)
  overriding system value
  select entry_id, property_id, tenant_id, payment_date, amount, method, reference, note, :import_id, :event_id
    from chunk join claimed using (entry_id) order by payment_date, position returning amount
)
select (select count(*) from chunk) as rows, (select coalesce(sum(amount), 0) from posted) as amount,
       count(*) as posted, min(line) as first_line, max(line) as last_line from claimed
"""

_KNOWN = """
select known.import_id, count(*) as rows from {ready} r join import_rows known using (fingerprint)
 where r.position > :after and r.position <= :last and known.import_id <> :import_id group by known.import_id
"""

_RECALCULATE = """
select recalculate_balances(array(select distinct tenant_id from {ready} where position > :after and position <= :last))
"""


def months_of(conn: Connection, row: ImportRow) -> list[str]:
    """The first days of the months that the rows of an import lie in, as ISO dates."""
    found = text(f"select distinct date_trunc('month', payment_date)::date from {ready_table(row.id)}")  # noqa: S608
    return [day.isoformat() for day in conn.execute(found).scalars()]


def open_months(conn: Connection, months: list[str]) -> None:
    """Make the partitions of these months. In a transaction of its own: it locks the whole table for a moment."""
    for month in sorted(months):
        conn.execute(text("select ensure_partition('payments', cast(:day as date))"), {"day": month})


def post_chunk(conn: Connection, row: ImportRow) -> Chunk | None:
    """Post the next rows under one event; None when there are no more."""
    event_id = reserve_event(conn)
    ready = ready_table(row.id)
    span = {"import_id": row.id, "after": row.position, "last": row.position + CHUNK}
    conn.execute(text("set local work_mem = '64MB'"))
    done = conn.execute(text(_POST.format(ready=ready)), {**span, "event_id": event_id}).one()
    if done.rows == 0:
        return None
    known: dict[str, int] = {}
    if done.posted:
        _tell(conn, row, event_id, done.first_line, done.last_line, done.posted, done.amount)
        conn.execute(text(_RECALCULATE.format(ready=ready)), span)
    if done.posted < done.rows:
        known = {str(found.import_id): found.rows for found in conn.execute(text(_KNOWN.format(ready=ready)), span)}
    return Chunk(row.position + done.rows, done.posted, done.rows - done.posted, known_from=known)


def _tell(
    conn: Connection, row: ImportRow, event_id: int, first_line: int, last_line: int, count: int, amount: Decimal
) -> None:
    """One event for the chunk: its rows name it by `event_id` and lie between these lines of the file."""
    payload = {
        "importId": row.id, "firstLine": first_line, "lastLine": last_line, "count": count, "amount": amount,
    }  # fmt: skip
    event = Event("PaymentsImported", "import", row.id, payload, row.property_id)
    append(conn, event, event_id=event_id)
