"""What a transaction has changed, as who may have to look for it after a failover wants to know it.

Noted beside the connection while the change is made, and taken when it is committed; a few words of memory, no
statement. What is only worked out from other facts is not noted: it is worked out again.
"""

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Changes that are looked up after a failover.
RECENT = 50
_NOTES, _KEY, _TYPES = "ekost_writes", "ekost_request_key", "ekost_changes"
_DERIVED = frozenset({"BalanceCalculated", "BalancesCalculated"})
# Of an event's values those that tell which change it was, and neither name nor contact of anybody.
_TOLD = ("code", "number", "kind", "amount", "date", "monthlyRent", "assignmentDate", "effectiveOn", "since")


class Write(NamedTuple):
    """A change that was acknowledged; `event_id` and `at` (ISO) find its event, `key` its request."""

    type: str
    number: int
    at: str = ""
    event_id: int | None = None
    tenant_id: int | None = None
    key: str | None = None
    about: Mapping[str, str] = {}


def forget(conn: "Connection") -> None:
    """A new transaction begins."""
    for name in (_NOTES, _KEY, _TYPES):
        conn.info.pop(name, None)


def note_type(conn: "Connection", type_: str, tenant_id: int | None) -> None:
    """An event of this type was written, about one tenant or about many: what is kept of them elsewhere is old."""
    conn.info.setdefault(_TYPES, set()).add((type_, tenant_id))


def taken_types(conn: "Connection") -> set[tuple[str, int | None]]:
    """The events that were noted by their type and tenant; noted no more."""
    found: set[tuple[str, int | None]] = conn.info.pop(_TYPES, set())
    return found


def note_key(conn: "Connection", key: str) -> None:
    """The changes of this transaction belong to a request key."""
    conn.info[_KEY] = key


def note_answer(conn: "Connection", key: str, operation: str, answer: int) -> None:
    """A request that was made before is answered again: only now it is acknowledged."""
    _notes(conn).append(Write(operation, answer, datetime.now(UTC).isoformat(), key=key))


def note_event(
    conn: "Connection",
    type_: str,
    number: int,
    at: str,
    event_id: int,
    tenant_id: int | None,
    payload: Mapping[str, object],
) -> None:
    """An event was written."""
    if type_ not in _DERIVED:
        after = payload.get("after")
        values = {**after, **payload} if isinstance(after, Mapping) else payload
        about = {name: str(values[name]) for name in _TOLD if values.get(name) is not None}
        _notes(conn).append(Write(type_, number, at, event_id, tenant_id, conn.info.get(_KEY), about))


def taken(conn: "Connection") -> list[Write]:
    """What was noted, the last ones of many; noted no more."""
    found = list(conn.info.pop(_NOTES, ()))
    conn.info.pop(_KEY, None)
    return found


def _notes(conn: "Connection") -> deque[Write]:
    notes: deque[Write] = conn.info.setdefault(_NOTES, deque(maxlen=RECENT))
    return notes
