"""A file on its way into the book. What would come of a small one is found by importing it and keeping nothing."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locales.catalogs import N_, _
from locales.formats import number as figures
from tui.book import Book
from tui.dialogs.choosing import Choice
from tui.dialogs.dialog import Dialog
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given, Place, Typed
from tui.dialogs.files import FileDialog
from tui.dialogs.form import FormDialog
from tui.houses import find_houses
from tui.importing import carry_on
from tui.sentences import sentence
from tui.things import Things

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.services.imports.staging import Staged

# Files up to so many bytes are tried out whole.
TRIED = 300_000
# Rejected cells that a preview tells of.
FEW = 3
SAID = {"iso": "2026-03-01", "dmy": "01/03/2026", "plain": "1500000.00", "id": "1.500.000,00"}


def path(text: str, place: Place) -> Path:
    """A file as a shell would find it."""
    return Path(text).expanduser()


class ImportDialog(FormDialog[str]):
    """The subject is the property for rows that name none."""

    SAVE = N_("Import")
    ENTRIES = (
        Entry("kind", N_("What"), choices=("payments", "tenants", "rooms")),
        Entry("file", N_("File"), path, needed=True, offers=True),
        Entry("property", N_("Property"), option="--property", offers=True),
        Entry("dates", N_("Dates"), option="--dates", usual="iso", choices=("iso", "dmy"), said=SAID.__getitem__),
        Entry("amounts", N_("Amounts"), option="--amounts", usual="plain", choices=("plain", "id"),
              said=SAID.__getitem__),
    )  # fmt: skip
    COMMAND = "ekost import"
    OPERATION = "tui.import"

    def __init__(self, book: Book, things: Things) -> None:
        super().__init__(book)
        self._house = things.house
        self._twin = False

    def title_text(self) -> str:
        """What is asked."""
        return _("Import a file")

    def read_subject(self, conn: "Connection") -> str:
        """The property that everything is about."""
        return self._house or ""

    def prefill(self, subject: str) -> Typed:
        """The property."""
        return {"property": subject}

    def offered(self, conn: "Connection", subject: str, entry: Entry, words: str) -> Sequence[Choice[str]]:
        """The properties."""
        return [Choice(f"{house.code}  {house.name}", house.code) for house in find_houses(conn, words)]

    def chooser(self, subject: str, entry: Entry) -> Dialog[Choice[str]]:
        """Files are looked for in folders."""
        if entry.name == "file":
            return FileDialog(_("File"), self.lines.typed["file"])
        return super().chooser(subject, entry)

    def carry_out(self, conn: "Connection", subject: str, given: Given) -> int:
        """Bring the file into the database and queue it."""
        staged = _stage(conn, given)
        self._twin = staged.repeated and not staged.row.is_open()
        return staged.row.id

    def effect(self, conn: "Connection", subject: str, given: Given, number: int) -> Iterator[str]:
        """What came of it."""
        from db.repositories.imports import Imports
        from db.services.imports.run import carry_through

        if self._twin:
            yield _("This file was imported before, as number {id}: nothing is done.").format(id=number)
            return
        row = carry_through(conn, number)
        told = _("{total} rows: {applied} applied, {skipped} skipped, {rejected} rejected")
        yield told.format(
            total=figures(row.rows_total), applied=figures(row.rows_applied), skipped=figures(row.rows_skipped),
            rejected=figures(row.rows_rejected),
        )  # fmt: skip
        yield from map(_rejected, Imports(conn).errors(number, limit=FEW).items)

    def attempt(self, conn: "Connection", subject: str, given: Given) -> list[str]:
        """A large file is not read twice: only whether it is there is told."""
        size = given["file"].stat().st_size if given["file"].is_file() else 0
        if size > TRIED:
            return [_("{size} kB: too much to try it out here.").format(size=figures(size // 1000))]
        return super().attempt(conn, subject, given)

    def done(self, subject: str, given: Given, number: int) -> Done:
        """Queued; without a worker it is carried on here."""
        if self._twin:
            return Done(_("This file was imported before, as number {id}: nothing is done.").format(id=number))
        told = _("Import {number} has begun: 6 shows how far it is.").format(number=number)
        return Done(told, after=partial(carry_on, number))


def _stage(conn: "Connection", given: Given) -> "Staged":
    from db.services.imports.reading import opened
    from db.services.imports.staging import Request, stage_file
    from db.settings import load_settings

    most = load_settings().import_max_mib
    request = Request(given["kind"], given["property"], given["dates"], given["amounts"], most)
    with opened(given["file"]) as stream:
        return stage_file(conn, request, stream, given["file"].name)


def _rejected(row: Any) -> str:
    from db.services.imports.rejections import error_of

    where = _("Line {line}, {column}:").format(line=row.line, column=row.column or "-")
    return f"{where} {sentence(error_of(row.code, row.fields))}"
