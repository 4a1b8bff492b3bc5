"""A room for a tenant: moving in, and moving to another one."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.formats import date_short, money
from tui.dialogs.choosing import Choice
from tui.dialogs.done import Done
from tui.dialogs.effects import posted_told
from tui.dialogs.entries import TODAY, Entry, Given, amount, day, whole
from tui.dialogs.tenantform import TenantForm

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import RoomRef, TenantRef
    from db.repositories.rooms import LeaseRow

ROOM = Entry("room", N_("Room"), needed=True, offers=True)
RENT = Entry("rent", N_("Rent a month"), amount, "--rent")
# Free rooms that are offered at once.
MOST = 50


class RoomForm(TenantForm):
    """A form with a room in it. The number of what came of it is the lease's."""

    def offered(self, conn: "Connection", subject: "TenantRef", entry: Entry, words: str) -> Sequence[Choice[str]]:
        """The free rooms of the tenant's property, by number."""
        from db.repositories.rooms import Rooms

        page = Rooms(conn).page(property_id=subject.property_id, status="available", matching=words or None, limit=MOST)
        return [
            Choice(
                f"{row.number}  {row.room_type or ''}  {money(row.monthly_rent, row.currency)}  "
                f"{row.occupied}/{row.capacity}",
                row.number,
            )
            for row in page.items
        ]

    def room(self, conn: "Connection", given: Given) -> "RoomRef":
        """The room that was typed. Raises RoomNotFoundError, AmbiguousError."""
        from db.repositories.lookup import find_room

        return find_room(conn, given["room"], self.who.property)

    def effect(self, conn: "Connection", subject: "TenantRef", given: Given, number: int) -> Iterator[str]:
        """Where the tenant lives from when on, what is posted for that, and the balance behind it."""
        yield _living(lease_row(conn, number))
        yield from posted_told(conn, subject.id)
        yield self.balance_behind(conn, subject)


class AssignDialog(RoomForm):
    """Moving in."""

    TITLE = N_("A room for {name}")
    SAVE = N_("Move in")
    ENTRIES = (
        ROOM,
        Entry("from", N_("From"), day, "--from", usual=TODAY),
        RENT,
        Entry("billing_day", N_("Billing day"), whole, "--billing-day"),
        Entry("billed_from", N_("Billed from"), day, "--billed-from"),
    )
    COMMAND = "ekost tenant assign"
    OPERATION = "tui.assign"

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """Let a bed."""
        from db.services.leases import assign_tenant

        lease = assign_tenant(
            conn, subject, self.room(conn, given), given["from"] or subject.today, monthly_rent=given["rent"],
            billing_day=given["billing_day"], billed_from=given["billed_from"],
        )  # fmt: skip
        return lease.id

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """Moved in."""
        return Done(_("{name} has room {room}.").format(name=subject.name, room=given["room"].upper()))


class MoveDialog(RoomForm):
    """To another room: at the next billing boundary, or on a day with credit and charge for the rest (R6)."""

    TITLE = N_("Another room for {name}")
    SAVE = N_("Move")
    ENTRIES = (ROOM, Entry("on", N_("First day there"), day, "--on"), RENT)
    COMMAND = "ekost tenant move"
    OPERATION = "tui.move"

    def carry_out(self, conn: "Connection", subject: "TenantRef", given: Given) -> int:
        """Move."""
        from db.services.moves import move_tenant

        return move_tenant(conn, subject, self.room(conn, given), given["on"], monthly_rent=given["rent"]).lease.id

    def done(self, subject: "TenantRef", given: Given, number: int) -> Done:
        """The move is in the book."""
        return Done(_("{name} moves to room {room}.").format(name=subject.name, room=given["room"].upper()))


def lease_row(conn: "Connection", number: int) -> "LeaseRow":
    """A lease as lists show it."""
    from db.repositories.rooms import Rooms

    return Rooms(conn).lease(number)


def _living(lease: "LeaseRow") -> str:
    return _("Room {room} from {date}, {rent} a month, billed on day {day}").format(
        room=lease.room, date=date_short(lease.starts_on), rent=money(lease.monthly_rent, lease.currency),
        day=lease.billing_day,
    )  # fmt: skip
