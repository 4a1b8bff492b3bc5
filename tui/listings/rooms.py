"""Rooms, in the order in which a person counts them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.repositories.pages import Extent, Page
from locales import records
from locales.catalogs import N_
from locales.safe import safe
from locales.statuses import status_style, status_word
from tui.listings.floors import floor_of, floor_told
from tui.listings.listing import Listing, Sort
from tui.listings.signs import ROOM
from tui.scope import Scope
from tui.widgets.board.tiles import Tile
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.rooms import RoomRow
    from tui.lodging import Lodging


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[RoomRow]":
    from db.repositories.rooms import Rooms
    from tui.lodging import Lodging

    rooms = Rooms(conn)
    page = rooms.page(
        property_id=scope.property_id, status=scope.status, matching=scope.words,
        after=cut.after, limit=cut.limit, way=cut.way,
    )  # fmt: skip
    names = rooms.occupants(row.id for row in page.items)
    return page.mapped(lambda row: Lodging.of(row, names.get(row.id, ())))


def _count(conn: "Connection", scope: Scope) -> Extent | None:
    from db.repositories.extent import Extents

    return None if scope.status or scope.words else Extents(conn).rooms(property_id=scope.property_id)


ROOMS = Listing(
    columns=picked(
        records.ROOMS,
        number=0,
        property=1,
        status=0,
        occupied=0,
        capacity=0,
        monthly_rent=1,
        room_type=(2, 20),
        basis=4,
        created_at=6,
        signs={"status": ROOM},
    ),
    sorts=(Sort("number", "number"),),
    read=_read,
    key=lambda row: row.id,
    command="ekost room list",
    command_sort="number",
    nothing=N_("There are no rooms yet.\n`ekost room add` adds one."),
    matches=True,
    fields=records.ROOMS,
    counted=_count,
)


def tile_of(row: "Lodging") -> Tile:
    """A room on the board: the sign of its state, its number, how many of its beds are taken, and who lives there."""
    sign, figure = ROOM.get(row.status, " "), f"{row.occupied}/{row.capacity}"
    words = ", ".join(map(safe, row.names)) or status_word(row.status)
    return Tile(sign, safe(row.number), figure, words, status_style(row.status))


def place_of(row: "RoomRow") -> tuple[str, str]:
    """What a room stands under on the board."""
    return row.property, floor_of(row.number)


def floor_title(place: tuple[str, str]) -> str:
    """How that is called."""
    return safe(f"{place[0]}  {floor_told(place[1])}".rstrip())


def legend() -> Sequence[tuple[str, str]]:
    """What the signs mean, in their colours."""
    return [(f"{sign} {status_word(code)}", status_style(code)) for code, sign in ROOM.items()]
