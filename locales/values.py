"""A value of the book as a program reads it: never localised, the same in every machine format."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from locales.fields import Field, value_of
from locales.safe import safe


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


def as_text(record: Any, field: Field) -> str:
    """One cell of a text format: empty for nothing, `true` and `false`, JSON for what is nested."""
    value = plain(value_of(record, field.name), field.kind)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return dump(value)
    return str(value)


def as_line(record: Any, field: Field) -> str:
    """One cell that can't hold a tab or a line's end: they become visible signs."""
    return safe(as_text(record, field))


def dump(value: Any) -> str:
    """JSON on one line."""
    import json  # noqa: PLC0415 - the screens begin without it

    return json.dumps(value, ensure_ascii=False)
