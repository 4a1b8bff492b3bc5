"""Post a chunk of payments: entries, amounts of the balances, event and progress in one transaction.

The rows are posted tenant by tenant, not in the order of the file: each balance is changed once or twice in a
whole import instead of once in every chunk. A fingerprint that is there already makes its row a known one, so
neither a repeated chunk nor an overlapping file books anything twice. What is derived from a balance follows with
the event.
"""

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.exc import IntegrityError

from db.engine import constraint_name
from db.events import note_written
from db.repositories.imports import ImportRow
from db.services.imports.chunks import Chunk, Span
from db.services.imports.tables import ready_table

_POST = text("select * from post_import(:import_id, :part, :first, :last, :some_known)").bindparams(
    *(bindparam(name, type_=BigInteger) for name in ("import_id", "first", "last"))
)

_KNOWN = """
select known.import_id, count(*) as rows from {ready} r join import_rows known using (fingerprint)
 where r.position between :first and :last and known.import_id <> :import_id group by known.import_id
"""


def post(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    """Post these rows under one event."""
    values = {"import_id": row.id, "part": span.part, "first": span.first, "last": span.last}
    conn.execute(text("set local work_mem = '64MB'"))
    try:
        with conn.begin_nested():
            done = conn.execute(_POST, {**values, "some_known": False}).one()
    except IntegrityError as error:
        if constraint_name(error) != "import_rows_pkey":
            raise
        done = conn.execute(_POST, {**values, "some_known": True}).one()
    if done.posted:
        payload = {"count": done.posted, "amount": done.amount}
        note_written(conn, "PaymentsImported", row.id, None, done.event, done.recorded_at, payload)
    return _outcome(conn, row, span, done.posted)


def rehearse(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    """What would become of these rows. Nothing is posted, so that nobody has to wait."""
    return _outcome(conn, row, span, span.rows() - sum(_known(conn, row, span).values()))


def _outcome(conn: Connection, row: ImportRow, span: Span, posted: int) -> Chunk:
    """The chunk of which so many rows were posted; the others are known."""
    known = _known(conn, row, span) if posted < span.rows() else {}
    return Chunk(span.rows(), posted, span.rows() - posted, known_from=known)


def _known(conn: Connection, row: ImportRow, span: Span) -> dict[str, int]:
    values = {"import_id": row.id, "first": span.first, "last": span.last}
    found = conn.execute(text(_KNOWN.format(ready=ready_table(row.id, span.part))), values)
    return {str(known.import_id): known.rows for known in found}
