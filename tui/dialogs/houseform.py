"""Forms about a property that stands in one of their lines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from locales.catalogs import N_
from tui.book import Book
from tui.dialogs.choosing import Choice
from tui.dialogs.entries import Entry, Place, Typed, at_home
from tui.dialogs.form import FormDialog
from tui.houses import find_houses
from tui.things import Things

if TYPE_CHECKING:
    from sqlalchemy import Connection

PROPERTY = Entry("property", N_("Property"), option="--property", needed=True, offers=True)


class Site(NamedTuple):
    """The property that stands there at first, nothing if there are several, and its day and money."""

    code: str
    place: Place


class HouseForm(FormDialog[Site]):
    """The subject is the property that stands there at first; `PROPERTY` is one of the lines."""

    def __init__(self, book: Book, things: Things) -> None:
        super().__init__(book)
        self._house = things.house

    def read_subject(self, conn: "Connection") -> Site:
        """The property that everything is about, or the only one."""
        from db.repositories.lookup import find_property

        houses = [] if self._house else find_houses(conn, "")
        code = self._house or (houses[0].code if len(houses) == 1 else "")
        if not code:
            return Site("", at_home())
        found = find_property(conn, code)
        return Site(code, Place(found.today, found.currency))

    def place(self, subject: Site) -> Place:
        """At that property."""
        return subject.place

    def prefill(self, subject: Site) -> Typed:
        """The property."""
        return {"property": subject.code}

    def offered(self, conn: "Connection", subject: Site, entry: Entry, words: str) -> Sequence[Choice[str]]:
        """The properties."""
        return [Choice(f"{house.code}  {house.name}", house.code) for house in find_houses(conn, words)]
