"""Imports, the newest first."""

from typing import TYPE_CHECKING

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_
from tui.listings.listing import Listing, Sort
from tui.listings.signs import IMPORT
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.imports import ImportRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[ImportRow]":
    from db.repositories.imports import Imports

    return Imports(conn).page(state=scope.status, after=cut.after, limit=cut.limit, way=cut.way)


IMPORTS = Listing(
    columns=picked(
        records.IMPORTS,
        id=0,
        kind=0,
        file_name=(1, 30),
        state=0,
        rows_total=2,
        rows_applied=1,
        rows_skipped=3,
        rows_rejected=0,
        created_at=2,
        finished_at=4,
        signs={"state": IMPORT},
    ),
    sorts=(Sort("created", "created_at", downward=True),),
    read=_read,
    key=lambda row: row.id,
    command="ekost import list",
    command_sort="created",
    narrowed_by="state",
    of_house=False,
    fields=records.IMPORTS,
    nothing=N_("Nothing was imported yet: `ekost import payments FILE`."),
)
