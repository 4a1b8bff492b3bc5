"""What stands in a room: an item more, an item less, and in which condition one was found."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from locales.catalogs import N_, _
from locales.formats import date_short
from locales.safe import safe
from locales.statuses import status_word
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.entries import TODAY, Entry, Given, Place, Typed, day, spoken, whole
from tui.dialogs.form import FormDialog
from tui.things import Where

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.inventory import ItemRow
    from db.repositories.lookup import PropertyRow, RoomRef

CONDITIONS = ("good", "worn", "broken", "missing")


class Placed(NamedTuple):
    """A room with its property, and the item in it, if it is about one."""

    room: "RoomRef"
    house: "PropertyRow"
    item: "ItemRow | None" = None

    @property
    def ref(self) -> str:
        """The room as a command names it."""
        return f"{self.house.code}/{self.room.number}"

    @property
    def thing(self) -> "ItemRow":
        """The item that it is about."""
        assert self.item is not None  # noqa: S101 - forms about an item have read one
        return self.item


class RoomForm(FormDialog[Placed]):
    """The day is that of the room's property."""

    def place(self, subject: Placed) -> Place:
        """At the room's property."""
        return Place(subject.house.today, subject.house.currency)


class AddItemDialog(RoomForm):
    """An item that stands in the room."""

    ENTRIES = (
        Entry("name", N_("Item"), needed=True),
        Entry("quantity", N_("Quantity"), whole, "--quantity", usual="1"),
        Entry("condition", N_("Condition"), option="--condition", usual="good", choices=CONDITIONS),
        Entry("on", N_("Seen on"), day, "--on", usual=TODAY),
        Entry("note", N_("Note"), option="--note"),
    )
    COMMAND = "ekost inventory add"
    OPERATION = "tui.add-item"

    def __init__(self, book: Book, where: Where) -> None:
        super().__init__(book)
        self.where = where

    def title_text(self) -> str:
        """In which room."""
        return _("Item in room {room}").format(room=f"{self.where.property}/{self.where.number}")

    def read_subject(self, conn: "Connection") -> Placed:
        """The room."""
        return placed(conn, self.where)

    def command_words(self, subject: Placed) -> tuple[list[str], list[str]]:
        """The room."""
        return [subject.ref], []

    def carry_out(self, conn: "Connection", subject: Placed, given: Given) -> int:
        """Write it down."""
        from db.services.inventory import add_item

        return add_item(
            conn, subject.room, given["name"], quantity=1 if given["quantity"] is None else given["quantity"],
            condition=given["condition"], note=given["note"], on=given["on"],
        )  # fmt: skip

    def effect(self, conn: "Connection", subject: Placed, given: Given, number: int) -> Iterator[str]:
        """All that stands there then, the new one first."""
        from db.repositories.inventory import Inventory

        for item in reversed(Inventory(conn).of_room(subject.room.id)):
            yield f"{item.quantity} × {item.name}: {status_word(item.condition)}"

    def done(self, subject: Placed, given: Given, number: int) -> Done:
        """Written down; it can be taken out again."""
        told = _("“{item}” is written down.").format(item=safe(given["name"]))
        return Done(told, partial(_remove, subject.room, number), _("It is taken out of the list."))


class ItemForm(RoomForm):
    """About one item by its number."""

    TITLE = N_("{item} in room {room}")

    def __init__(self, book: Book, number: int) -> None:
        super().__init__(book)
        self.number = number

    def title_text(self) -> str:
        """Which item, and where."""
        if self.subject is None:
            return _("Item #{number}").format(number=self.number)
        return _(self.TITLE).format(item=safe(self.subject.thing.name), room=self.subject.ref)

    def read_subject(self, conn: "Connection") -> Placed:
        """The item with its room. Raises ItemNumberError."""
        from db.repositories.inventory import Inventory

        item = Inventory(conn).row(self.number)
        return placed(conn, Where(item.room, item.property))._replace(item=item)


class CheckItemDialog(ItemForm):
    """In which condition it was found; what was recorded before stays."""

    ENTRIES = (
        Entry("condition", N_("Condition"), choices=CONDITIONS),
        Entry("on", N_("Seen on"), day, "--on", usual=TODAY),
        Entry("note", N_("Remark"), option="--note"),
    )
    COMMAND = "ekost inventory check"
    OPERATION = "tui.check-item"

    def prefill(self, subject: Placed) -> Typed:
        """As it was found last."""
        return {"condition": subject.thing.condition}

    def command_line(self, subject: Placed, typed: Typed) -> str:
        """`ekost inventory check KOSA/A1 Kasur=worn`: item and condition are one word."""
        found = quote(f"{subject.thing.name}={typed['condition']}")
        return " ".join([self.COMMAND, subject.ref, found, *spoken(self.ENTRIES[1:], typed)])

    def carry_out(self, conn: "Connection", subject: Placed, given: Given) -> int:
        """Record it."""
        from db.services.inventory import check_items

        check_items(conn, subject.room, {str(self.number): given["condition"]}, given["on"], note=given["note"])
        return self.number

    def effect(self, conn: "Connection", subject: Placed, given: Given, number: int) -> Iterator[str]:
        """The condition before and after; an older day changes nothing of today."""
        from db.repositories.inventory import Inventory

        before, after = subject.thing, Inventory(conn).row(number)
        yield _("{before} → {after}").format(before=status_word(before.condition), after=status_word(after.condition))
        yield _("last seen on {day}").format(day=date_short(after.checked_on))

    def done(self, subject: Placed, given: Given, number: int) -> Done:
        """Recorded; the condition before can be recorded again, unless it is of a later day and stands anyway."""
        item, on = subject.thing, given["on"] or subject.house.today
        undo = partial(_find_again, subject, on) if on >= item.checked_on else None
        told, again = (
            _("{item}: {condition}").format(item=safe(item.name), condition=status_word(code))
            for code in (given["condition"], item.condition)
        )
        return Done(told, undo, again)


class RemoveItemDialog(ItemForm):
    """It is no longer in the room; its history stays."""

    TITLE = N_("Take {item} out of the list of room {room}")
    SAVE = N_("Take out")
    ENTRIES = (Entry("reason", N_("Reason"), option="--reason", needed=True),)
    COMMAND = "ekost inventory remove"
    OPERATION = "tui.remove-item"

    def command_words(self, subject: Placed) -> tuple[list[str], list[str]]:
        """The room and the thing."""
        return [subject.ref, quote(subject.thing.name)], []

    def carry_out(self, conn: "Connection", subject: Placed, given: Given) -> int:
        """Take it out."""
        from db.services.inventory import remove_item

        return remove_item(conn, subject.room, str(self.number), given["reason"])

    def effect(self, conn: "Connection", subject: Placed, given: Given, number: int) -> Iterator[str]:
        """What stays there."""
        from db.repositories.inventory import Inventory

        left = len(Inventory(conn).of_room(subject.room.id))
        yield _("Items that stay in the room: {count}").format(count=left)

    def done(self, subject: Placed, given: Given, number: int) -> Done:
        """Gone."""
        return Done(_("“{item}” is taken out of the list.").format(item=safe(subject.thing.name)))


def placed(conn: "Connection", where: Where) -> Placed:
    """A room with its property. Raises RoomNotFoundError, AmbiguousError."""
    from db.repositories.lookup import find_room, get_property

    room = find_room(conn, where.number, where.property)
    return Placed(room, get_property(conn, room.property_id))


def _remove(room: "RoomRef", number: int, conn: "Connection") -> int:
    from db.services.inventory import remove_item

    return remove_item(conn, room, str(number), _("taken back at once"))


def _find_again(before: Placed, on: date, conn: "Connection") -> int:
    from db.services.inventory import check_items

    states = {str(before.thing.id): before.thing.condition}
    return check_items(conn, before.room, states, on, note=_("taken back at once"))
