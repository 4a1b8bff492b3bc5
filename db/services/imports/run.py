"""Carry an import on, one transaction a step, from wherever the last step left it.

A step commits its rows together with the progress, so that a killed worker has done a step wholly or not at all.
Chunks of payments are posted over several connections at once; of two workers with the same import, each does what
the other has not taken.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from db.engine import Database, DatabaseBusyError, constraint_name
from db.errors import N_, EkostError, RuleError, UnreachableError
from db.events import plain
from db.policies import IMPORT_CONNECTIONS, IMPORTS
from db.repositories.imports import ImportRow, Imports
from db.services.imports.chunks import Span
from db.services.imports.crew import Crew
from db.services.imports.loading import LoadRefusedError
from db.services.imports.steps import Step, StoppedError, carry_through, change, go_the_ordinary_way, take_step
from db.services.imports.tables import ImportLostError, is_staged

__all__ = [
    "ImportAgainError", "ImportClosedError", "ImportLostError", "carry_through", "reopen", "retry_import",
    "run_import", "step",
]  # fmt: skip

# Another change may hold the same balances for a while; then the step is done again.
TRIES = 5
# How long to wait before looking again whether others have left anything, and between two signs of life, in seconds.
PAUSE = 0.2
PULSE = IMPORTS.lease / 3

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


def run_import(
    database: Database, import_id: int, *, progress: Progress = ignore, connections: int = IMPORT_CONNECTIONS
) -> ImportRow:
    """Carry a queued or interrupted import to its end; `progress` is called after every step.

    Safe to be run twice, at once or again; an import that is done is returned as it is. When a step fails for
    good, the import is kept as failed with its reason and the error raised; what was committed stays. What
    `progress` raises stops the run, and the import stays open.
    """
    try:
        with (
            Crew(lambda: _beat(database, import_id), 1, PULSE) as pulse,
            Crew(lambda: _help(database, import_id), connections - 1, PAUSE) as crew,
        ):
            _touch(database, import_id)
            return _lead(database, import_id, (pulse, crew), progress)
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
                change(conn, import_id, state="running", failure=None, worked_at=None)
        except IntegrityError as error:
            if constraint_name(error) != "imports_file_once":
                raise
            raise ImportAgainError(id=import_id) from None


def step(database: Database, import_id: int) -> ImportRow:
    """Do and commit the next step of an import, again if another change held it up. Raises DatabaseBusyError."""
    return _step(database, import_id).row


def _lead(database: Database, import_id: int, crews: Iterable[Crew], progress: Progress) -> ImportRow:
    while True:
        done = _step(database, import_id)
        progress(done.row)
        if not done.row.is_open():
            return done.row
        for crew in crews:
            crew.check()
            if done.shared:
                crew.start()
        if done.waits:
            time.sleep(PAUSE)


def _help(database: Database, import_id: int) -> bool | None:
    done = _step(database, import_id)
    return not done.waits if done.row.is_open() else None


def _step(database: Database, import_id: int) -> Step:
    refused: Span | None = None
    for attempt in range(1, TRIES + 1):
        try:
            with database.transaction() as conn:
                if refused is None:
                    return take_step(conn, import_id)
                go_the_ordinary_way(conn, import_id, refused)
            break
        except LoadRefusedError as error:
            refused = error.span
        except DatabaseBusyError:
            if attempt == TRIES:
                raise
            time.sleep(0.1 * 2**attempt)
        except StoppedError:
            break
    with database.reading() as conn:
        return Step(Imports(conn).row(import_id), shared=True)


# Without waiting for a worker that has it; and the month of its events is made before a long transaction needs it.
_TOUCH = text("""
update imports set worked_at = clock_timestamp()
 where id = (select id from imports where id = :id and state in ('queued', 'running') for no key update skip locked)
""")
_OPEN_MONTH = text("select ensure_partition('events', (now() at time zone 'UTC')::date)")


def _touch(database: Database, import_id: int) -> None:
    """Tell that somebody is at work: a step may take long."""
    with database.transaction() as conn:
        conn.execute(_OPEN_MONTH)
        conn.execute(_TOUCH, {"id": import_id})


def _beat(database: Database, import_id: int) -> bool:
    """The same again and again; whether it comes through does not matter to the import."""
    with suppress(UnreachableError):
        _touch(database, import_id)
    return False


def _fail(database: Database, import_id: int, error: EkostError) -> None:
    """Keep why it stopped, as far as the database still listens."""
    told = {"code": error.code, "fields": {key: plain(value) for key, value in error.fields.items()}}
    with suppress(UnreachableError), database.transaction() as conn:
        if Imports(conn).lock(import_id).is_open():
            change(conn, import_id, state="failed", failure=told)
