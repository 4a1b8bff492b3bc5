"""What one person's commands remember for the cache: which book it is, what they have seen, and what they owe.

Where the cache could not be told of a change, a value is good for them only if it has seen all that could be seen right
after that change. So their next command finds it in any case, and tells the cache what is owed. The file is that of
`db.session`, one for each configured address.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from db.cache.snapshots import covers
from db.session import Session, SessionFile, session_file

if TYPE_CHECKING:
    from db.cache.fresh import Fresh

_AWAY = "cache"
# Seconds for which the cache is left alone once it has failed.
PAUSE = 5.0


class Memory:
    """The file, as it was at the first look, and as this process has changed it."""

    def __init__(self, identity: str) -> None:
        self._file: SessionFile = session_file("cache", "", identity)
        self._session = self._file.load()

    @property
    def book(self) -> str:
        """The book behind the address, or an empty text when it was never asked."""
        return self._session.book.rstrip("*")

    @property
    def may_read(self) -> bool:
        """Whether what others have kept is for this login too: not where it sees some properties only."""
        return not self._session.book.endswith("*")

    def knows(self, fresh: "Fresh") -> bool:
        """Whether an answer is of that book, and may be kept in it."""
        return fresh.book == self._session.book and self.may_read

    @property
    def owed(self) -> int:
        """How many changes the cache was not told of."""
        return self._session.owed

    @property
    def failures(self) -> int:
        """How often the cache has failed since that was counted last."""
        return self._session.failures

    @property
    def is_away(self) -> bool:
        """Whether the cache has failed a moment ago."""
        left = self._session.away.get(_AWAY, 0.0) - time.time()
        return 0 < left <= PAUSE

    def accepts(self, snapshot: str) -> bool:
        """Whether a value with this snapshot has seen all that these commands have changed."""
        return covers(snapshot, self._session.seen)

    def look_again(self) -> None:
        """Read the file anew: another process may have changed something."""
        self._session = self._file.load()

    def learn(self, fresh: "Fresh") -> None:
        """Another book than before: nothing that was known of the old one holds."""
        if fresh.book != self._session.book:
            self._change(lambda it: replace(it, book=fresh.book, seen=fresh.snapshot, owed=0))

    def untold(self, fresh: "Fresh | None") -> None:
        """A change was committed and the cache could not be told; `fresh` has seen it."""

        def change(it: Session) -> Session:
            if fresh is None:  # where it stands can't be asked: nothing is known any more
                return replace(it, book="", seen="", owed=0)
            known = it if fresh.book == it.book else replace(it, book=fresh.book, seen="", owed=0)
            seen = fresh.snapshot if covers(fresh.snapshot, known.seen) else known.seen
            return replace(known, seen=seen, owed=known.owed + 1)

        self._change(change)

    def failed(self) -> None:
        """The cache did not answer: leave it alone for a moment."""
        away = {**self._session.away, _AWAY: time.time() + PAUSE}
        self._change(lambda it: replace(it, away=away, failures=it.failures + 1))

    def settled(self, owed: int, failures: int) -> None:
        """So much of what was owed has been told, and so many failures have been counted."""
        self._change(
            lambda it: replace(it, owed=max(it.owed - owed, 0), failures=max(it.failures - failures, 0), away={})
        )

    def _change(self, change: Callable[[Session], Session]) -> None:
        self._file.change(change)
        self._session = self._file.load()
