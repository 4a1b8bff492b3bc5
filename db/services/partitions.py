"""Partitions: months for what is read often, years for what is read seldom, so that a plan need not open hundreds."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from db.engine import Database
from db.repositories.partitions import Partitions
from db.services.holding import Progress, ignore

# Milliseconds for which others may have to wait behind us, before we give way and are tried again later.
GIVE_WAY = 2_000

_FOLD = text("select fold_year(:parent, :year)")


class Folded(NamedTuple):
    """A year of a table that is one partition now, and how many months it had."""

    table: str
    year: int
    months: int


def open_ahead(conn: Connection) -> None:
    """Partitions for the months to come: without one, rows would fall into the net."""
    conn.execute(text("select ensure_partitions_ahead()"))


def fold_years(database: Database, *, progress: Progress = ignore) -> list[Folded]:
    """Make one partition of the months of each year before the last one; what has been folded.

    Each year is one transaction: an entry of these months waits for it. Safe to be repeated. Raises DatabaseBusyError
    while somebody reads these years without a pause.
    """
    with database.reading() as conn:
        foldable = Partitions(conn).foldable()
    folded = []
    for number, (table, year) in enumerate(foldable):
        progress(number, len(foldable))
        with database.transaction(statement_timeout_ms=0) as conn:
            conn.execute(text(f"set local lock_timeout = {GIVE_WAY}"))
            folded.append(Folded(table, year, conn.execute(_FOLD, {"parent": table, "year": year}).scalar_one()))
    return folded
