"""Billing periods (R1): tiled from the anchor day, never by adding a month to the last one.

Chaining loses the anchor at the first short month: 31 Jan, 28 Feb, then 28 March for ever.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from db.errors import N_, UsageError


class BillingDayError(UsageError):
    """A billing day outside 1 to 31."""

    code = "billing_day_invalid"
    message = N_("A billing day is a day from 1 to 31, not {day}.")
    hint = N_("In a shorter month, 31 means its last day.")


class DateOutOfRangeError(UsageError):
    """A date whose billing period would leave the calendar."""

    code = "date_out_of_range"
    message = N_("The year {year} is outside the calendar.")
    hint = N_("Check the year of the date.")


@dataclass(frozen=True, slots=True, order=True)
class YearMonth:
    """A calendar month, `month` from 1 to 12."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> "YearMonth":
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @property
    def next(self) -> "YearMonth":
        """The month after this one."""
        return YearMonth(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "YearMonth":
        """The month before this one."""
        return YearMonth(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def clamp(self, day: int) -> date:
        """The `day` of this month, or its last day when it is shorter.

        Raises BillingDayError, DateOutOfRangeError.
        """
        if not 1 <= day <= 31:
            raise BillingDayError(day=day)
        if not MINYEAR <= self.year <= MAXYEAR:
            raise DateOutOfRangeError(year=self.year)
        return date(self.year, self.month, min(day, monthrange(self.year, self.month)[1]))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days, and so nights, the period has."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day that belongs to the period."""
        return self.end - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end


def period(anchor: int, month: YearMonth) -> Period:
    """The billing period that starts in `month`; the anchor is clamped, never chained (R1)."""
    return Period(month.clamp(anchor), month.next.clamp(anchor))


def period_containing(anchor: int, day: date) -> Period:
    """The one period of this anchor that holds `day` (R1)."""
    month = YearMonth.of(day)
    return period(anchor, month if month.clamp(anchor) <= day else month.previous)


def next_boundary(anchor: int, day: date) -> date:
    """The first billing day strictly after `day`."""
    return period_containing(anchor, day).end
