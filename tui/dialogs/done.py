"""What came of a form."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.book import Book


class Done(NamedTuple):
    """A sentence; what takes it back, with the sentence for that; and what begins in the background now."""

    told: str
    undo: "Callable[[Connection], object] | None" = None
    undone: str = ""
    after: "Callable[[Book], None] | None" = None
