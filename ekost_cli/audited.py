"""Say plainly what a list does not know: what the workers have not audited yet, and what was detached."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from ekost_cli.context import Context
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection


def note_missing(ekost: Context, conn: "Connection", until: datetime | None = None) -> None:
    """A note on stderr when events up to an instant are not in the audit, and what brings them there."""
    from db.repositories.audit import MANY, Audit

    missing = Audit(conn).missing(until)

    def count(number: int) -> str:
        return f"{MANY}+" if number == MANY else str(number)

    if missing.waiting:
        text = _("Events that wait for the audit: {count}. What they tell is missing here until a worker has run:")
        ekost.note(text.format(count=count(missing.waiting)) + " `ekost worker --once`, `ekost up --worker`.")
    if missing.dead:
        text = _("Events that could not be audited: {count}. `ekost jobs list --queue audit --state dead` shows them.")
        ekost.note(text.format(count=count(missing.dead)))


def note_detached(ekost: Context, conn: "Connection", parent: str, since: date | None, until: date | None) -> None:
    """A note on stderr for each detached partition of `parent` in which days of the list lie."""
    from db.repositories.detached import detached_partitions

    for one in detached_partitions(conn, parent):
        if (since is None or since < one.after) and (until is None or until >= one.first):
            text = _("{name} is detached: {rows} rows of it are not shown. `ekost db attach {name}` brings them back.")
            ekost.note(text.format(name=one.name, rows=one.rows))
