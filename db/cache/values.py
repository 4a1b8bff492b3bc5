"""What is kept, as JSON: amounts as exact texts, days and instants in ISO form, each marked as what it is."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# Another form of what is kept is another number: no program reads what another one has written.
FORM = 1


def packed(value: object) -> str:
    """A value as a text that `unpacked` turns into the same; named tuples become mappings."""
    return json.dumps(_plain(value), separators=(",", ":"), ensure_ascii=False)


def unpacked(text: str | bytes) -> Any:
    """The value of such a text. Raises ValueError for all others."""
    try:
        return _real(json.loads(text))
    except (ArithmeticError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise ValueError("not written by us") from error


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return {"$": str(value)}
    if isinstance(value, date):
        return {"@" if isinstance(value, datetime) else "#": value.isoformat()}
    if isinstance(value, tuple) and (columns := getattr(value, "_fields", None)):
        return {"=": {name: _plain(item) for name, item in zip(columns, value, strict=True)}}
    if isinstance(value, Mapping):
        return {"=": {str(key): _plain(item) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(type(value).__name__)


def _real(value: Any) -> Any:
    if isinstance(value, list):
        return [_real(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((mark, held),) = value.items()
    if mark == "=":
        return {key: _real(item) for key, item in held.items()}
    return _READ[mark](held)


_READ: dict[str, Callable[[str], object]] = {"$": Decimal, "@": datetime.fromisoformat, "#": date.fromisoformat}
