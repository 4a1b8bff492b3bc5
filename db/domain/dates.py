"""Business dates (M3): the day on the wall of the house, not the day in UTC.

Without it a payment taken at one in the morning of 1 April in Jakarta lands in March.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.errors import N_, RuleError, UsageError

# A year outside is a slip of the finger: a lease from 0206 would post rent for eighteen hundred years.
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


class FutureDateError(RuleError):
    """A payment can't have been received tomorrow."""

    code = "date_in_future"
    message = N_("{day} is in the future; today is {today}.")
    hint = N_("Give the day on which the money was received.")


class DateTooOldError(RuleError):
    """A mistyped year: no ledger goes back so far."""

    code = "date_too_old"
    message = N_("{day} is before {earliest}.")
    hint = N_("Check the year.")


class DateTooFarError(RuleError):
    """A mistyped year: nobody signs for such a day."""

    code = "date_too_far"
    message = N_("{day} is after {latest}.")
    hint = N_("Check the year.")


class TimezoneError(UsageError):
    """A name that the time zone database does not know."""

    code = "timezone_unknown"
    message = N_("There is no time zone “{timezone}”.")
    hint = N_("Use a name like Asia/Jakarta, Asia/Makassar or Asia/Jayapura.")


def business_date(instant: datetime, timezone: str) -> date:
    """The date of an aware instant in a property's time zone (M3). Raises TimezoneError."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its offset")
    try:
        return instant.astimezone(ZoneInfo(timezone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise TimezoneError(timezone=timezone) from error


def require_plausible(day: date) -> date:
    """The day itself, when its year can be meant. Raises DateTooOldError, DateTooFarError."""
    if day < EARLIEST:
        raise DateTooOldError(day=day, earliest=EARLIEST)
    if day > LATEST:
        raise DateTooFarError(day=day, latest=LATEST)
    return day


def require_not_future(day: date, today: date) -> date:
    """The day itself, which may lie in the past. Raises FutureDateError (M3), DateTooOldError."""
    if day > today:
        raise FutureDateError(day=day, today=today)
    return require_plausible(day)


def end_of_day(day: date, timezone: str) -> datetime:
    """The instant at which a day is over in a property's time zone: the next midnight on its wall."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone))
