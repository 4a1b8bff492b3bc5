"""Which property everything is about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from locales.catalogs import _
from tui.book import Book
from tui.dialogs.choosing import Choice, ChooseDialog
from tui.scope import House

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST = 100


class HouseDialog(ChooseDialog[House | None]):
    """One property, or all."""

    def __init__(self, book: Book) -> None:
        async def find(words: str) -> Sequence[Choice[House | None]]:
            houses = await book.ask(lambda conn: find_houses(conn, words))
            everything = [] if words else [Choice[House | None](_("All properties"), None)]
            return everything + [Choice[House | None](f"{house.code}  {house.name}", house) for house in houses]

        super().__init__(_("Property"), find)


def find_house(conn: "Connection", code: str) -> House:
    """The property with this code. Raises PropertyNotFoundError."""
    from db.repositories.lookup import find_property

    found = find_property(conn, code)
    return House(found.id, found.code, found.name)


def find_houses(conn: "Connection", words: str) -> list[House]:
    """The first properties by code, or those that fit the words."""
    from db.repositories.rooms import Properties

    page = Properties(conn).page(limit=MOST, matching=words or None)
    return [House(row.id, row.code, row.name) for row in page.items]
