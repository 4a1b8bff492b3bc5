"""When the last backup was made: the day somebody asks that is too late."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import func, select

from db.backup.dump import SCHEDULE
from db.doctor.database import examine_schema
from db.doctor.finding import Finding, doubtful, fine
from db.engine import Database
from db.errors import N_, UnreachableError
from db.tables import events, schedules

CHECK = "backup"
# Days after which the last backup is an old one.
OLD = 3
_HINT = N_("`ekost db backup FOLDER --keep 14`, every night by cron; see docs/backup.md.")


def examine_backup(database: Database) -> Iterator[Finding]:
    """The age of the last backup, which the book itself remembers; nothing where there is no book to speak of."""
    with suppress(UnreachableError):  # told where the database is examined
        yield from _examine(database)


def _examine(database: Database) -> Iterator[Finding]:
    age = func.extract("epoch", func.clock_timestamp() - schedules.c.done_at) / 86_400
    asked = select(age).where(schedules.c.name == SCHEDULE, schedules.c.done_at.is_not(None))
    with database.reading() as conn:
        if examine_schema(conn).status != "pass" or not conn.execute(select(select(events.c.id).exists())).scalar_one():
            return
        days = conn.execute(asked).scalar()
    if days is None:
        yield doubtful(CHECK, N_("No backup was ever made of this book."), _HINT)
    elif days > OLD:
        yield doubtful(CHECK, N_("The last backup is {days} days old."), _HINT, days=int(days))
    else:
        yield fine(CHECK, N_("The last backup is {hours} hours old."), hours=int(days * 24))
