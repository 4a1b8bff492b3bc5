"""A value of the book as a program reads it: never localised, the same in every machine format."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from locales.fields import Field, value_of, values_of


def plain(value: Any, kind: str = "") -> Any:
    """For JSON: money and other decimals are texts, dates ISO 8601, instants with their offset."""
    if isinstance(value, Decimal):
        return f"{value:.2f}" if kind == "money" else format(value, "f")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # a datetime is a date
        return value.isoformat()
    return value if isinstance(value, str | int | float | None) else _nested(value)


def _nested(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def as_object(record: Any, fields: tuple[Field, ...]) -> dict[str, Any]:
    """A record with its chosen fields in their order."""
    return {field.name: plain(value_of(record, field.name), field.kind) for field in fields}


def written(value: Any, kind: str = "") -> str:
    """A value in a text format: empty for nothing, `true` and `false`, JSON for what is nested."""
    make = _MAKERS[kind == "money"].get(type(value))
    if make is not None:
        return make(value)
    value = plain(value, kind)
    return dump(value) if isinstance(value, dict | list) else str(value)


def cells_of(fields: tuple[Field, ...], texts: Sequence[Callable[[str], str]]) -> Callable[[Any], list[str]]:
    """Makes the cells of a record, as `written`; `texts` is done to what is a text in each of them.

    A hundred thousand rows have a million cells, so how a type is written is looked up and not asked.
    """
    names = [field.name for field in fields]
    makers = [_MAKERS[field.kind == "money"] | {str: text} for field, text in zip(fields, texts, strict=True)]

    def cells(record: Any) -> list[str]:
        return [
            make(value) if (make := by_type.get(type(value))) is not None else text(written(value, field.kind))
            for value, by_type, text, field in zip(values_of(record, names), makers, texts, fields, strict=True)
        ]

    return cells


# By exact types: whatever is none of these is asked for what it is.
_COMMON: dict[type, Callable[[Any], str]] = {
    str: str,
    int: str,
    bool: {True: "true", False: "false"}.__getitem__,
    type(None): {None: ""}.__getitem__,
    date: date.isoformat,
    datetime: datetime.isoformat,
}
_MAKERS = {True: _COMMON | {Decimal: "{:.2f}".format}, False: _COMMON | {Decimal: "{:f}".format}}


def dump(value: Any) -> str:
    """JSON on one line."""
    import json  # noqa: PLC0415 - the screens begin without it

    return json.dumps(value, ensure_ascii=False)
