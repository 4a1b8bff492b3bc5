"""A value of the book as a person reads it, the same on a command's table and on a screen.

Stored text comes out of here safe to show; it is still text and never markup.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from locales import formats
from locales.catalogs import _
from locales.fields import HOME_CURRENCY, HOME_TIMEZONE, Field, extra_of, value_of
from locales.safe import safe
from locales.statuses import status_style, status_word

NOTHING = "-"


def said(record: Any, field: Field) -> tuple[str, str]:
    """The words of one field, and their colour: a name that Rich and Textual both know, or nothing."""
    value = value_of(record, field.name)
    if value is None and field.kind == "house":
        return _("Total"), "bold"
    if value is None or value == "":
        return NOTHING, "dim"
    if field.kind == "status":
        return status_word(str(value)), status_style(str(value))
    if field.kind == "code":
        from locales.codes import code_word  # noqa: PLC0415 - the screens begin without it

        return code_word(str(value)), ""
    words = _WORDS[field.kind](record, value) if field.kind in _WORDS else str(value)
    return safe(words), "red" if field.kind == "money" and value < 0 else ""


def _working(words: str, currency: str) -> str:
    from locales.workings import working_told  # noqa: PLC0415 - the screens begin without it

    return working_told(words, currency)


def _instant(moment: datetime, timezone: str) -> str:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - the screens begin without it

    return formats.instant(moment, ZoneInfo(timezone))


_WORDS: dict[str, Callable[[Any, Any], str]] = {
    "money": lambda record, value: formats.money(value, extra_of(record, "currency", HOME_CURRENCY)),
    "number": lambda record, value: formats.number(value),
    "percent": lambda record, value: formats.number(value) + " %",
    "date": lambda record, value: formats.date_short(value),
    "instant": lambda record, value: _instant(value, extra_of(record, "timezone", HOME_TIMEZONE)),
    "working": lambda record, value: _working(value, extra_of(record, "currency", HOME_CURRENCY)),
    "phone": lambda record, value: formats.phone_local(value),
    # Days around the one on which it is due, as everybody writes them.
    "stage": lambda record, value: _("D{days}").format(days=f"{value:+d}" if value else ""),
    "bool": lambda record, value: _("yes") if value else _("no"),
}
