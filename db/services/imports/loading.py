"""Fill new partitions with the rows of an import, then attach them: all in one transaction, the locks at its end.

What everybody needs is held only while the partitions are attached, for about a second. It is never waited for while
something else is held, so nobody who records a payment meanwhile can be drawn into a deadlock.
"""

import random
import time
from collections.abc import Mapping

from sqlalchemy import ARRAY, BigInteger, Connection, Date, bindparam, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from db.engine import sqlstate
from db.events import reserve_event
from db.repositories.imports import ImportRow
from db.services.imports import chunks
from db.services.imports.chunks import Chunk, Span
from db.services.imports.sorting import create_rows
from db.services.imports.tables import share
from db.writes import note_type

# How often it is tried to find everything free, and the longest pause in between, in seconds.
TRIES = 20
PAUSE = 0.3
_LOCKED = ("55P03", "40P01")


class LoadRefusedError(Exception):
    """A partition is there by now, or what it takes is never free: the rows of `span` have to go the ordinary way."""

    def __init__(self, span: Span) -> None:
        super().__init__(span.part)
        self.span = span


# Straight from the stage: what comes in whole needs no table to go on from.
_FETCH = """
create temporary table import_load on commit drop as
select r.*, nextval('payments_id_seq') as entry_id from ({rows}) r
"""

_CLAIM = text("""
insert into import_rows (fingerprint, import_id, line, entry_id)
select fingerprint, :import_id, line, entry_id from import_load order by fingerprint
""")

# One event for each piece of the usual size: whoever works the balances out takes one at a time.
_PIECES = (
    bindparam("import_id", type_=BigInteger),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("events", type_=ARRAY(BigInteger)),
    bindparam("size", type_=BigInteger),
)
_FILL = text("select fill_import(:import_id, :days, :events, :size)").bindparams(*_PIECES)
_ATTACH = text("select attach_import(:import_id, :days, :events, :size)").bindparams(*_PIECES)

_MISSING = text("""
select count(distinct p.name) from unnest(:days) day cross join lateral partition_for('payments', day) p
 where not p.there
""").bindparams(bindparam("days", type_=ARRAY(Date)))


def load(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    """Post a part as whole partitions. Raises LoadRefusedError."""
    _require_missing(conn, span)
    rows = _fetch(conn, row, span)
    events = [reserve_event(conn) for _ in range(0, rows, chunks.SIZE)]
    pieces = {"import_id": row.id, "days": span.partitions, "events": events, "size": chunks.SIZE}
    conn.execute(_FILL, pieces)
    _attach_when_free(conn, span, pieces)
    note_type(conn, "PaymentsImported", None)
    return Chunk(rows, applied=rows)


def _require_missing(conn: Connection, span: Span) -> None:
    """All partitions of the span are to be made. Raises LoadRefusedError."""
    days = span.partitions or []
    if conn.execute(_MISSING, {"days": days}).scalar_one() < len(days):
        raise LoadRefusedError(span)


def _fetch(conn: Connection, row: ImportRow, span: Span) -> int:
    """Put the rows into the temporary table `import_load`; how many they are. A known one would have a partition."""
    rows = create_rows(conn, row, span.part, _FETCH)
    try:
        conn.execute(_CLAIM, {"import_id": row.id})
    except IntegrityError:
        raise LoadRefusedError(span) from None
    share(conn, row.id, "import_load")
    return rows


def _attach_when_free(conn: Connection, span: Span, pieces: Mapping[str, object]) -> None:
    """Attach them as soon as nobody holds what that takes. Raises LoadRefusedError when it never is."""
    for _ in range(TRIES):
        try:
            with conn.begin_nested() as moment:
                if _held(conn, span):
                    conn.execute(_ATTACH, pieces)
                    return
                moment.rollback()
        except DBAPIError as error:
            if sqlstate(error) not in _LOCKED:
                raise
        time.sleep(random.uniform(0, PAUSE))  # noqa: S311 - only so that two do not keep step
    raise LoadRefusedError(span)


def _held(conn: Connection, span: Span) -> bool:
    """Take everything, the first while nothing else is held, the rest at once or not at all."""
    if not conn.execute(text("select hold_book()")).scalar():
        return False
    _require_missing(conn, span)
    return True
