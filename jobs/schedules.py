"""What the calendar asks for: rent, balances of a new day, closings, partitions, cleaning up.

Every task may run twice, at once or again, and stand in a crontab as well; the table remembers only what can be
spared. The hours are those of the places concerned.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from db.connecting import DatabaseUnreachableError
from db.engine import ConnectionLostError, Database
from db.errors import N_, UnreachableError
from db.outbox import clear_done
from db.services import balances, billing, closings, late_fees, partitions, summaries
from db.services.retention import retain_audit
from db.services.schedules import Book, look, note_done, note_failed, turn
from db.tables import properties
from jobs.drain import told
from jobs.durations import timed
from jobs.queues import Tell

# Seconds between two looks at the calendar.
EVERY = 5.0
# Seconds for what has been begun, when the worker is to stop.
PATIENCE = 60.0

FAILED = N_("What is due by the day failed and is tried again later: {name} ({error}).")


class Due(NamedTuple):
    """A day, or the first of a month, that something is to be done for; `zone` is empty where it is done for all."""

    zone: str
    day: date
    key: str


# Called between two steps; ends the task when the worker has to stop.
Check = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """`run` is called once for each day, or month, that began `after` so long: in every time zone, or in the oldest.

    Of days that were missed only the last one is made up for: every task does all that is due by then.
    """

    name: str
    run: Callable[[Database, Due, Check], object]
    after: timedelta = timedelta(0)
    monthly: bool = False
    each_zone: bool = False

    def due(self, book: Book) -> list[Due]:
        """What it is due for now."""
        zones = book.zones if self.each_zone else book.zones[:1] or ("UTC",)
        found = [self._period(zone, book.now) for zone in zones]
        return [due for due in found if self._is_due(due, book)]

    def _period(self, zone: str, now: datetime) -> Due:
        day = (now.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - self.after).date()
        day = day.replace(day=1) if self.monthly else day
        return Due(zone if self.each_zone else "", day, f"{day:%Y-%m}" if self.monthly else day.isoformat())

    def _is_due(self, due: Due, book: Book) -> bool:
        done = book.done.get((self.name, due.zone))
        if done is None:
            return True
        return done.done_for != due.key and (done.next_at is None or done.next_at <= book.now)


def open_partitions(database: Database, _due: Due, _check: Check) -> None:
    """Partitions for the months to come: without one, rows would fall into the net."""
    with database.transaction() as conn:
        partitions.open_ahead(conn)


def bill(database: Database, _due: Due, check: Check) -> None:
    """The rent of a day that has begun somewhere, what being late costs (R15), and the statuses of rooms (R14)."""
    with database.transaction() as conn:
        billing.pass_day(conn)
    leases = 1
    while leases:
        check()
        with database.transaction() as conn:
            leases = billing.accrue(conn).leases
    with database.reading() as conn:
        chunks = late_fees.late_chunks(conn)
    for chunk in chunks:
        check()
        with database.transaction() as conn:
            late_fees.charge_late_fees(conn, chunk)


def refresh(database: Database, due: Due, check: Check) -> None:
    """What derives from a balance and the day: days overdue, paid or not (R13)."""
    p = properties.c
    with database.reading() as conn:
        there = conn.execute(select(p.id).where(p.timezone == due.zone).order_by(p.id)).scalars().all()
    for property_id in there:
        balances.refresh(database, property_id=property_id, progress=check)


def reconcile(database: Database, _due: Due, check: Check) -> None:
    """Every balance against the whole ledger."""
    balances.reconcile(database, progress=check)


def summarise(database: Database, _due: Due, _check: Check) -> None:
    """What months came to, for reports."""
    summaries.refresh_summaries(database)


def close(database: Database, due: Due, check: Check) -> None:
    """Totals at the end of the month before."""
    closings.close_month(database, due.day - timedelta(days=1), progress=check)


def fold(database: Database, _due: Due, check: Check) -> None:
    """One partition for the months of a year that is read seldom by now."""
    partitions.fold_years(database, progress=check)


def clear(database: Database, _due: Due, check: Check) -> None:
    """Deliveries that were done long ago; the events and what came of them stay."""
    cleared = 1
    while cleared:
        check()
        with database.transaction() as conn:
            cleared = clear_done(conn)


def retain(years: int, database: Database, due: Due, check: Check) -> None:
    """Years of the audit that are older than wanted; their hashes stay, and so do their tables."""
    retain_audit(database, years, due.day, progress=check)


_NIGHT = timedelta(hours=2)
# In this order, so that what is billed is in the balances, and what is closed has been compared.
SCHEDULES = (
    Schedule("partitions", open_partitions),
    Schedule("billing", bill, each_zone=True),
    Schedule("refresh", refresh, each_zone=True),
    Schedule("reconcile", reconcile, after=_NIGHT),
    Schedule("summaries", summarise, after=_NIGHT),
    # On the second the month is over everywhere.
    Schedule("closings", close, after=timedelta(days=1) + _NIGHT, monthly=True),
    Schedule("folding", fold, after=timedelta(days=2) + _NIGHT, monthly=True),
    Schedule("cleanup", clear, after=_NIGHT),
)


def schedules_for(audit_keep_years: int = 0) -> tuple[Schedule, ...]:
    """All of them; the audit is only cut where somebody asked for it."""
    if not audit_keep_years:
        return SCHEDULES
    cut = partial(retain, audit_keep_years)
    # After the months of a year became one partition.
    return (*SCHEDULES, Schedule("retention", cut, after=timedelta(days=3) + _NIGHT, monthly=True))


class _Stopped(Exception):  # noqa: N818 - no failure: it is due again with the next worker
    """The worker has to stop."""


class Calendar:
    """Does what is due in a thread of its own, so that a long night holds up nobody's balance."""

    def __init__(self, database: Database, tell: Tell, schedules: Sequence[Schedule] = SCHEDULES) -> None:
        self._database = database
        self._tell = tell
        self._schedules = schedules
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="calendar", daemon=True)

    def start(self) -> None:
        """Begin looking."""
        self._thread.start()

    def stop(self) -> None:
        """End after the step at hand."""
        self._stop.set()
        self._thread.join(PATIENCE)

    def look(self) -> int:
        """Do what is due, unless another worker is at it; how many runs ended well."""
        if not self._due():
            return 0
        with turn(self._database) as ours:
            # Asked again: it may have been done while we came to the lock.
            return sum(self._do(schedule, due) for schedule, due in self._due()) if ours else 0

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except (UnreachableError, _Stopped):
                pass  # the relay says that the database is away
            except Exception as error:
                self._tell(FAILED, name="-", error=type(error).__name__)
            self._stop.wait(EVERY)

    def _due(self) -> list[tuple[Schedule, Due]]:
        with self._database.reading() as conn:
            book = look(conn)
        return [(schedule, due) for schedule in self._schedules for due in schedule.due(book)]

    def _do(self, schedule: Schedule, due: Due) -> bool:
        try:
            with timed(schedule.name):
                schedule.run(self._database, due, self._check)
        except (DatabaseUnreachableError, ConnectionLostError, _Stopped):
            raise
        except Exception as error:
            with self._database.transaction() as conn:
                note_failed(conn, schedule.name, due.zone, told(error))
            self._tell(FAILED, name=schedule.name, error=type(error).__name__)
            return False
        with self._database.transaction() as conn:
            note_done(conn, schedule.name, due.zone, due.key)
        return True

    def _check(self, *_progress: object) -> None:
        if self._stop.is_set():
            raise _Stopped
