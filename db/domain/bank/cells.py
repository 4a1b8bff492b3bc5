"""Cells of a statement: a day, an amount, a description; read in one way or not at all."""

import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from db.domain.bank.layout import Amounts, Dates
from db.domain.money import LARGEST
from db.domain.notation import ENGLISH, INDONESIAN, Notation
from db.domain.texts import HARMFUL

# Characters of a description that are kept.
MOST = 500
_CREDIT, _DEBIT = ("CR", "C", "K"), ("DB", "DR", "D")
_PLAIN = Notation(group="\0", decimal=".")
_NOTATIONS = {"plain": _PLAIN, "id": INDONESIAN, "en": ENGLISH}
_DAY = re.compile(r"(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?(?:[ T]\d{1,2}[.:]\d{2}(?:[.:]\d{2})?)?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}[.:]\d{2}(?:[.:]\d{2})?)?", re.ASCII)
_SIGNED = re.compile(r"(?P<minus>-)?\s*(?:Rp\.?|IDR)?\s*(?P<number>[0-9.,]+)\s*(?P<sign>[A-Za-z]{1,2})?\.?", re.ASCII)


class YearlessError(ValueError):
    """The day has no year, and the period holds it never or more than once."""


def tidy(text: str) -> str:
    """A description on one line, without what a terminal would obey or hide."""
    plain = HARMFUL.sub(" ", unicodedata.normalize("NFC", text))
    printable = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in plain)
    return " ".join(printable.split())[:MOST]


def read_day(text: str, dates: Dates, period: tuple[date, date] | None = None) -> date:
    """The day; without a year, the one that lies in `period` (both ends in it). Raises ValueError, YearlessError."""
    plain = text.strip().lstrip("'").strip()
    if iso := _ISO.fullmatch(plain):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    found = _DAY.fullmatch(plain)
    if found is None or dates == "iso":
        raise ValueError(text)
    day, month, year = int(found[1]), int(found[2]), found[3]
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    if period is None:
        raise YearlessError(text)
    fitting = [one for one in _every(day, month, period) if period[0] <= one <= period[1]]
    if len(fitting) != 1:
        raise YearlessError(text)
    return fitting[0]


def _every(day: int, month: int, period: tuple[date, date]) -> list[date]:
    found = []
    for year in range(period[0].year, min(period[1].year, period[0].year + 3) + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue  # 29 February
    return found


def read_period(text: str, dates: Dates) -> tuple[date, date]:
    """Two days with their years, both in the period. Raises ValueError."""
    parts = re.split(r"\s+(?:-|s/d|to|sampai)\s+|\s*s/d\s*|(?<=\d{4})\s*-\s*(?=\d)", text.strip().lstrip("'"))
    if len(parts) != 2:
        raise ValueError(text)
    first, last = (read_day(part, dates) for part in parts)
    if last < first or last - first > timedelta(days=3660):
        raise ValueError(text)
    return first, last


def read_amount(text: str, amounts: Amounts) -> tuple[Decimal, int]:
    """An amount, and its direction if it tells one: 1 for CR, -1 for DB or a minus, else 0. Raises ValueError."""
    found = _SIGNED.fullmatch(text.strip().lstrip("'").strip())
    if found is None:
        raise ValueError(text)
    number, notation = found["number"], _NOTATIONS[amounts]
    if number.startswith(notation.decimal):
        number = f"0{number}"  # `.00` is how Mandiri and BNI write nothing
    value = notation.read(number)
    if value is None or value > LARGEST or -int(value.as_tuple().exponent) > 2:
        raise ValueError(text)
    sign = direction(found["sign"])
    if found["minus"] and sign:
        raise ValueError(text)
    return value, -1 if found["minus"] else sign


def direction(word: str | None) -> int:
    """1 for CR, -1 for DB, 0 for nothing. Raises ValueError."""
    if word is None or not word.strip():
        return 0
    mark = word.strip().upper()
    if mark in _CREDIT or mark in ("KREDIT", "CREDIT"):
        return 1
    if mark in _DEBIT or mark in ("DEBET", "DEBIT"):
        return -1
    raise ValueError(word)
