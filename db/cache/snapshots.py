"""Which of two looks at the book has seen more, by PostgreSQL's own snapshots (`xmin:xmax:running,…`).

A time would not do: a change may be committed long after it was begun, and clocks differ.
"""

from typing import NamedTuple


class _Snapshot(NamedTuple):
    """All below `xmax` are visible, but for those that were `running`."""

    xmax: int
    running: frozenset[int]


def covers(later: str, earlier: str) -> bool:
    """Whether everything that `earlier` saw is seen by `later` as well; an empty `earlier` saw nothing."""
    if not earlier:
        return True
    try:
        one, other = _read(later), _read(earlier)
    except ValueError:
        return False
    return one.xmax >= other.xmax and all(number in other.running for number in one.running if number < other.xmax)


def _read(text: str) -> _Snapshot:
    _xmin, xmax, running = text.split(":")
    return _Snapshot(int(xmax), frozenset(map(int, running.split(","))) if running else frozenset())
