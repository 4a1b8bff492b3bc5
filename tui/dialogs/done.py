"""What came of a form."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Done(NamedTuple):
    """A sentence; and what takes it back, with the sentence for that."""

    told: str
    undo: "Callable[[Connection], object] | None" = None
    undone: str = ""
