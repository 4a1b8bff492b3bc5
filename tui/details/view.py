"""One list inside a detail, described as data."""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from db.repositories.pages import Page
from tui.book import Book
from tui.widgets.table.feeding import Cut, Reader
from tui.widgets.table.lines import Column, line_maker

if TYPE_CHECKING:
    from sqlalchemy import Connection

R = TypeVar("R")


class View(NamedTuple):
    """A list about what the detail is about: `read` gets that, and the place in the list.

    `command` prints the same; the words of the detail are put into it. `nothing` stands where there are no rows.
    """

    label: str
    columns: tuple[Column, ...]
    read: "Callable[[Connection, Any, Cut], Page[Any]]"
    key: Callable[[Any], Hashable]
    command: str
    nothing: str

    def reader(self, book: Book, about: Any) -> Reader:
        """Reads pages for a table."""
        make = line_maker(self.columns, self.key)

        async def read(cut: Cut) -> Page[Any]:
            with book.on_screen(" ".join(self.command.split()[1:3])):  # without what it is about
                return await book.ask(lambda conn: self.read(conn, about, cut).mapped(make))

        return read


def sliced(rows: Sequence[R], cut: Cut) -> Page[R]:
    """A page of rows that had to be worked out together, such as an allocation; the cursor is a row's number."""
    at = None if cut.after is None else int(cut.after)
    if cut.way.backwards:
        end = len(rows) if at is None else at + cut.way.inclusive
        start = max(end - cut.limit, 0)
    else:
        start = 0 if at is None else at + (not cut.way.inclusive)
        end = min(start + cut.limit, len(rows))
    return Page(list(rows[start:end]), str(end - 1) if end < len(rows) else None, str(start) if start else None)
