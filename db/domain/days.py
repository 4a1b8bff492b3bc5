"""Days as people type them, in a command or on a screen. Light: every command line is read with it."""

import re
from datetime import date, timedelta

from db.errors import N_, UsageError

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# Words in both languages: who types them need not know which one is spoken.
_DAYS_AWAY = {"today": 0, "yesterday": -1, "tomorrow": 1, "hari-ini": 0, "hari ini": 0, "kemarin": -1, "besok": 1}


class DateError(UsageError):
    """A text is not a day of the calendar."""

    code = "date_invalid"
    message = N_("“{text}” is not a date.")
    hint = N_("Write it as year-month-day, like 2026-03-01, or today, or yesterday.")


def parse_date(text: str, today: date) -> date:
    """The day that `2026-03-01`, `today` or `kemarin` means. Raises DateError."""
    word = text.strip().lower()
    if word in _DAYS_AWAY:
        return today + timedelta(days=_DAYS_AWAY[word])
    if _ISO.fullmatch(word) is None:
        raise DateError(text=text)
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise DateError(text=text) from None


def year_until(last: date) -> date:
    """The first day of the twelve calendar months of which `last` lies in the latest."""
    return date(last.year, 1, 1) if last.month == 12 else date(last.year - 1, last.month + 1, 1)
