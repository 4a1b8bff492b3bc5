"""Which property everything is about."""

from collections.abc import Sequence

from locales.catalogs import _
from tui.book import Book
from tui.dialogs.choosing import Choice, ChooseDialog
from tui.houses import find_houses
from tui.scope import House


class HouseDialog(ChooseDialog[House | None]):
    """One property, or all."""

    def __init__(self, book: Book) -> None:
        async def find(words: str) -> Sequence[Choice[House | None]]:
            houses = await book.ask(lambda conn: find_houses(conn, words))
            everything = [] if words else [Choice[House | None](_("All properties"), None)]
            return everything + [Choice[House | None](f"{house.code}  {house.name}", house) for house in houses]

        super().__init__(_("Property"), find)
