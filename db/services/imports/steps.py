"""One step of an import in the transaction of the caller: sort the rows out, make partitions, post a chunk, or finish.

Whoever posts a chunk of payments holds that chunk only, so several can be at work; every other step is one worker's.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, update

from db.events import Event, append
from db.repositories.imports import ImportRow, Imports
from db.services.imports import chunks, loading, months, payments, rows, sorting
from db.services.imports.chunks import Chunk, Span
from db.services.imports.tables import ImportLostError, drop_tables, is_ready, is_staged, take_time
from db.tables import imports


class StoppedError(Exception):
    """The import was undone or has failed while a chunk was under way: the chunk must not be kept."""


class Step(NamedTuple):
    """The import after a step. `waits`: others hold what is left. `shared`: several can do what is left."""

    row: ImportRow
    waits: bool = False
    shared: bool = False


def take_step(conn: Connection, import_id: int) -> Step:
    """Do the next step of an import; one that is not open is returned as it is.

    Raises ImportLostError, StoppedError, LoadRefusedError.
    """
    take_time(conn)
    row = Imports(conn).row(import_id)
    if row.is_open() and row.kind == "payments" and _may_post(conn, row):
        span = chunks.take(conn, import_id)
        if span is not None:
            _count(conn, row.id, (loading.load if span.partitions else payments.post)(conn, row, span))
            return Step(Imports(conn).row(import_id), shared=True)
    return _take_alone(conn, row)


def carry_through(conn: Connection, import_id: int) -> ImportRow:
    """All steps within one transaction, for a dry run that is rolled back.

    Payments are not posted: nobody else has to wait for a dry run, and its figures are the same.
    """
    row = Imports(conn).lock(import_id)
    while row.is_open():
        span = chunks.take(conn, import_id) if row.kind == "payments" else None
        if span is not None:
            _count(conn, import_id, payments.rehearse(conn, row, span))
            row = Imports(conn).row(import_id)
        else:
            if row.options.get("months"):
                _opened(conn, row)
            row, waits, _ = _take_alone(conn, row)
            if waits:  # a worker is in the middle of it
                break
    return row


def go_the_ordinary_way(conn: Connection, import_id: int, refused: Span) -> None:
    """Make the partitions that could not be loaded as a whole, and cut their rows into chunks to be posted."""
    if chunks.take_again(conn, import_id, refused):
        months.open_months(conn, refused.partitions or [])
        chunks.plan(conn, import_id, chunks.cut(refused.first, refused.last))


def change(conn: Connection, import_id: int, **values: object) -> None:
    """Write down how far an import is, and that somebody is at work."""
    changed = {"worked_at": func.clock_timestamp(), **values}
    conn.execute(update(imports).where(imports.c.id == import_id).values(**changed))


def _may_post(conn: Connection, row: ImportRow) -> bool:
    return not row.options.get("months") and is_ready(conn, row.id)


def _take_alone(conn: Connection, row: ImportRow) -> Step:
    """A step of which only one worker can do any."""
    held = Imports(conn).lock_free(row.id)
    if held is None:
        return Step(row, waits=True)
    if not held.is_open():
        return Step(held)
    if not is_staged(conn, row.id):
        raise ImportLostError(id=row.id)
    if not is_ready(conn, row.id):
        _sort_out(conn, held)
    elif held.options.get("months"):
        months.open_months(conn, held.options["months"])
        _opened(conn, held)
    elif chunks.are_left(conn, row.id):
        return Step(held, waits=True, shared=True)
    elif held.kind == "payments" or (chunk := rows.apply_chunk(conn, held)) is None:
        _finish(conn, held)
    else:
        _count(conn, row.id, chunk)
    return Step(Imports(conn).row(row.id), shared=held.kind == "payments")


def _sort_out(conn: Connection, row: ImportRow) -> None:
    rejected, options = 0, dict(row.options)
    if row.kind == "payments":
        rejected, options["months"] = sorting.sort_out(conn, row)
    else:
        rows.sort_out(conn, row)
    change(conn, row.id, state="running", rows_rejected=rejected, options=options)


def _opened(conn: Connection, row: ImportRow) -> None:
    change(conn, row.id, options={key: value for key, value in row.options.items() if key != "months"})


def _count(conn: Connection, import_id: int, chunk: Chunk) -> None:
    """Add a chunk to the figures, last of all: the others wait for them until it is committed."""
    row = Imports(conn).lock(import_id)
    if not row.is_open():
        raise StoppedError
    change(
        conn,
        import_id,
        position=row.position + chunk.rows,
        rows_applied=row.rows_applied + chunk.applied,
        rows_skipped=row.rows_skipped + chunk.skipped,
        rows_rejected=row.rows_rejected + chunk.rejected,
        options=_with_known(row, chunk),
    )


def _with_known(row: ImportRow, chunk: Chunk) -> Mapping[str, Any]:
    """The options with the earlier imports to which skipped rows belong: undoing one of them takes these rows away."""
    known = Counter(row.options.get("known_from", {})) + Counter(chunk.known_from)
    return {**row.options, "known_from": dict(known)} if known else row.options


def _finish(conn: Connection, row: ImportRow) -> None:
    drop_tables(conn, row.id)
    change(conn, row.id, state="done", finished_at=func.now(), failure=None)
    counts = {name: getattr(row, f"rows_{name}") for name in ("total", "applied", "skipped", "rejected")}
    payload = {"importId": row.id, "kind": row.kind, **counts}
    append(conn, Event("ImportFinished", "import", row.id, payload, row.property_id))
