"""What came of a form."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.account import Who
    from tui.book import Book
    from tui.things import Where


class Done(NamedTuple):
    """A sentence; what takes it back, with the sentence for that; and what begins in the background now.

    `renamed`: whom or what it was about is found by another code or number from now on, a Who or a Where.
    """

    told: str
    undo: "Callable[[Connection], object] | None" = None
    undone: str = ""
    after: "Callable[[Book], None] | None" = None
    renamed: "tuple[Who | Where, Who | Where] | None" = None
