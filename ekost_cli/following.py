"""An import that is under way: done here, or by a worker while we look on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ekost_cli.context import Context
from ekost_cli.progress import progress_bar
from locales.catalogs import _

if TYPE_CHECKING:
    from db.repositories.imports import ImportRow

# How often the progress of a worker is looked at, in seconds.
LOOK = 0.25


def carry_on(ekost: Context, row: "ImportRow", *, wait: bool) -> "ImportRow":
    """Leave an open import to the workers, stay with it until it is done, or without a worker do it here."""
    if not row.is_open():
        return row
    if not worker_lives(ekost):
        ekost.note(_("No worker is running: the command does the work itself."))
        return do_here(ekost, row)
    if wait:
        return follow(ekost, row)
    text = _("A worker does it in the background: `ekost import show {id} --wait` shows how far it is.")
    ekost.note(text.format(id=row.id))
    return row


def worker_lives(ekost: Context) -> bool:
    """Whether anybody takes imports that are left for the background."""
    from db.policies import IMPORTS
    from db.repositories.workers import Workers

    with ekost.database.reading() as conn:
        return Workers(conn).alive(IMPORTS.queue)


def do_here(ekost: Context, row: "ImportRow") -> "ImportRow":
    """Carry an import to its end in this process, and work out the balances that it has changed."""
    from db.engine import NotAllowedError
    from db.services.imports.run import run_import
    from jobs.drain import drain

    going_on = _("Interrupted. What was imported stays; `ekost import retry {id}` goes on.")
    with _watching(ekost, row, going_on) as progress:
        done = run_import(ekost.database, row.id, progress=progress)
        try:
            drain(ekost.database, "balances")
        except NotAllowedError:
            ekost.note(_("Who is paid up until when follows when a worker runs; the amounts are right."))
    return done


def follow(ekost: Context, row: "ImportRow") -> "ImportRow":
    """Look on until the workers have finished; should they all fall silent, the rest is done here."""
    from db.repositories.imports import Imports

    detached = _("The import goes on in the background: `ekost import show {id} --wait` looks on again.")
    with _watching(ekost, row, detached) as progress:
        while row.is_open() and worker_lives(ekost):
            time.sleep(LOOK)
            with ekost.database.reading() as conn:
                row = Imports(conn).row(row.id)
            progress(row)
    return carry_on(ekost, row, wait=True)


@contextmanager
def _watching(ekost: Context, row: "ImportRow", if_interrupted: str) -> Iterator[Callable[["ImportRow"], None]]:
    """A bar with rate and remaining time for whoever is looking. Who interrupts is told how to go on."""
    try:
        with progress_bar(ekost, done=row.rows_done(), total=row.rows_total) as update:
            yield lambda row: update(row.rows_done(), row.rows_total)
    except KeyboardInterrupt:
        ekost.note(if_interrupted.format(id=row.id))
        raise
