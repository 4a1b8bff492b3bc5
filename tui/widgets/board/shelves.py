"""Where tiles stand: shelves of so many beside each other, a new one and a heading where a new group begins."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable
from typing import NamedTuple

# Lines of a tile, and of a shelf with the empty one below it.
TILE, SHELF = 2, 3


class Shelf(NamedTuple):
    """Tiles beside each other: `first` is the number of the first one's row, `y` the line at which it begins."""

    first: int
    size: int
    y: int
    # What the group that begins here is called, or None inside of a group.
    group: Hashable

    @property
    def top(self) -> int:
        """The first line of the tiles, below the heading."""
        return self.y + (self.group is not None)

    @property
    def end(self) -> int:
        """The line behind it."""
        return self.top + SHELF


class Shelves:
    """All rows in memory on shelves, from row `start` at line `y` on."""

    def __init__(self, groups: Iterable[Hashable] = (), *, start: int = 0, y: int = 0, across: int = 1) -> None:
        self.start, self.y, self.across = start, y, across
        self._shelves: list[Shelf] = []
        self.end, self.bottom = start, y
        running: Hashable = None
        for group in groups:
            if group != running or self._shelves[-1].size == across:
                named = group if group != running and group else None
                self._shelves.append(Shelf(self.end, 0, self.bottom, named))
                running, self.bottom = group, self._shelves[-1].end
            last = self._shelves[-1]
            self._shelves[-1] = last._replace(size=last.size + 1)
            self.end += 1

    def of(self, number: int) -> Shelf | None:
        """The shelf on which a row stands, None outside of what is in memory."""
        if not self.start <= number < self.end:
            return None
        return self._shelves[bisect_right(self._shelves, number, key=lambda shelf: shelf.first) - 1]

    def at(self, y: int) -> Shelf | None:
        """The shelf at a line."""
        if not self.y <= y < self.bottom:
            return None
        return self._shelves[bisect_right(self._shelves, y, key=lambda shelf: shelf.y) - 1]

    def number_at(self, y: int) -> int:
        """The first row of the shelf at a line; guessed where nothing is in memory."""
        if (shelf := self.at(y)) is not None:
            return shelf.first
        if y < self.y:
            return min(max(y, 0) // SHELF * self.across, max(self.start - 1, 0))
        return self.end + (y - self.bottom) // SHELF * self.across

    def beside(self, number: int, by: int) -> int:
        """The row above or below another one, so many shelves away; at the edge the row itself."""
        shelf = self.of(number)
        if shelf is None:
            return number
        at = bisect_right(self._shelves, number, key=lambda one: one.first) - 1 + by
        if not 0 <= at < len(self._shelves):
            return number
        return self._shelves[at].first + min(number - shelf.first, self._shelves[at].size - 1)
