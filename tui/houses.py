"""The properties that everything can be about."""

from typing import TYPE_CHECKING

from locales.catalogs import N_
from tui.scope import House

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST = 100
# What is told where there is none; how somebody begins.
NO_HOUSE = N_("There is no property yet.\n`ekost property add` begins a book,\n`ekost demo` shows a made-up one.")


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


def has_house(conn: "Connection") -> bool:
    """Whether there is any property."""
    from db.repositories.rooms import Properties

    return bool(Properties(conn).page(limit=1).items)
