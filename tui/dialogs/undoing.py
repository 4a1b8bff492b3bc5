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

# Imports of so many rows are tried out beforehand, which holds what they brought for a second or two.
TRIED = {"payments": 5_000, "tenants": 200, "rooms": 200}


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
        """Take it back; of many payments only what would go on by itself is stopped here."""
        from db.services.imports.undo import stop, undo_within

        if _goes_on(subject):
            stop(conn, self.number)
        else:
            self._undone = undo_within(conn, self.number, reason=_reason(self.number))
        return self.number

    def attempt(self, conn: "Connection", subject: "ImportRow", given: Given) -> list[str]:
        """A large one is only counted."""
        if not _is_large(subject):
            return super().attempt(conn, subject, given)
        how = _("They are many: it goes on in the background, piece by piece.")
        wait = _("They are many: it takes a while.")
        return [*_taken_back(subject, subject.rows_applied), how if _goes_on(subject) else wait]

    def effect(self, conn: "Connection", subject: "ImportRow", given: Given, number: int) -> Iterator[str]:
        """What is reversed or archived, and which later files leaned on this one."""
        assert self._undone is not None  # noqa: S101 - see attempt
        yield from _taken_back(subject, self._undone.taken_back)
        if self._undone.also_in:
            told = _(
                "Rows of it were skipped by the later imports {ids}: to have them, undo those and import their files."
            )
            yield told.format(ids=", ".join(map(str, self._undone.also_in)))
        yield _("The file can be imported again then.")

    def done(self, subject: "ImportRow", given: Given, number: int) -> Done:
        """Taken back, or begun to be."""
        if _goes_on(subject):
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
    return row.rows_applied > TRIED[row.kind]


def _goes_on(row: "ImportRow") -> bool:
    """Whether it is taken back piece by piece; tenants and rooms are all archived or none."""
    return row.kind == "payments" and _is_large(row)


def _reason(number: int) -> str:
    return _("import {id} undone").format(id=number)


def _taken_back(row: "ImportRow", count: int) -> Iterator[str]:
    said = {
        "payments": _("Payments that are reversed today: {count}"),
        "tenants": _("Tenants that are archived, with all that was charged to them: {count}"),
        "rooms": _("Rooms that are archived: {count}"),
    }
    yield f"{status_word(row.kind)}: {row.file_name}"
    yield said[row.kind].format(count=figures(count))
