"""Keyset pages: the one way a list is read.

A cursor holds the sort values of the last row and a digest of sort and filter, so that it can't be
used with another list. The next page is a row comparison: the only form that is an index condition.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any, TypeVar

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, literal, tuple_

from db.errors import N_, UsageError
from db.repositories.pages import Page, Way

__all__ = [
    "DEFAULT_LIMIT", "STREAM_SIZE", "CursorError", "Keyset", "Page", "Way", "read_cursor", "read_page", "stream",
    "write_cursor",
]  # fmt: skip

R = TypeVar("R")

DEFAULT_LIMIT = 50
STREAM_SIZE = 500


class CursorError(UsageError):
    """The cursor is damaged or belongs to another list."""

    code = "bad_cursor"
    message = N_("This cursor does not belong to this list.")
    hint = N_("Use the cursor that the same command printed, with the same sorting and filters.")


@dataclass(frozen=True, slots=True)
class Keyset:
    """The sort of a list: columns of one direction, the last one unique, none of them null.

    With `bounded` the first one is compared by itself too: where partitions go by it, or where the others are of
    another table. Elsewhere it would only make the planner think that far fewer rows are left, and read them all.
    """

    columns: Sequence[ColumnElement[Any]]
    descending: bool = False
    bounded: bool = False


def read_page(
    conn: Connection,
    query: Select[Any],
    keyset: Keyset,
    record: Callable[[Sequence[Any]], R],
    *,
    scope: object = "",
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
    way: Way = Way.BEHIND,
) -> Page[R]:
    """One page of `query`, each row through `record`. Raises CursorError."""
    digest = _digest(keyset, scope)
    keys = keyset.columns
    # A list read backwards is one with the other direction.
    descending = keyset.descending != way.backwards
    if after is not None:
        query = query.where(*_beyond(_bound(_decode(after, digest), keys), keyset, descending, way))
    order = [key.desc() if descending else key.asc() for key in keys]
    marked = query.add_columns(*(key.label(f"_key{n}") for n, key in enumerate(keys)))
    rows = conn.execute(marked.order_by(*order).limit(limit + 1)).all()  # one more row: is there a next page?
    items = [record(row[: -len(keys)]) for row in rows[:limit]]
    first, last = (_encode(digest, row[-len(keys) :]) for row in (rows[0], rows[len(items) - 1])) if rows else ("", "")
    # What lies beyond the last row was seen; on the other side there is whatever the cursor came from.
    page = Page(items, last if len(rows) > limit else None, first if rows and after is not None else None)
    return page.turned() if way.backwards else page


def stream(read: Callable[[str | None, int], Page[R]], after: str | None = None) -> Iterator[R]:
    """Every row of a list, page by page, in constant memory."""
    while True:
        page = read(after, STREAM_SIZE)
        yield from page.items
        if page.next is None:
            return
        after = page.next


def write_cursor(keyset: Keyset, scope: object, values: Sequence[Any]) -> str:
    """The cursor behind a row with these values of its keys: for a list that is read in more than one statement."""
    return _encode(_digest(keyset, scope), values)


def read_cursor(keyset: Keyset, scope: object, after: str) -> list[Any]:
    """The values of the keys that `write_cursor` was given. Raises CursorError."""
    return [bound.value for bound in _bound(_decode(after, _digest(keyset, scope)), keyset.columns)]


def _beyond(
    bound: Sequence[ColumnElement[Any]], keyset: Keyset, descending: bool, way: Way
) -> Iterator[ColumnElement[bool]]:
    """A row comparison, not `a > x OR (a = x AND b > y)`: only this one is an index condition."""
    compare = (le if way.inclusive else lt) if descending else (ge if way.inclusive else gt)
    yield compare(tuple_(*keyset.columns), tuple_(*bound))
    if keyset.bounded:
        yield (le if descending else ge)(keyset.columns[0], bound[0])


def _digest(keyset: Keyset, scope: object) -> str:
    columns = ",".join(str(key) for key in keyset.columns)
    text = json.dumps([columns, keyset.descending, str(scope)])
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def _encode(digest: str, values: Sequence[Any]) -> str:
    body = json.dumps([digest, *(_plain(value) for value in values)], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _decode(cursor: str, digest: str) -> list[Any]:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        found, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise CursorError from error
    if found != digest:
        raise CursorError
    return list(values)


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else value.isoformat() if isinstance(value, date) else str(value)


def _bound(values: Sequence[Any], keys: Sequence[ColumnElement[Any]]) -> list[BindParameter[Any]]:
    """Each value as its column's type: without the type PostgreSQL would compare texts."""
    if len(values) != len(keys):
        raise CursorError
    try:
        return [literal(_typed(value, key), key.type) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, ArithmeticError) as error:
        raise CursorError from error


_READ: dict[type, Callable[[Any], Any]] = {
    int: int,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
}


def _typed(value: Any, key: ColumnElement[Any]) -> object:
    """The value as `_plain` wrote it, turned back. Raises ValueError for what no row can hold: somebody made it up."""
    wanted = key.type.python_type
    if type(value) is not (int if wanted is int else str) or "\x00" in str(value).encode().decode():
        raise ValueError("not written by us")
    found = _READ.get(wanted, str)(value)
    if wanted in (int, Decimal) and not -(2**63) < found < 2**63:
        raise ValueError("out of range")
    return found
