"""Who is to be reminded today, each of one bill."""

from typing import TYPE_CHECKING

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_
from tui.listings.listing import Listing, Sort
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.reminders import ReminderRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[ReminderRow]":
    from db.repositories.reminders import Reminders

    return Reminders(conn).page(property_id=scope.property_id, after=cut.after, limit=cut.limit, way=cut.way)


REMINDERS = Listing(
    columns=picked(
        records.REMINDERS,
        name=(0, 26),
        room=1,
        stage=0,
        due_on=1,
        days=3,
        kind=2,
        amount=0,
        balance=3,
        contact=0,
        phone=4,
        email=5,
        tenant=4,
        property=5,
    ),
    sorts=(Sort("tenant", "tenant"),),
    read=_read,
    key=lambda row: (row.property, row.tenant),
    command="ekost reminder list",
    command_sort="tenant",
    nothing=N_("Nobody is to be reminded today."),
    fields=records.REMINDERS,
)
