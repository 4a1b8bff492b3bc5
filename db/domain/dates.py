"""Business dates (M3): the day on the wall of the house, not the day in UTC.

Without it a payment taken at one in the morning of 1 April in Jakarta lands in March.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.errors import N_, RuleError, UsageError


class FutureDateError(RuleError):
    """A payment can't have been received tomorrow."""

    code = "date_in_future"
    message = N_("{day} is in the future; today is {today}.")
    hint = N_("Give the day on which the money was received.")


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


def require_not_future(day: date, today: date) -> date:
    """The day itself, which may lie in the past, or FutureDateError (M3)."""
    if day > today:
        raise FutureDateError(day=day, today=today)
    return day
