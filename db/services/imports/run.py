"""Carry an import on, one transaction a step, from wherever the last step left it.

A step locks the import, so that two workers who got the same work take turns instead of doing it twice; it
commits its rows together with the progress, so that a killed worker has done a step wholly or not at all.
"""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, func, update
from sqlalchemy.exc import IntegrityError

from db.engine import Database, DatabaseBusyError, constraint_name
from db.errors import N_, EkostError, RuleError, UnreachableError
from db.events import Event, append, plain
from db.repositories.imports import ImportRow, Imports
from db.services.imports import payments, rows, sorting
from db.services.imports.chunks import Chunk
from db.services.imports.tables import ImportLostError, drop_tables, is_ready, is_staged, take_time
from db.tables import imports

# Another change may hold the same balances for a while; then the step is done again.
TRIES = 5

Progress = Callable[[ImportRow], None]


class ImportClosedError(RuleError):
    """There is nothing to go on with."""

    code = "import_closed"
    message = N_("Import {id} is {state}: there is nothing to repeat.")
    hint = N_("`ekost import errors {id}` shows what was rejected; mend that and import it as a new file.")


class ImportAgainError(RuleError):
    """A failed import was overtaken by another one of the same file."""

    code = "import_repeated"
    message = N_("The file of import {id} was imported again meanwhile.")
    hint = N_("`ekost import list` shows it.")


def ignore(row: ImportRow) -> None:
    """A progress that nobody watches."""


def run_import(database: Database, import_id: int, *, progress: Progress = ignore) -> ImportRow:
    """Carry a queued or interrupted import to its end; `progress` is called after every step.

    Safe to be run twice, at once or again; an import that is done is returned as it is. When a step fails for
    good, the import is kept as failed with its reason and the error raised; what was committed stays.
    """
    try:
        while True:
            row = step(database, import_id)
            progress(row)
            if not row.is_open():
                return row
    except UnreachableError as error:
        if isinstance(error, DatabaseBusyError):
            _fail(database, import_id, error)
        raise  # the import stays open: the next run goes on
    except EkostError as error:
        _fail(database, import_id, error)
        raise


def retry_import(database: Database, import_id: int, *, progress: Progress = ignore) -> ImportRow:
    """Go on with a failed or interrupted import. Raises ImportClosedError, ImportAgainError, ImportLostError."""
    with database.transaction() as conn:
        reopen(conn, import_id)
    return run_import(database, import_id, progress=progress)


def reopen(conn: Connection, import_id: int) -> None:
    """Let a failed import run again. Raises as `retry_import`."""
    row = Imports(conn).lock(import_id)
    if row.state in ("done", "undone") or row.options.get("undoing"):
        raise ImportClosedError(id=import_id, state=row.state)
    if not is_staged(conn, import_id):
        raise ImportLostError(id=import_id)
    if row.state == "failed":
        try:
            with conn.begin_nested():
                _change(conn, import_id, state="running", failure=None, worked_at=None)
        except IntegrityError as error:
            if constraint_name(error) != "imports_file_once":
                raise
            raise ImportAgainError(id=import_id) from None


def advance(conn: Connection, import_id: int) -> ImportRow:
    """Do the next step of an import: sort the rows out, make partitions, apply a chunk, or finish.

    An import that is not open is returned as it is.
    """
    take_time(conn)
    row = Imports(conn).lock(import_id)
    if not row.is_open():
        return row
    if not is_staged(conn, import_id):
        raise ImportLostError(id=import_id)
    if not is_ready(conn, import_id):
        _sort_out(conn, row)
    elif months := row.options.get("months"):
        payments.open_months(conn, months)
        _change(conn, import_id, options=_without(row, "months"))
    else:
        _apply(conn, row)
    return Imports(conn).row(import_id)


def carry_through(conn: Connection, import_id: int) -> ImportRow:
    """All steps within one transaction, for a dry run that is rolled back."""
    row = advance(conn, import_id)
    while row.is_open():
        row = advance(conn, import_id)
    return row


def step(database: Database, import_id: int) -> ImportRow:
    """Do and commit the next step of an import, again if another change held it up. Raises DatabaseBusyError."""
    for attempt in range(1, TRIES + 1):
        try:
            with database.transaction() as conn:
                return advance(conn, import_id)
        except DatabaseBusyError:
            if attempt == TRIES:
                raise
            time.sleep(0.1 * 2**attempt)
    raise AssertionError


def _sort_out(conn: Connection, row: ImportRow) -> None:
    rejected, options = 0, dict(row.options)
    if row.kind == "payments":
        rejected = sorting.sort_out(conn, row)
        options["months"] = payments.months_of(conn, row)
    else:
        rows.sort_out(conn, row)
    _change(conn, row.id, state="running", rows_rejected=rejected, options=options)


def _apply(conn: Connection, row: ImportRow) -> None:
    chunk = payments.post_chunk(conn, row) if row.kind == "payments" else rows.apply_chunk(conn, row)
    if chunk is None:
        _finish(conn, row)
    else:
        _change(
            conn,
            row.id,
            position=chunk.position,
            rows_applied=row.rows_applied + chunk.applied,
            rows_skipped=row.rows_skipped + chunk.skipped,
            rows_rejected=row.rows_rejected + chunk.rejected,
            options=_with_known(row, chunk),
        )


def _finish(conn: Connection, row: ImportRow) -> None:
    drop_tables(conn, row.id)
    _change(conn, row.id, state="done", finished_at=func.now(), failure=None)
    counts = {name: getattr(row, f"rows_{name}") for name in ("total", "applied", "skipped", "rejected")}
    payload = {"importId": row.id, "kind": row.kind, **counts}
    append(conn, Event("ImportFinished", "import", row.id, payload, row.property_id))


def _with_known(row: ImportRow, chunk: Chunk) -> dict[str, Any]:
    """The options with the earlier imports to which skipped rows belong: undoing one of them takes these rows away."""
    known = Counter(row.options.get("known_from", {})) + Counter(chunk.known_from)
    return {**row.options, "known_from": dict(known)} if known else dict(row.options)


def _without(row: ImportRow, name: str) -> dict[str, Any]:
    return {key: value for key, value in row.options.items() if key != name}


def _fail(database: Database, import_id: int, error: EkostError) -> None:
    """Keep why it stopped, as far as the database still listens."""
    told = {"code": error.code, "fields": {key: plain(value) for key, value in error.fields.items()}}
    with suppress(UnreachableError), database.transaction() as conn:
        if Imports(conn).lock(import_id).is_open():
            _change(conn, import_id, state="failed", failure=told)


def _change(conn: Connection, import_id: int, **values: object) -> None:
    changed = {"worked_at": func.clock_timestamp(), **values}
    conn.execute(update(imports).where(imports.c.id == import_id).values(**changed))
