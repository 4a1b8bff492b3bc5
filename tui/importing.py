"""Long work on imports that nobody else carries on: done here, beside the screen, for as long as it stays open."""

from contextlib import suppress
from typing import TYPE_CHECKING

from tui.book import Book

if TYPE_CHECKING:
    from db.engine import Database
    from db.repositories.imports import ImportRow


class _LeavingError(Exception):
    """The screens are being closed: the import stays open and goes on another time."""


def carry_on(import_id: int, book: Book) -> None:
    """Leave it to the workers, or without one begin it here in the background."""

    def look(_row: "ImportRow") -> None:
        if book.closed:
            raise _LeavingError

    def work(database: "Database") -> None:
        from db.policies import IMPORTS
        from db.repositories.workers import Workers
        from db.services.imports.run import run_import
        from jobs.drain import drain

        with database.reading() as conn:
            alive = Workers(conn).alive(IMPORTS.queue)
        if alive:
            return
        try:
            run_import(database, import_id, progress=look)
        except _LeavingError:
            return
        drain(database, "balances")

    book.aside(work)


def take_back(import_id: int, reason: str, book: Book) -> None:
    """Reverse all that an import brought, piece by piece; what is left when one leaves is taken back another time."""

    def look(_count: int) -> None:
        if book.closed:
            raise _LeavingError

    def work(database: "Database") -> None:
        from db.services.imports.undo import undo_import

        with suppress(_LeavingError):
            undo_import(database, import_id, reason=reason, progress=look)

    book.aside(work)
