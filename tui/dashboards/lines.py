"""What a dashboard is made of: groups of lines, each with a value, percentiles of a duration, and a curve."""

from collections import deque
from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from textual.content import Content

from locales.catalogs import _
from locales.safe import safe
from tui.widgets.plots import EIGHTHS
from tui.widgets.table.painting import fitted

# Values that are remembered of each curve while the screen is open.
KEPT = 120
# Cells of a percentile, of a value in milliseconds and of any other; at most of a name and of a curve.
_CUT, _SHORT, _LONG, _NAME, _CURVE = 7, 8, 18, 36, 40

Curve = Sequence[float | None]


class Line(NamedTuple):
    """`cuts` are P50, P95 and P99 of a duration; None in a curve is a time of which nothing is known.

    `top` is what fills the height of the curve, where it is not the highest of its values.
    """

    name: str
    now: str
    curve: Curve
    cuts: tuple[str, str, str] | None = None
    top: float | None = None


class Group(NamedTuple):
    """Lines below a title; those with percentiles are of the last hour. Without lines `nothing` is said."""

    title: str
    lines: Sequence[Line]
    nothing: str = ""


class Past:
    """The last values of each number, as they were seen while the screen was open."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[float | None]] = {}

    def with_this(self, name: str, value: float | None) -> Curve:
        """Remember one more, and all that are known by now."""
        seen = self._seen.setdefault(name, deque(maxlen=KEPT))
        seen.append(value)
        return tuple(seen)


def sparkline(curve: Curve, width: int, top: float | None = None) -> str:
    """A curve in one line, each column the highest of its values; what is known is at least a low block."""
    step = max(ceil(len(curve) / max(width, 1)), 1)
    parts = [[value for value in curve[at : at + step] if value is not None] for at in range(0, len(curve), step)]
    highest = top or max((max(part) for part in parts if part), default=0.0)
    return "".join(_block(max(part), highest) if part else " " for part in parts)[-max(width, 0) :]


def _block(value: float, highest: float) -> str:
    return EIGHTHS[max(1, min(8, ceil(value * 8 / highest)))] if highest > 0 else EIGHTHS[1]


def told(groups: Sequence[Group], width: int) -> Content:
    """All groups below each other; where there is little room, names and curves become shorter."""
    parts: list[tuple[str, str]] = []
    for group in groups:
        parts += [(safe(text) + "\n", style) for text, style in _group(group, width)]
    return Content.assemble(*parts)


def _group(group: Group, width: int) -> Iterator[tuple[str, str]]:
    timed = any(line.cuts for line in group.lines)
    spent = _SHORT + 3 * _CUT if timed else _LONG
    name = min(_NAME, max((width - spent) * 3 // 5, 8))
    room = max(min(width - spent - name - 2, _CURVE), 1)
    yield (_heading(group.title, name, room) if timed else _(group.title)), "bold $primary"
    for line in group.lines:
        now = fitted(line.now, _SHORT if timed else _LONG, to_the_right=True)
        cuts = "".join(f"{cut:>{_CUT}}" for cut in line.cuts or ())
        begin = fitted(safe(line.name), name, to_the_right=False) + now + cuts
        yield f"{begin}  {sparkline(line.curve, room, line.top)}", ""
    if not group.lines:
        yield _(group.nothing), "$text-muted"


def _heading(title: str, name: int, room: int) -> str:
    heads = "".join(f"{word:>{_CUT}}" for word in ("P50", "P95", "P99"))
    when = fitted(_("last hour"), room, to_the_right=False)
    return f"{fitted(_(title), name, to_the_right=False)}{_('last'):>{_SHORT}}{heads}  {when}"
