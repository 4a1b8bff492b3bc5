"""One room: what it costs, who lives there and lived there, what was noted, what stands in it, what happened."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_, _
from locales.formats import money
from locales.safe import safe
from locales.statuses import status_word
from tui.account import Who
from tui.details.detail import DetailScreen
from tui.details.happenings import COLUMNS, teller
from tui.details.noted import inventory_view, item_of, note_of, notes_view
from tui.details.view import View
from tui.listings.signs import ROOM
from tui.things import Things, Where
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef
    from db.repositories.rooms import RoomRow


def _room(conn: "Connection", where: Where) -> "RoomRef":
    from db.repositories.lookup import find_room

    return find_room(conn, where.number, where.property)


def _leases(conn: "Connection", where: Where, cut: Cut) -> Page[Any]:
    from db.repositories.rooms import Rooms

    return Rooms(conn).leases(room_id=_room(conn, where).id, after=cut.after, limit=cut.limit, way=cut.way)


def _history(conn: "Connection", where: Where, cut: Cut) -> Page[Any]:
    from db.repositories.happened import happened_to_room
    from db.repositories.lookup import get_property

    found = _room(conn, where)
    page = happened_to_room(conn, found.id, after=cut.after, limit=cut.limit, way=cut.way)
    return page.mapped(teller(get_property(conn, found.property_id).currency, named=True))


class RoomDetail(DetailScreen["RoomRow"]):
    """A room by number."""

    VIEWS = (
        View(
            N_("Tenants"), picked(records.LEASES, tenant_name=(0, 30), starts_on=0, ends_on=0, monthly_rent=0, tenant=1,
                                  billing_day=2, basis=3),
            _leases, lambda row: row.id,
            "ekost lease list --property {property}", N_("This room was never let."),
        ),
        notes_view(_room, "ekost note list {property}/{number}"),
        inventory_view(_room, "ekost inventory list {property}/{number}"),
        View(
            N_("History"), COLUMNS, _history, lambda row: row.id,
            "ekost room history {property}/{number}", N_("Nothing has happened yet."),
        ),
    )  # fmt: skip

    def __init__(self, where: Where, mode: str) -> None:
        super().__init__(mode)
        self.where = where

    def about(self) -> Where:
        """The room."""
        return self.where

    def follow(self, after: Where) -> None:
        """The room by another number."""
        self.where = after

    def words(self) -> dict[str, str]:
        """Number and property."""
        return self.where._asdict()

    def read_subject(self, conn: "Connection") -> "RoomRow":
        """Its line of the list."""
        from db.repositories.rooms import Rooms

        return Rooms(conn).row(_room(conn, self.where).id)

    def card_told(self, subject: "RoomRow") -> Iterator[str]:
        """State, beds and price."""
        yield f"{subject.property}/{subject.number}  {safe(subject.room_type or '')}".rstrip()
        beds = _("{taken} of {beds} beds taken").format(taken=subject.occupied, beds=subject.capacity)
        yield f"{ROOM.get(subject.status, '')} {status_word(subject.status)}  {beds}"
        rent = _("rent {amount}").format(amount=money(subject.monthly_rent, subject.currency))
        yield f"{rent} · " + _("per {basis}").format(basis=status_word(subject.basis))

    def things_of(self, row: Any) -> Things:
        """The room, and what is under the cursor: a tenant, a note or a thing."""
        who = Who(row.tenant, row.property) if hasattr(row, "starts_on") else None
        return Things(who, room=self.where, house=self.where.property, note=note_of(row), item=item_of(row))

    def row_behind(self, row: Any) -> Any:
        """The tenant of a lease."""
        return Who(row.tenant, row.property) if hasattr(row, "starts_on") else None
