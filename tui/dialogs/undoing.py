"""A whole import taken back (R11), or a dead job given up: both are final, and both say beforehand what they do."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.formats import number as figures
from locales.statuses import status_word
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given
from tui.dialogs.retrying import ImportForm, JobForm
from tui.importing import take_back

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.imports import ImportRow
    from db.repositories.jobs import JobRow
    from db.services.imports.undo import Undone

# Imports of so many rows are taken back while one waits; more are a matter for the background.
AT_ONCE = 5_000


class UndoImportDialog(ImportForm):
    """Payments are reversed; tenants and rooms are archived if nobody used them. All of it, or nothing."""

    # The button waits for Tab: nothing is typed here, so that the Enter behind the key that opened it would do it.
    AUTO_FOCUS = ""
    TITLE = N_("Take back import {number}")
    SAVE = N_("Take back")
    COMMAND = "ekost import undo"
    OPERATION = "tui.undo-import"

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(book, number)
        self._undone: Undone | None = None

    def carry_out(self, conn: "Connection", subject: "ImportRow", given: Given) -> int:
        """Take it back; of a large one only what would go on by itself is stopped here."""
        from db.services.imports.undo import stop, undo_within

        if _is_large(subject):
            stop(conn, self.number)
        else:
            self._undone = undo_within(conn, self.number, reason=_reason(self.number))
        return self.number

    def effect(self, conn: "Connection", subject: "ImportRow", given: Given, number: int) -> Iterator[str]:
        """What is reversed or archived, and which later files leaned on this one."""
        yield f"{status_word(subject.kind)}: {subject.file_name}"
        if self._undone is None:
            yield _taken_back(subject.kind, subject.rows_applied)
            yield _("They are many: it goes on in the background, piece by piece.")
            return
        yield _taken_back(subject.kind, self._undone.taken_back)
        if self._undone.also_in:
            told = _(
                "Rows of it were skipped by the later imports {ids}: to have them, undo those and import their files."
            )
            yield told.format(ids=", ".join(map(str, self._undone.also_in)))
        yield _("The file can be imported again then.")

    def done(self, subject: "ImportRow", given: Given, number: int) -> Done:
        """Taken back, or begun to be."""
        if _is_large(subject):
            told = _("Import {number} is being taken back.").format(number=number)
            return Done(told, after=partial(take_back, number, _reason(number)))
        return Done(_("Import {number} is taken back.").format(number=number))


class DiscardJobDialog(JobForm):
    """The reason is kept with the job."""

    TITLE = N_("Give up job {job}")
    SAVE = N_("Give up")
    ENTRIES = (Entry("reason", N_("Reason"), option="--reason", needed=True),)
    COMMAND = "ekost jobs discard"
    OPERATION = "tui.discard-job"

    def carry_out(self, conn: "Connection", subject: "JobRow", given: Given) -> int:
        """Settle it without its effect."""
        from db.services.deliveries import discard_delivery
        from db.services.imports.giving_up import discard_import

        if subject.queue == "imports":
            discard_import(conn, subject.number, given["reason"])
        else:
            discard_delivery(conn, subject.number, subject.queue, given["reason"])
        return subject.number

    def done(self, subject: "JobRow", given: Given, number: int) -> Done:
        """Nobody tries it any more."""
        return Done(_("Job {job} is given up.").format(job=self.job))


def _is_large(row: "ImportRow") -> bool:
    return row.rows_applied > AT_ONCE


def _reason(number: int) -> str:
    return _("import {id} undone").format(id=number)


def _taken_back(kind: str, count: int) -> str:
    said = {
        "payments": _("{count} payments are reversed today."),
        "tenants": _("{count} tenants are archived, with all that was charged to them."),
        "rooms": _("{count} rooms are archived."),
    }
    return said[kind].format(count=figures(count))
