"""Notes about a tenant or a room: written, and taken back with a reason."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from locales.catalogs import N_, _
from locales.formats import instant
from locales.safe import safe
from tui.account import Who
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given
from tui.dialogs.form import FormDialog
from tui.things import Where

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef, TenantRef
    from db.repositories.notes import NoteRow

# So many of the last notes stand below the one that is written.
LATEST = 4


class NoteDialog(FormDialog["TenantRef | RoomRef"]):
    """One line of words; below it the notes that there are."""

    ENTRIES = (Entry("text", N_("Note"), needed=True),)
    COMMAND = "ekost note add"
    OPERATION = "tui.note"

    def __init__(self, book: Book, about: Who | Where) -> None:
        super().__init__(book)
        self.about = about

    def title_text(self) -> str:
        """About whom or what."""
        if isinstance(self.about, Where):
            name = f"{self.about.property}/{self.about.number}"
        else:
            name = getattr(self.subject, "name", self.about.code)
        return _("Note about {name}").format(name=safe(name))

    def read_subject(self, conn: "Connection") -> "TenantRef | RoomRef":
        """The tenant or the room."""
        from db.repositories.lookup import find_room, find_tenant

        if isinstance(self.about, Where):
            return find_room(conn, self.about.number, self.about.property)
        return find_tenant(conn, self.about.code, self.about.property)

    def command_words(self, subject: "TenantRef | RoomRef") -> tuple[list[str], list[str]]:
        """The tenant or the room."""
        if isinstance(self.about, Where):
            return [f"{self.about.property}/{self.about.number}"], []
        return [self.about.code], ["--property", self.about.property]

    def carry_out(self, conn: "Connection", subject: "TenantRef | RoomRef", given: Given) -> int:
        """Write it."""
        from db.services.notes import add_note

        return add_note(conn, subject, given["text"])

    def effect(self, conn: "Connection", subject: "TenantRef | RoomRef", given: Given, number: int) -> Iterator[str]:
        """The notes as they will stand, this one first."""
        from db.repositories.notes import Notes

        for row in Notes(conn).page(about=subject, voided=False, limit=LATEST).items:
            yield f"{instant(row.created_at, ZoneInfo(row.timezone))}  {row.text}"

    def done(self, subject: "TenantRef | RoomRef", given: Given, number: int) -> Done:
        """Written; it can be taken back."""
        told = _("Note #{number} is written.").format(number=number)
        return Done(told, partial(_void, number), _("Note #{number} is taken back.").format(number=number))


class VoidNoteDialog(FormDialog["NoteRow"]):
    """A note that was wrong, or is no longer true."""

    SAVE = N_("Take back")
    ENTRIES = (Entry("reason", N_("Reason"), option="--reason", needed=True),)
    COMMAND = "ekost note void"
    OPERATION = "tui.void-note"

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(book)
        self.number = number

    def title_text(self) -> str:
        """Which note."""
        return _("Take back note #{number}").format(number=self.number)

    def read_subject(self, conn: "Connection") -> "NoteRow":
        """The note. Raises NoteNotFoundError."""
        from db.repositories.notes import Notes

        return Notes(conn).row(self.number)

    def command_words(self, subject: "NoteRow") -> tuple[list[str], list[str]]:
        """Its number."""
        return [str(self.number)], []

    def carry_out(self, conn: "Connection", subject: "NoteRow", given: Given) -> int:
        """Take it back."""
        from db.services.notes import void_note

        return void_note(conn, self.number, given["reason"])

    def effect(self, conn: "Connection", subject: "NoteRow", given: Given, number: int) -> Iterator[str]:
        """What it says, and that this is kept."""
        yield f"“{subject.text}”"
        yield _("What it said and why it is taken back are kept.")

    def done(self, subject: "NoteRow", given: Given, number: int) -> Done:
        """Taken back."""
        return Done(_("Note #{number} is taken back.").format(number=number))


def _void(number: int, conn: "Connection") -> int:
    from db.services.notes import void_note

    return void_note(conn, number, _("taken back at once"))
