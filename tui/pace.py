"""How fast long work goes on, from looks at it: rows a second and what is left, as a bar with words."""

from collections import deque
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from locales.catalogs import _
from locales.formats import number
from tui.widgets.plots import bar

if TYPE_CHECKING:
    from db.repositories.imports import ImportRow

# Seconds between two looks at a running import, and the ones that count for its pace.
LOOK, COUNTED = 1.0, 30.0


class Pace:
    """The last looks; `rate` is rows a second over them, None before the second one."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int]] = deque()

    def look(self, done: int, now: float | None = None) -> None:
        """So much is done now; work that was begun anew is timed anew."""
        now = monotonic() if now is None else now
        if self._looks and done < self._looks[-1][1]:
            self._looks.clear()
        self._looks.append((now, done))
        while now - self._looks[0][0] > COUNTED:
            self._looks.popleft()

    @property
    def rate(self) -> float | None:
        """Rows a second."""
        (since, first), (until, last) = (self._looks[0], self._looks[-1]) if self._looks else ((0.0, 0), (0.0, 0))
        return (last - first) / (until - since) if until > since else None

    def left(self, rows: int) -> timedelta | None:
        """Until so many more rows are done at this pace; None where nobody can tell."""
        return timedelta(seconds=round(rows / self.rate)) if self.rate else None


def progress_told(row: "ImportRow", pace: Pace, width: int) -> str:
    """`██████░░░░ 60%  6,000/10,000 rows  2,000 rows/s  0:00:02 left`, as much of it as there is room for."""
    done, total = row.rows_done(), row.rows_total
    part = done * 100 // total if total else 0
    parts = [f"{part:>3} %", _("{done}/{total} rows").format(done=number(done), total=number(total))]
    if pace.rate is not None:
        parts.append(_("{count} rows/s").format(count=number(round(pace.rate))))
        if (left := pace.left(total - done)) is not None:
            parts.append(_("{time} left").format(time=left))
    while len(parts) > 1 and len("  ".join(parts)) + 12 > width:
        parts.pop()
    words = "  ".join(parts)
    return f"{bar(done, total, max(min(width - len(words) - 2, 40), 8))} {words}"
