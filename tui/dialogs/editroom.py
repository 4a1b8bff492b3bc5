"""A room's number, list rent, kind and beds, put right."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from locales import records
from locales.catalogs import N_, _
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.editing import EditForm, Known
from tui.dialogs.entries import Entry, Given, amount, whole
from tui.things import Where

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef


class EditRoomDialog(EditForm["RoomRef"]):
    """A room's number, list rent, kind and beds; existing leases keep their rent (R5)."""

    ENTRIES = (
        Entry("number", N_("Number"), option="--number", needed=True),
        Entry("monthly_rent", N_("Rent a month"), amount, option="--rent", needed=True),
        Entry("room_type", N_("Type"), option="--type"),
        Entry("capacity", N_("Beds"), whole, option="--capacity", needed=True),
        Entry("basis", N_("Rent per"), option="--basis", choices=("per_tenant", "split_room")),
    )
    FIELDS = records.ROOMS
    COMMAND = "ekost room edit"
    OPERATION = "tui.edit-room"

    def __init__(self, book: Book, where: Where) -> None:
        super().__init__(book)
        self.where = where

    def title_text(self) -> str:
        """Which room."""
        return _("Room {room}").format(room=f"{self.where.property}/{self.where.number}")

    def read_subject(self, conn: "Connection") -> "Known[RoomRef]":
        """The room. Raises RoomNotFoundError."""
        from db.repositories.lookup import find_room

        ref = find_room(conn, self.where.number, self.where.property)
        return Known(ref, self.read_known(conn, ref.id))

    def read_known(self, conn: "Connection", number: int) -> Mapping[str, Any]:
        """The line of the list."""
        from db.repositories.rooms import Rooms

        return Rooms(conn).row(number)._asdict()

    def command_words(self, subject: "Known[RoomRef]") -> tuple[list[str], list[str]]:
        """The room."""
        return [f"{self.where.property}/{self.where.number}"], []

    def put_right(self, conn: "Connection", subject: "Known[RoomRef]", changes: Mapping[str, Any]) -> None:
        """Change it."""
        from db.services.rooms import edit_room

        edit_room(conn, subject.ref, changes, seen=subject.values_of(changes))

    def done(self, subject: "Known[RoomRef]", given: Given, number: int) -> Done:
        """Changed, perhaps the number by which the room is found."""
        there = self.where._replace(number=given["number"].upper())
        return Done(_("Room {room} is changed.").format(room=there.number), renamed=(self.where, there))
