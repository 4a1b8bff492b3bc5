"""Tenants: who they are, where they live, what they owe."""

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

    from db.repositories.rows import TenantRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[TenantRow]":
    from db.repositories.tenants import Tenants

    return Tenants(conn).page(
        property_id=scope.property_id, sort=TENANTS.sort(scope).name, matching=scope.words,
        after=cut.after, limit=cut.limit, way=cut.way,
    )  # fmt: skip


def count_tenants(conn: "Connection", scope: Scope) -> Extent | None:
    """How many there are; unless they are narrowed to one state, or to those with a room."""
    from db.repositories.extent import Extents

    if scope.status is not None or scope.sort == "room":
        return None
    return Extents(conn).tenants(property_id=scope.property_id, matching=scope.words)


TENANTS = Listing(
    columns=picked(
        records.TENANTS,
        name=(0, 30),
        code=1,
        outstanding_balance=0,
        room=0,
        monthly_rent=2,
        phone=3,
        property=4,
        moved_in_on=5,
        moved_out_on=7,
        email=8,
        created_at=9,
    ),
    sorts=(Sort("name", "name"), Sort("created", "created_at", downward=True)),
    read=_read,
    key=lambda row: row.id,
    command="ekost tenant list",
    command_sort="created",
    nothing=N_("There are no tenants yet."),
    matches=True,
    fields=records.TENANTS,
    counted=count_tenants,
)
