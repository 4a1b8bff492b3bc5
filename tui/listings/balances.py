"""Balances, the largest debt first; and the same by how long it has been due (R18)."""

from typing import TYPE_CHECKING

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_
from tui.listings.listing import Listing, Sort
from tui.listings.signs import PAID
from tui.listings.tenants import count_tenants
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.balances import AgingRow, BalanceRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[BalanceRow]":
    from db.repositories.balances import Balances

    return Balances(conn).page(
        property_id=scope.property_id, status=scope.status, sort=BALANCES.sort(scope).name, matching=scope.words,
        after=cut.after, limit=cut.limit, way=cut.way,
    )  # fmt: skip


def _read_aged(conn: "Connection", scope: Scope, cut: Cut) -> "Page[AgingRow]":
    from db.repositories.balances import Balances

    return Balances(conn).aging(
        property_id=scope.property_id, sort=AGING.sort(scope).name, matching=scope.words,
        after=cut.after, limit=cut.limit, way=cut.way,
    )  # fmt: skip


BALANCES = Listing(
    columns=picked(
        records.BALANCES,
        tenant_name=(0, 26),
        room=1,
        outstanding_balance=0,
        status=0,
        days_overdue=1,
        paid_through_on=2,
        tenant=3,
        oldest_due_on=4,
        property=4,
        monthly_rent=5,
        total_charges=6,
        total_payments=6,
        calculated_at=7,
        signs={"status": PAID},
    ),
    sorts=(
        Sort("outstanding", "outstanding_balance", downward=True),
        Sort("name", "tenant_name"),
        Sort("room", "room"),
    ),
    read=_read,
    key=lambda row: (row.property, row.tenant),
    command="ekost balance list",
    command_sort="outstanding",
    nothing=N_("There are no balances yet."),
    matches=True,
    fields=records.BALANCES,
    counted=count_tenants,
)
AGING = Listing(
    columns=picked(
        records.AGING,
        tenant_name=(0, 26),
        total=0,
        over_90=0,
        d61_90=0,
        d31_60=1,
        d1_30=1,
        not_due=3,
        credit=3,
        tenant=4,
        property=5,
    ),
    sorts=(Sort("outstanding", "total", downward=True), Sort("name", "tenant_name")),
    read=_read_aged,
    key=lambda row: (row.property, row.tenant),
    command="ekost balance aging",
    command_sort="name",
    nothing=N_("There are no balances yet."),
    matches=True,
    fields=records.AGING,
    counted=count_tenants,
)
