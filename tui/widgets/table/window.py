"""The rows that a table holds: neighbours in a list, growing at one end and forgotten at the other.

Rows are numbered from the beginning of the list. When a list is read from its end nobody has counted what lies
before it: the numbers are guesses then, and put right when the beginning is reached.
"""

from collections import deque
from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

from db.repositories.pages import Page

R = TypeVar("R")

# Rows kept in memory; a screen shows a few dozen, and a page is read well before it is needed. Much fewer than
# what is seen and read ahead on both sides would be read and forgotten in turn for ever.
MOST_ROWS = 2000


class _Edges(NamedTuple):
    """Of one page: how many rows, and where the list goes on before and behind them."""

    size: int
    previous: str | None
    next: str | None


class Window(Generic[R]):
    """A part of a list without gaps. `start` is the number of its first row, `end` the one behind its last."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._most = most
        self._rows: list[R] = []
        self._pages: deque[_Edges] = deque()
        self.start = 0

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def end(self) -> int:
        """The number behind the last row."""
        return self.start + len(self._rows)

    @property
    def rows(self) -> list[R]:
        """The rows themselves, for who looks for one of them."""
        return self._rows

    @property
    def previous(self) -> str | None:
        """Where the list goes on before the first row; None at its beginning."""
        return self._pages[0].previous if self._pages else None

    @property
    def next(self) -> str | None:
        """Where the list goes on behind the last row; None at its end."""
        return self._pages[-1].next if self._pages else None

    def row(self, number: int) -> R | None:
        """The row with this number, None outside of the window."""
        return self._rows[number - self.start] if self.start <= number < self.end else None

    def places(self) -> Iterator[tuple[int, str | None]]:
        """The number of the first row of each page, with the cursor from which it can be read again."""
        at = self.start
        for page in self._pages:
            yield at, page.previous
            at += page.size

    def page_of(self, number: int) -> tuple[int, str | None]:
        """The number of the first row of the page that holds a row, and the cursor from which to read it again."""
        found = self.start, self.previous
        for place in self.places():
            if place[0] > number:
                break
            found = place
        return found

    def replace(self, page: Page[R], start: int = 0) -> None:
        """Forget everything and begin with a page whose first row has the number `start`."""
        self._rows = list(page.items)
        self._pages = deque([_Edges(len(page.items), page.previous, page.next)])
        self.start = 0 if page.previous is None else max(start, 1)

    def append(self, page: Page[R]) -> None:
        """Add the page behind the last row, and forget the first ones where they are too many."""
        self._rows += page.items
        self._pages.append(_Edges(len(page.items), page.previous, page.next))
        while len(self._rows) - self._pages[0].size >= self._most:
            gone = self._pages.popleft()
            del self._rows[: gone.size]
            self.start += gone.size

    def prepend(self, page: Page[R]) -> int:
        """Add the page before the first row; by how much every number had to change, mostly 0."""
        self._rows[:0] = page.items
        self._pages.appendleft(_Edges(len(page.items), page.previous, page.next))
        while len(self._rows) - self._pages[-1].size >= self._most:
            gone = self._pages.pop()
            del self._rows[-gone.size :]
        counted = self.start - len(page.items)
        self.start = 0 if page.previous is None else max(counted, 1)
        return self.start - counted
