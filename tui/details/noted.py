"""Lists of notes and of items, the same for whatever they are about."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_
from tui.details.view import View
from tui.listings.signs import CONDITION
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef, TenantRef


def notes_view(subject: "Callable[[Connection, Any], TenantRef | RoomRef]", command: str) -> View:
    """The notes about what `subject` finds, the latest first, those that were taken back among them."""

    def read(conn: "Connection", about: Any, cut: Cut) -> Page[Any]:
        from db.repositories.notes import Notes

        return Notes(conn).page(about=subject(conn, about), after=cut.after, limit=cut.limit, way=cut.way)

    # The words come first: there is a reason only where one was taken back, and that says so.
    columns = picked(records.NOTES, created_at=0, text=(0, 200), reason=(1, 60), actor=3)
    return View(N_("Notes"), columns, read, lambda row: row.id, command, N_("Nothing was noted yet."))


def inventory_view(room: "Callable[[Connection, Any], RoomRef]", command: str) -> View:
    """What stands in a room, each item as it was last found."""

    def read(conn: "Connection", about: Any, cut: Cut) -> Page[Any]:
        from db.repositories.inventory import Inventory

        found = room(conn, about)
        return Inventory(conn).page(room_id=found.id, after=cut.after, limit=cut.limit, way=cut.way)

    columns = picked(
        records.INVENTORY, name=(0, 40), quantity=0, condition=0, checked_on=0, remark=(1, 40), tenant=2, note=(2, 40),
        id=4, signs={"condition": CONDITION},
    )  # fmt: skip
    return View(N_("Inventory"), columns, read, lambda row: row.id, command, N_("Nothing was written down yet."))


def note_of(row: Any) -> int | None:
    """The number of a note that stands."""
    if row is None:  # perhaps the database is not loaded yet
        return None
    from db.repositories.notes import NoteRow

    return row.id if isinstance(row, NoteRow) and row.voided_at is None else None


def item_of(row: Any) -> int | None:
    """The number of a thing."""
    if row is None:
        return None
    from db.repositories.inventory import ItemRow

    return row.id if isinstance(row, ItemRow) else None
