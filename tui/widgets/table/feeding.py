"""What brings rows to a table: the pages around what is seen, read before they are needed.

It knows nothing of the screen, and never waits: whoever calls runs these coroutines in a worker and paints behind
them. A list that was begun anew makes every page of the old one worthless; such a page is dropped when it comes.
"""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from db.repositories.pages import Page, Way
from tui.widgets.table.lines import Line
from tui.widgets.table.window import Window

# The first page fills the largest screen; later ones are larger, as they are read ahead.
FIRST, NEXT, MOST = 60, 200, 600
# So many rows before an edge of the window is seen, the page behind it is read.
AHEAD = 100
# Places in the list to which one can return without reading all that lies between.
MOST_PLACES = 4000


class Cut(NamedTuple):
    """Which part of a list is wanted."""

    after: str | None
    way: Way
    limit: int


BEGINNING = Cut(None, Way.BEHIND, FIRST)

Reader = Callable[[Cut], Awaitable[Page[Line]]]


class Feed:
    """The rows of one list, in one order, with one filter. `extent` is how many rows are known to be there."""

    def __init__(self, read: Reader) -> None:
        self.window: Window[Line] = Window()
        self.extent = 0
        self.loaded = False
        # The rows that came last: only they can need wider columns.
        self.fresh: Sequence[Line] = ()
        self._read = read
        self._busy = False
        self._begun = 0
        self._places: list[tuple[int, str | None]] = []
        # Numbers are exact when they were counted from the beginning.
        self._exact = False
        self._end_seen = False

    @property
    def complete(self) -> bool:
        """Whether `extent` is the whole list."""
        return self._exact and self._end_seen

    @property
    def from_end(self) -> bool:
        """Whether rows are numbered from the last one, so that all numbers are off by what lies unread before them."""
        return self._end_seen and not self._exact

    @property
    def busy(self) -> bool:
        """Whether a page is on its way."""
        return self._busy

    async def first(self) -> None:
        """Begin with the first rows."""
        self._forget_guesses()
        await self._begin(BEGINNING, 0)

    async def last(self) -> None:
        """Begin with the last rows, read from the end; how many lie before them is known only to a count."""
        self._forget_guesses()
        self._exact = self.complete
        await self._begin(Cut(None, Way.BEFORE, NEXT), max(self.extent - NEXT, 0))

    async def again(self, top: int, bottom: int) -> None:
        """Read what is seen once more, with what has changed in it."""
        start, cursor = self.window.page_of(top)
        limit = min(max(bottom - start + AHEAD, FIRST), MOST)
        await self._begin(Cut(cursor, Way.FROM if cursor else Way.BEHIND, limit), start)
        if not len(self.window) and cursor is not None:
            await self.last()

    async def near(self, top: int, bottom: int) -> int:
        """Read one page if what is seen comes close to an edge; by how much the numbers of all rows changed."""
        if self._busy or not self.loaded:
            return 0
        window = self.window
        if bottom <= window.start or top >= window.end:
            return await self._jump(top)
        if window.next is not None and bottom + AHEAD > window.end:
            return await self._extend(Cut(window.next, Way.BEHIND, NEXT))
        if window.previous is not None and top - AHEAD < window.start:
            return await self._extend(Cut(window.previous, Way.BEFORE, NEXT))
        return 0

    def wants(self, top: int, bottom: int) -> bool:
        """Whether `near` would read something."""
        window = self.window
        if self._busy or not self.loaded or not len(window):
            return False
        if bottom <= window.start or top >= window.end:
            return True
        below = window.next is not None and bottom + AHEAD > window.end
        return below or (window.previous is not None and top - AHEAD < window.start)

    async def _begin(self, cut: Cut, start: int) -> None:
        """A new list: what was under way for the old one no longer counts."""
        self._begun += 1
        begun, self._busy = self._begun, True
        try:
            page = await self._read(cut)
        finally:
            if begun == self._begun:
                self._busy = False
        if begun != self._begun:
            return
        self.window.replace(page, start)
        self.loaded, self.fresh = True, page.items
        self._settle()

    async def _extend(self, cut: Cut) -> int:
        begun, self._busy = self._begun, True
        try:
            page = await self._read(cut)
        finally:
            if begun == self._begun:
                self._busy = False
        if begun != self._begun:
            return 0
        shift, self.fresh = 0, page.items
        if cut.way is Way.BEFORE:
            shift = self.window.prepend(page)
        else:
            self.window.append(page)
        if shift:
            self.extent += shift
            self._places = [(number + shift, cursor) for number, cursor in self._places]
        self._settle()
        return shift

    def _forget_guesses(self) -> None:
        if not self._exact:
            self._places.clear()
            self._end_seen = False

    async def _jump(self, top: int) -> int:
        """To a part that was seen before and forgotten since."""
        at = bisect_right(self._places, top, key=lambda place: place[0]) - 1
        number, cursor = self._places[max(at, 0)] if self._places else (0, None)
        await self._begin(Cut(cursor, Way.FROM if cursor else Way.BEHIND, NEXT), number)
        return 0

    def _settle(self) -> None:
        """Remember how far the list is known, and where its pages begin."""
        window = self.window
        self._exact = self._exact or window.previous is None
        if window.next is None:
            self.extent, self._end_seen = window.end, True
        else:
            self.extent = max(self.extent, window.end)
        for place in window.places():
            at = bisect_right(self._places, place[0], key=lambda known: known[0])
            if at and self._places[at - 1][0] == place[0]:
                self._places[at - 1] = place
            else:
                self._places.insert(at, place)
        if len(self._places) > MOST_PLACES:
            self._places = self._places[::2]
