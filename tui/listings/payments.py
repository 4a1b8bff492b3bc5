"""Payments, the latest first."""

from typing import TYPE_CHECKING

from db.repositories.pages import Extent, Page
from locales import records
from locales.catalogs import N_
from tui.listings.listing import Listing, Sort
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.ledger import PaymentRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[PaymentRow]":
    from db.repositories.ledger import Ledger

    return Ledger(conn).payments(
        property_id=scope.property_id, since=scope.since, until=scope.until, matching=scope.words,
        after=cut.after, limit=cut.limit, way=cut.way,
    )  # fmt: skip


def _count(conn: "Connection", scope: Scope) -> Extent | None:
    from db.repositories.extent import Extents

    if scope.words:
        return None
    return Extents(conn).payments(property_id=scope.property_id, since=scope.since, until=scope.until)


PAYMENTS = Listing(
    columns=picked(
        records.PAYMENTS,
        payment_date=0,
        tenant_name=(0, 26),
        amount=0,
        method=1,
        reference=(3, 24),
        tenant=2,
        reversed_by=2,
        id=3,
        property=4,
        note=(5, 40),
        created_at=6,
        import_id=7,
        reverses_id=7,
    ),
    sorts=(Sort("date", "payment_date", downward=True),),
    read=_read,
    key=lambda row: row.id,
    command="ekost payment list",
    command_sort="date",
    nothing=N_("There are no payments in these days."),
    matches=True,
    fields=records.PAYMENTS,
    counted=_count,
)
