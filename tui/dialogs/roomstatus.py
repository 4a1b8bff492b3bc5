"""A room out for renovation, or back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.statuses import status_word
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given, Typed
from tui.dialogs.form import FormDialog
from tui.things import Where

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef


class RoomStatusDialog(FormDialog["RoomRef"]):
    """`occupied` follows from the leases; these two are for a person to say."""

    SAVE = N_("Save changes")
    ENTRIES = (Entry("status", N_("Status"), choices=("available", "renovation")),)
    COMMAND = "ekost room status"
    OPERATION = "tui.room-status"

    def __init__(self, book: Book, where: Where) -> None:
        super().__init__(book)
        self.where = where

    def title_text(self) -> str:
        """Which room."""
        return _("Status of room {room}").format(room=f"{self.where.property}/{self.where.number}")

    def read_subject(self, conn: "Connection") -> "RoomRef":
        """The room."""
        from db.repositories.lookup import find_room

        return find_room(conn, self.where.number, self.where.property)

    def prefill(self, subject: "RoomRef") -> Typed:
        """What it is not now."""
        return {"status": "available" if subject.status == "renovation" else "renovation"}

    def command_words(self, subject: "RoomRef") -> tuple[list[str], list[str]]:
        """The room."""
        return [f"{self.where.property}/{self.where.number}"], []

    def carry_out(self, conn: "Connection", subject: "RoomRef", given: Given) -> int:
        """Change it."""
        from db.services.rooms import set_room_status

        set_room_status(conn, subject, given["status"])
        return subject.id

    def effect(self, conn: "Connection", subject: "RoomRef", given: Given, number: int) -> Iterator[str]:
        """The status before and after."""
        from db.repositories.rooms import Rooms

        after = Rooms(conn).row(number).status
        yield _("{before} → {after}").format(before=status_word(subject.status), after=status_word(after))

    def done(self, subject: "RoomRef", given: Given, number: int) -> Done:
        """Changed."""
        return Done(_("Room {room} is now {status}.").format(room=subject.number, status=status_word(given["status"])))
