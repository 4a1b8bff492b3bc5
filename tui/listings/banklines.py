"""Lines of bank statements, the latest first."""

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

    from db.repositories.bank import LineRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[LineRow]":
    from db.repositories.bank import Bank

    return Bank(conn).page(
        property_id=scope.property_id, state=scope.status, match=scope.words, after=cut.after, limit=cut.limit,
        way=cut.way,
    )  # fmt: skip


BANK_LINES = Listing(
    columns=picked(
        records.BANK_LINES,
        booked_on=0,
        amount=0,
        description=(1, 48),
        state=2,
        tenant=3,
        category=4,
        payment_id=5,
        reason=(5, 20),
        account=6,
        property=6,
    ),
    sorts=(Sort("date", "booked_on", downward=True),),
    read=_read,
    key=lambda row: row.id,
    command="ekost bank lines",
    command_sort="date",
    nothing=N_("No bank line is open. `ekost import bank` brings statements in."),
    fields=records.BANK_LINES,
    matches=True,
    narrowed_by="state",
)
