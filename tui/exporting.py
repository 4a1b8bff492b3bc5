"""A list as a file, row by row: the same rows and the same bytes as the command line would print."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from db.errors import EkostError, RuleError, UsageError
from db.repositories.pages import Way
from locales.catalogs import N_
from locales.fields import Field
from tui.listings.listing import Listing
from tui.scope import Scope
from tui.widgets.table.feeding import Cut

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database

# What a file may be, by its suffix; its rows that are read at a time.
WORKBOOK = "xlsx"
FORMATS = ("csv", "tsv", "json", "ndjson", WORKBOOK)
PAGE = 500


class ExportFormatError(UsageError):
    """The name of the file does not say how to write it."""

    code = "export_format"
    message = N_("“{file}” does not say what it will be.")
    hint = N_("Let it end with .csv, .tsv, .json, .ndjson or .xlsx.")


class ExportExistsError(RuleError):
    """There is such a file already; it is never replaced."""

    code = "export_exists"
    message = N_("There is a file “{file}” already.")
    hint = N_("Choose another name.")


class ExportFailedError(EkostError):
    """The file can't be written."""

    code = "export_failed"
    message = N_("“{file}” can't be written: {reason}.")
    hint = N_("Choose a folder that is there and that you may write to.")


class ExportStoppedError(EkostError):
    """Somebody does not want it any more."""

    code = "export_stopped"
    message = N_("Stopped; nothing was kept.")


def format_of(path: Path) -> str:
    """How a file is written. Raises ExportFormatError."""
    if (suffix := path.suffix.lower().removeprefix(".")) in FORMATS:
        return suffix
    raise ExportFormatError(file=path.name)


def check_new(path: Path) -> None:
    """Whether a file can be made there, as far as one can tell before. Raises the errors of `write_list`."""
    format_of(path)
    if os.path.lexists(path):
        raise ExportExistsError(file=path.name)
    if not path.parent.is_dir():
        raise ExportFailedError(file=path.name, reason=os.strerror(2))


def write_list(database: "Database", listing: Listing, scope: Scope, path: Path, told: Callable[[int], None]) -> int:
    """Write all rows of a list to a new file that only its owner can read; how many there were.

    `told` gets the number of rows after each page, and may raise to stop. Of what does not end well nothing is left.
    Raises ExportFormatError, ExportExistsError, ExportFailedError, WorkbookMissingError,
    UnreachableError.
    """
    count, form = 0, format_of(path)

    def counted(conn: "Connection") -> Iterator[Any]:
        nonlocal count
        for rows in _pages(conn, listing, scope):
            told(count)
            yield from rows
            count += len(rows)

    with _new_file(path) as file, database.reading() as conn:
        _write(form, file, counted(conn), listing.fields)
    return count


def _write(form: str, file: BinaryIO, rows: Iterator[Any], fields: tuple[Field, ...]) -> None:
    if form == WORKBOOK:
        from tui.workbook import fill_workbook

        fill_workbook(file, rows, fields)
        return
    from locales.writers import WRITERS

    text = TextIOWrapper(file, encoding="utf-8", newline="\n", write_through=False)
    try:
        WRITERS[form](text, rows, fields, lambda: None)
        text.flush()
    finally:
        text.detach()


def _pages(conn: "Connection", listing: Listing, scope: Scope) -> Iterator[list[Any]]:
    after: str | None = None
    way = Way.BEFORE if scope.reverse else Way.BEHIND
    while True:
        page = listing.read(conn, scope, Cut(after, way, PAGE))
        page = page.turned() if scope.reverse else page
        yield page.items
        if (after := page.next) is None:
            return


class _new_file:  # noqa: N801 - used as a function
    """A file that was not there before; it is taken away again when what is done with it fails."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> BinaryIO:
        try:
            number = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            raise ExportExistsError(file=self._path.name) from None
        except OSError as error:
            raise ExportFailedError(file=self._path.name, reason=error.strerror) from error
        self._file = os.fdopen(number, "wb")
        return self._file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        try:
            self._file.close()
        except OSError as failure:  # the disk is full
            error = error or failure
        if error is not None:
            with suppress(OSError):
                self._path.unlink()
        if isinstance(error, OSError):
            raise ExportFailedError(file=self._path.name, reason=error.strerror) from error
