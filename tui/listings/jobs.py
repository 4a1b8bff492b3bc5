"""Background work that waits, runs or is dead."""

from typing import TYPE_CHECKING

from db.repositories.pages import Page
from locales import records
from locales.catalogs import N_
from tui.listings.listing import Listing, Sort
from tui.listings.signs import JOB
from tui.scope import Scope
from tui.widgets.table.feeding import Cut
from tui.widgets.table.lines import picked

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.jobs import JobRow


def _read(conn: "Connection", scope: Scope, cut: Cut) -> "Page[JobRow]":
    from db.repositories.jobs import UNSETTLED, Jobs

    states = (scope.status,) if scope.status else UNSETTLED
    return Jobs(conn).page(states=states, after=cut.after, limit=cut.limit, way=cut.way)


JOBS = Listing(
    columns=picked(
        records.JOBS,
        id=0,
        state=0,
        subject=(0, 24),
        attempts=1,
        error=(1, 40),
        created_at=3,
        next_at=4,
        queue=5,
        done_at=6,
        signs={"state": JOB},
    ),
    sorts=(Sort("queue", "id"),),
    read=_read,
    key=lambda row: row.id,
    command="ekost jobs list",
    command_sort="queue",
    narrowed_by="state",
    of_house=False,
    fields=records.JOBS,
    nothing=N_("No work waits, and none is dead."),
)
