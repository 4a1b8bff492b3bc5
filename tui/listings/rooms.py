"""Rooms, in the order in which a person counts them."""

from typing import TYPE_CHECKING

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_
from tui.listings.listing import Listing, Sort
from tui.listings.signs import ROOM
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.rooms import RoomRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[RoomRow]":
    from db.repositories.rooms import Rooms

    return Rooms(conn).page(
        property_id=scope.property_id, status=scope.status, matching=scope.words,
        after=cut.after, limit=cut.limit, way=cut.way,
    )  # fmt: skip


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
    nothing=N_("There are no rooms yet."),
)
