"""Whom to remind of what today: the stage of each open bill, and of a tenant's bills the one to write about.

A reminder is something that happened, not a state of the bill. Who asks "is it three days late?" skips the stage on a
missed day; who asks "is it at least three days late?" sends all of them at once to a tenant who is seen late at last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from db.domain.allocation import LATE_FEE
from db.errors import N_, UsageError

# Days from the day on which a bill is due: three before, that day, and one, three and seven behind.
DEFAULT_STAGES = (-3, 0, 1, 3, 7)
EARLIEST, LATEST, MOST = -30, 90, 10
CHANNELS = ("whatsapp", "email", "sms", "other")
GREETINGS = ("none", "kak", "bapak_ibu", "mas_mbak")


class StagesError(UsageError):
    """Not a list of days."""

    code = "reminder_stages"
    message = N_("{value} is no list of days to remind on.")
    hint = N_("Write up to 10 days from -30 to 90 around the day it is due, such as -3,0,1,3,7, or none.")


class BillKey(NamedTuple):
    """What a bill is remembered by: a rent by lease and first day, posted or not, everything else by its charge."""

    charge_id: int | None
    lease_id: int | None = None
    period_start: date | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """Something of which `open` is still to be paid. `event` is the one that told of it, None if it is not posted yet.

    `sent` is the latest stage that its tenant was reminded of.
    """

    key: BillKey
    kind: str
    due_on: date
    open: Decimal
    period_start: date | None = None
    period_end: date | None = None
    event: int | None = None
    sent: int | None = None


class Last(NamedTuple):
    """The last reminder that a tenant got, of whichever bill: its day, and the event that told of it."""

    on: date
    event: int


class Due(NamedTuple):
    """A bill to remind of, at this stage."""

    bill: Bill
    stage: int


def parse_stages(text: str) -> tuple[int, ...]:
    """The days of `-3,0,1,3,7`, in order; `none` is no reminder at all. Raises StagesError."""
    if text.strip().lower() == "none":
        return ()
    try:
        stages = sorted({int(part) for part in text.split(",")})
    except ValueError:
        raise StagesError(value=text[:40]) from None
    if not EARLIEST <= stages[0] <= stages[-1] <= LATEST or len(stages) > MOST:
        raise StagesError(value=text[:40])
    return tuple(stages)


def stage_reached(stages: Iterable[int], due_on: date, today: date) -> int | None:
    """The newest stage of a bill on a day; None before the first."""
    return max((stage for stage in stages if due_on + timedelta(days=stage) <= today), default=None)


def stage_due(bill: Bill, stages: Iterable[int], today: date, last: Last | None = None) -> int | None:
    """The stage to remind of: the newest one reached, unless that or a later one was sent; older ones are past."""
    stage = stage_reached(stages, bill.due_on, today)
    if stage is None or bill.open <= 0 or (bill.sent is not None and bill.sent >= stage):
        return None
    return None if _was_named(bill, stage, last) else stage


def choose(bills: Sequence[Bill], stages: Iterable[int], today: date, last: Last | None = None) -> Due | None:
    """What to remind a tenant of today: the bill of the highest stage, of several the first; None if of nothing.

    `bills` come in the order in which they are filled (R12). One message a day is enough, and a late fee is a reason
    for one only when nothing else is late: where fees grow by the day there would be one every day.
    """
    if last is not None and last.on >= today:
        return None
    days = tuple(stages)
    late = any(bill.kind != LATE_FEE and bill.open > 0 and bill.due_on <= today for bill in bills)
    reasons = [bill for bill in bills if bill.kind != LATE_FEE or not late]
    due = [Due(bill, stage) for bill in reasons if (stage := stage_due(bill, days, today, last)) is not None]
    return max(due, key=lambda one: one.stage, default=None)


def _was_named(bill: Bill, stage: int, last: Last | None) -> bool:
    """Whether the last message told of it already: each names all that was posted and open by then.

    Without this, who has five old bills would hear of the same debt on five days in a row.
    """
    if stage < 0 or last is None or bill.event is None:
        return False
    return bill.event < last.event and bill.due_on + timedelta(days=stage) <= last.on
