"""What has to be done once a day or month, and what is remembered of it: a run that failed stays due.

Whoever does it holds a lock from the look at what is due until all of it is done, so that of many workers one does it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from db.engine import Database
from db.tables import properties, schedules
from db.tables.base import Instant

LOCK = 0x0E0058
# Seconds before a failed run is tried again, doubled with each failure up to an hour.
PAUSE, LONGEST_PAUSE = 60, 3600


class Done(NamedTuple):
    """The last run: the day or month it was for, how often it failed since, and when it may be tried again."""

    done_for: str | None
    failures: int
    next_at: datetime | None


class Book(NamedTuple):
    """What decides on what is due: the moment, the time zones of the properties, oldest first, and what was done."""

    now: datetime
    zones: tuple[str, ...]
    done: Mapping[tuple[str, str], Done]


def look(conn: Connection) -> Book:
    """The book as it is now."""
    p, s = properties.c, schedules.c
    zones = select(p.timezone).where(p.archived_at.is_(None)).group_by(p.timezone).order_by(func.min(p.id))
    done = conn.execute(select(s.name, s.zone, s.done_for, s.failures, s.next_at))
    return Book(
        conn.execute(select(func.clock_timestamp(type_=Instant))).scalar_one(),
        tuple(conn.execute(zones).scalars()),
        {(row.name, row.zone): Done(row.done_for, row.failures, row.next_at) for row in done},
    )


@contextmanager
def turn(database: Database) -> Iterator[bool]:
    """The right to do what is due, until the end of this; False when another worker has it."""
    with database.transaction() as conn:
        # Held by a transaction, which PgBouncer leaves alone, with nothing else in it that would hold anything up.
        conn.execute(text("set local idle_in_transaction_session_timeout = 0"))
        yield bool(conn.execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}).scalar_one())


def note_done(conn: Connection, name: str, zone: str, done_for: str) -> None:
    """Remember that a schedule was done for this day or month."""
    values = {"done_for": done_for, "done_at": func.clock_timestamp(), "failures": 0, "next_at": None, "error": None}
    _keep(conn, name, zone, values)


def note_failed(conn: Connection, name: str, zone: str, error: str) -> None:
    """Remember that a schedule failed, and that it is to be tried again after a pause."""
    _keep(conn, name, zone, {"failures": 1, "error": error[:500]})
    conn.execute(_POSTPONE, {"name": name, "zone": zone, "pause": PAUSE, "longest": LONGEST_PAUSE})


_POSTPONE = text("""
update schedules
   set next_at = clock_timestamp() + make_interval(secs => least(:pause * 2 ^ least(failures - 1, 20), :longest))
 where name = :name and zone = :zone
""").bindparams(bindparam("pause"), bindparam("longest"))


def _keep(conn: Connection, name: str, zone: str, values: dict[str, object]) -> None:
    changed = dict(values)
    if values["failures"]:
        changed["failures"] = schedules.c.failures + 1
    entered = insert(schedules).values(name=name, zone=zone, **values)
    conn.execute(entered.on_conflict_do_update(index_elements=["name", "zone"], set_=changed))
