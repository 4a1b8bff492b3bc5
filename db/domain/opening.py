"""Where the book takes over a tenant who lived there before (R17): nothing is invented about the time until then."""

from dataclasses import dataclass
from datetime import date, timedelta

from db.domain.periods import period_containing
from db.errors import N_, RuleError, UsageError


class PaidThroughError(RuleError):
    """The last day that is paid lies within a period: whether its rest is paid too would be a guess."""

    code = "paid_through"
    message = N_(
        "{day} is not the last day of a rent period: with billing day {billing_day} these are {before} and {after}."
    )
    hint = N_("Give one of these days, or the billing day by which this tenant pays.")


class PaidBeforeError(RuleError):
    """Paid for days on which the tenant did not live there yet."""

    code = "paid_before_moving_in"
    message = N_("Rent is paid until {day}, but the tenant moves in on {starts_on}.")
    hint = N_("Correct one of the two days; who has paid nothing yet has no such day.")


class OpeningTwiceError(UsageError):
    """Two cells say from when on rent is owed."""

    code = "opening_twice"
    message = N_("Rent is paid until {day}, but billed from {billed_from}.")
    hint = N_("Give one of the two days: rent is owed from the day after the last one that is paid.")


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A lease as the book takes it over: `billing_day` None is left to the property and the start's day."""

    starts_on: date
    billing_day: int | None
    billed_from: date | None


def take_over(paid_through: date, starts_on: date | None, billing_day: int | None, today: date) -> TakenOver:
    """The lease of somebody who has paid until `paid_through`, that day included: rent is owed from the next day on.

    Without a move-in day the lease begins today, or with the first unpaid day if that is earlier. Without a billing
    day it is the move-in day's; where that is not known either, the first unpaid day's. Paid until 9 Mar and nothing
    else known: billing day 10, the next period begins on 10 Mar. Raises PaidThroughError, PaidBeforeError.
    """
    unpaid = paid_through + timedelta(days=1)
    if starts_on is not None and unpaid < starts_on:
        raise PaidBeforeError(day=paid_through, starts_on=starts_on)
    anchor = billing_day or (starts_on or unpaid).day
    around = period_containing(anchor, unpaid)
    if unpaid not in (around.start, starts_on):
        before, after = (day - timedelta(days=1) for day in (around.start, around.end))
        raise PaidThroughError(day=paid_through, billing_day=anchor, before=before, after=after)
    return TakenOver(starts_on or min(today, unpaid), billing_day or anchor, unpaid)
