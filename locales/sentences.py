"""Sentences with values in them, as errors have: in the reader's language, the values as people write them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from locales.catalogs import _
from locales.formats import date_long, number
from locales.safe import safe


def filled(text: str, fields: Mapping[str, object]) -> str:
    """A sentence in the reader's language, its values written as people write them."""
    shown = {name: _shown(value) for name, value in fields.items()}
    return _(text).format_map(_Blanks(shown))


def _shown(value: object) -> str:
    if isinstance(value, Decimal | date):
        return number(value) if isinstance(value, Decimal) else date_long(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    return safe(str(value))


class _Blanks(dict[str, str]):
    """A missing value must not turn one error into another."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"
