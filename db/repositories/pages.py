"""What a page of a list is, without what reads it: a screen knows pages before the database is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, NamedTuple, TypeVar

R = TypeVar("R")
S = TypeVar("S")


class Way(Enum):
    """Where a page lies, seen from its cursor; without a cursor at the beginning of the list, or at its end."""

    BEHIND = "behind"
    FROM = "from"  # the cursor's own row is the first one
    BEFORE = "before"
    UPTO = "upto"  # before it, and the cursor's own row is the last one

    @property
    def backwards(self) -> bool:
        """Whether the page is read from its last row to its first."""
        return self in (Way.BEFORE, Way.UPTO)

    @property
    def inclusive(self) -> bool:
        """Whether the cursor's own row is a part of the page."""
        return self in (Way.FROM, Way.UPTO)

    @property
    def turned(self) -> "Way":
        """The same place in the list that is read from its end."""
        return _TURNED[self]


_TURNED = {Way.BEHIND: Way.BEFORE, Way.BEFORE: Way.BEHIND, Way.FROM: Way.UPTO, Way.UPTO: Way.FROM}


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Some rows of a list in its order; `next` is the cursor of the page behind them, or None at the end.

    `previous` is the cursor of the first of them, for the page before (Way.BEFORE) or for this one again (Way.FROM);
    None at the beginning of the list.
    """

    items: list[R]
    next: str | None
    previous: str | None = None

    def mapped(self, change: Callable[[R], S]) -> "Page[S]":
        """The same page with each row changed."""
        return Page([change(item) for item in self.items], self.next, self.previous)

    def turned(self) -> "Page[R]":
        """The same page of the list read from its end."""
        return Page(self.items[::-1], self.previous, self.next)


class Extent(NamedTuple):
    """How many rows a list has; unless `whole` there are more."""

    rows: int
    whole: bool
