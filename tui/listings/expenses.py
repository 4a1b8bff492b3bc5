"""Expenses, and how cash went from one to another, the latest first."""

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

    from db.repositories.cash import HandoverRow
    from db.repositories.expenses import ExpenseRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[ExpenseRow]":
    from db.repositories.expenses import Expenses

    return Expenses(conn).page(
        property_id=scope.property_id, category=scope.status, since=scope.since, until=scope.until, after=cut.after,
        limit=cut.limit, way=cut.way,
    )  # fmt: skip


def _read_handovers(conn: "Connection", scope: Scope, cut: Cut) -> "Page[HandoverRow]":
    from db.repositories.cash import Cash

    return Cash(conn).page(property_id=scope.property_id, after=cut.after, limit=cut.limit, way=cut.way)


EXPENSES = Listing(
    columns=picked(
        records.EXPENSES,
        spent_on=0,
        category=0,
        amount=0,
        payee=(1, 20),
        room=1,
        description=(2, 30),
        method=3,
        reversed_by=4,
        actor=3,
        id=3,
        property=3,
        reason=(5, 30),
        created_at=6,
        holder=7,
        reverses_id=7,
    ),
    sorts=(Sort("date", "spent_on", downward=True),),
    read=_read,
    key=lambda row: row.id,
    command="ekost expense list",
    command_sort="date",
    nothing=N_("There are no expenses in these days."),
    fields=records.EXPENSES,
    narrowed_by="category",
)
HANDOVERS = Listing(
    columns=picked(
        records.HANDOVERS,
        handed_on=0,
        giver=(0, 16),
        receiver=(0, 16),
        amount=0,
        state=1,
        variance=1,
        counted=2,
        expected=2,
        kind=3,
        signer=(3, 16),
        id=3,
        property=3,
        note=(4, 30),
        confirmed_on=5,
        reason=(5, 30),
        actor=6,
        created_at=6,
    ),
    sorts=(Sort("date", "handed_on", downward=True),),
    read=_read_handovers,
    key=lambda row: row.id,
    command="ekost cash list",
    command_sort="date",
    nothing=N_("No cash was handed over or counted yet."),
    fields=records.HANDOVERS,
)
