# ruff: noqa: PLC0415 - Babel and phonenumbers are loaded by the first text that needs them
"""Amounts, dates and numbers as people read them: Indonesian, or English as written in Indonesia.

For people only: pipes, files and JSON carry plain decimals and ISO dates. Most commands of a script never
show a localised word, so the libraries behind this are imported by the function that is called.
"""

from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING

from locales.catalogs import current_language

if TYPE_CHECKING:
    from babel import Locale

# British English: the day stands before the month, so that 03/02/2026 is the same day in both languages.
LOCALES = {"id": "id_ID", "en": "en_GB"}
RUPIAH = "IDR"


def money(amount: Decimal, currency: str) -> str:
    """`Rp1.500.000`, `-Rp250.000`, `US$12,50`: rupiah without decimals, the rest with their CLDR digits (M1).

    What the book holds is never rounded away: an amount with more decimals shows them (`Rp1.500.000,50`).
    """
    from babel.numbers import format_decimal

    pattern = _pattern(_digits(amount, currency))
    figures = format_decimal(abs(amount), pattern, locale=_locale(), decimal_quantization=False)
    sign = "-" if amount < 0 else ""
    return f"{sign}{_symbol(currency, current_language())}{figures}"


def short_money(amount: Decimal) -> str:
    """An amount to one decimal for charts and headlines: `1,5 jt`, `750 rb`, `1,2 M`; in English `1.5M`."""
    from babel.numbers import format_compact_decimal

    # Rounded first, within its own unit: 999.999 is `1 jt`, where Babel alone would write `1000 rb`.
    unit = max(amount.adjusted() // 3 * 3, 0) if amount else 0
    rounded = amount.quantize(Decimal(1).scaleb(unit - 1), ROUND_HALF_UP)
    short = format_compact_decimal(rounded, locale=_locale(), fraction_digits=1)
    return short.replace("\xa0", " ")


def number(value: Decimal | int) -> str:
    """A count or a meter reading with all its decimals: `1.250,3`."""
    if isinstance(value, int) and 0 <= value < 1000:
        return str(value)  # nothing to group: the screens begin without Babel
    from babel.numbers import format_decimal

    return format_decimal(value, locale=_locale(), decimal_quantization=False)


def date_long(day: date) -> str:
    """`28 Februari 2026`, for sentences and printed papers."""
    return _date(day, "d MMMM y")


def date_short(day: date) -> str:
    """`28/02/2026`, for tables; the year always has four digits."""
    return _date(day, "dd/MM/yyyy")


def month_name(day: date) -> str:
    """The month that `day` lies in: `Februari 2026`."""
    return _date(day, "LLLL y")


def instant(moment: datetime, zone: tzinfo) -> str:
    """A moment on the clock of a property, with the zone's name: `28 Feb 2026 14.05 WIB`."""
    from babel.dates import format_time

    there = moment.astimezone(zone)
    clock = format_time(there.time(), "short", locale=_locale())
    # The zone database knows WIB, WITA and WIT; CLDR's English has only `+0700`.
    return f"{_date(there, 'd MMM y')} {clock} {there.tzname()}"


def phone_local(phone: str) -> str:
    """A stored number (E.164) as people dial it: `0812-3456-7890`, abroad `+65 9123 4567`.

    What isn't a number comes back unchanged.
    """
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        format_number,
        parse,
        region_code_for_country_code,
    )

    try:
        parsed = parse(phone)
    except NumberParseException:
        return phone
    at_home = region_code_for_country_code(parsed.country_code or 0) == "ID"
    return format_number(parsed, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL)


def _date(day: date, pattern: str) -> str:
    from babel.dates import format_date

    return format_date(day, pattern, locale=_locale())


def _locale() -> "Locale":
    return _parsed_locale(LOCALES[current_language()])


@cache
def _parsed_locale(name: str) -> "Locale":
    from babel import Locale

    return Locale.parse(name)


@cache
def _pattern(digits: int) -> str:
    """A CLDR number pattern with exactly `digits` decimals."""
    return "#,##0" + ("." + "0" * digits if digits else "")


@cache
def _symbol(currency: str, language: str) -> str:
    """`Rp`, `US$`; a code that is all letters gets a space that does not break: `CHF 12,50`."""
    from babel.numbers import get_currency_symbol

    # British CLDR writes IDR; people here write Rp in English too.
    symbol = "Rp" if currency == RUPIAH else get_currency_symbol(currency, _parsed_locale(LOCALES[language]))
    return symbol + "\xa0" if symbol == currency else symbol


def _digits(amount: Decimal, currency: str) -> int:
    """Decimals to show: those the currency is written with, more only where the amount has more."""
    from babel.numbers import get_currency_precision

    usual = 0 if currency == RUPIAH else get_currency_precision(currency)
    held = -int(amount.normalize().as_tuple().exponent)
    return usual if held <= usual else max(held, 2)
