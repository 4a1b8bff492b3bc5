"""One step of an import in the transaction of the caller: prepare it, make partitions, sort or post rows, or finish.

Whoever sorts or posts payments holds that part or chunk only, so several can be at work; every other step is one
worker's.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, update

from db.events import Event, append
from db.repositories.imports import ImportRow, Imports
from db.services.imports import chunks, loading, months, payments, preparing, rows, sorting
from db.services.imports.chunks import Chunk, Span
from db.services.imports.tables import (
    ImportLostError,
    drop_tables,
    exists,
    is_staged,
    ready_table,
    take_time,
    tenants_table,
)
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
    if row.is_open() and row.kind == "payments" and not row.options.get("months"):
        span = chunks.take(conn, import_id)
        if span is not None:
            _count(conn, row.id, _work(conn, row, span))
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
            _count(conn, import_id, (payments.rehearse if span.is_sorted() else _sort)(conn, row, span))
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
    if chunks.take_again(conn, import_id, refused.part):
        months.open_months(conn, refused.partitions or [])
        chunks.plan(conn, import_id, [Span(refused.part)])


def change(conn: Connection, import_id: int, **values: object) -> None:
    """Write down how far an import is, and that somebody is at work."""
    changed = {"worked_at": func.clock_timestamp(), **values}
    conn.execute(update(imports).where(imports.c.id == import_id).values(**changed))


def _work(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    if span.partitions:
        return loading.load(conn, row, span)
    return payments.post(conn, row, span) if span.is_sorted() else _sort(conn, row, span)


def _sort(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    """Sort a part, and plan its chunks."""
    chunks.plan(conn, row.id, chunks.cut(span.part, sorting.sort_part(conn, row, span.part)))
    return Chunk(0)


def _take_alone(conn: Connection, row: ImportRow) -> Step:
    """A step of which only one worker can do any."""
    held = Imports(conn).lock_free(row.id)
    if held is None:
        return Step(row, waits=True)
    if not held.is_open():
        return Step(held)
    if not is_staged(conn, row.id):
        raise ImportLostError(id=row.id)
    if held.kind == "payments":
        return _take_payments(conn, held)
    if not exists(conn, ready_table(row.id)):
        rows.sort_out(conn, held)
        change(conn, row.id, state="running")
    elif (chunk := rows.apply_chunk(conn, held)) is None:
        _finish(conn, held)
    else:
        _count(conn, row.id, chunk)
    return Step(Imports(conn).row(row.id))


def _take_payments(conn: Connection, row: ImportRow) -> Step:
    if not exists(conn, tenants_table(row.id)):
        change(conn, row.id, state="running", options={**row.options, "months": preparing.prepare(conn, row)})
    elif row.options.get("months"):
        months.open_months(conn, row.options["months"])
        _opened(conn, row)
    elif chunks.are_left(conn, row.id):
        return Step(row, waits=True, shared=True)
    else:
        rejected = row.rows_total - row.position
        if rejected:
            sorting.reject(conn, row)
        _finish(conn, row._replace(rows_rejected=rejected))
    return Step(Imports(conn).row(row.id), shared=True)


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
    change(conn, row.id, state="done", rows_rejected=row.rows_rejected, finished_at=func.now(), failure=None)
    counts = {name: getattr(row, f"rows_{name}") for name in ("total", "applied", "skipped", "rejected")}
    payload = {"importId": row.id, "kind": row.kind, **counts}
    append(conn, Event("ImportFinished", "import", row.id, payload, row.property_id))
