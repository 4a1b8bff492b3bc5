"""A list of the book as the big table wants it. A new list is one `Listing` and a screen that names it."""

from collections.abc import Callable, Hashable
from shlex import quote
from typing import TYPE_CHECKING, Any, NamedTuple

from db.repositories.pages import Extent, Page
from locales.catalogs import _
from locales.fields import Field
from tui.book import Book
from tui.scope import Scope
from tui.widgets.table.feeding import Cut, Reader
from tui.widgets.table.lines import Column, Line, line_maker

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Sort(NamedTuple):
    """An order: its name on the command line, the field that shows it, and whether the largest comes first."""

    name: str
    field: str
    downward: bool = False


class Listing(NamedTuple):
    """A list: what it shows and how it is read. The first sort is the one it begins with.

    `read` gets the connection, the scope and the place in the list in the list's own direction; `key` names a row
    for as long as it exists; `command` is the command line that prints the same, without the options of the scope.
    """

    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    read: "Callable[[Connection, Scope, Cut], Page[Any]]"
    key: Callable[[Any], Hashable]
    command: str
    # The order in which that command prints by itself.
    command_sort: str
    # What is told when there is nothing at all.
    nothing: str
    # What that command prints of each row; without it the list can't be written to a file.
    fields: tuple[Field, ...] = ()
    # Whether it can be narrowed to what fits some words.
    matches: bool = False
    # The option by which that command narrows to one state.
    narrowed_by: str = "status"
    # The option by which that command names the last day.
    last_by: str = "until"
    # Whether that command works all rows out at once, and writes workbooks too.
    is_report: bool = False
    # Whether it is about one property at a time.
    of_house: bool = True
    # How many rows there are; None where counting them would take its time.
    counted: "Callable[[Connection, Scope], Extent | None] | None" = None

    def sort(self, scope: Scope) -> Sort:
        """The order of a scope."""
        return next((sort for sort in self.sorts if sort.name == scope.sort), self.sorts[0])

    def direction(self, scope: Scope) -> tuple[str, bool]:
        """The field that the rows are sorted by, and whether downward."""
        sort = self.sort(scope)
        return sort.field, sort.downward != scope.reverse

    def reader(self, book: Book, scope: Scope) -> Reader:
        """Reads pages for a table; the words of the cells are made in the book's thread as well."""

        async def read(cut: Cut) -> Page[Line]:
            with book.on_screen(self.command.removeprefix("ekost ")):
                foreseen: Page[Line] | None = await book.foreseen((self.command, scope, cut))
                if foreseen is not None:
                    return foreseen
                return await book.browse(lambda conn: self.lines(conn, scope, cut))

        return read

    def lines(self, conn: "Connection", scope: Scope, cut: Cut) -> Page[Line]:
        """A part of the list, ready to be painted."""
        asked = cut._replace(way=cut.way.turned) if scope.reverse else cut
        page = self.read(conn, scope, asked).mapped(line_maker(self.columns, self.key))
        return page.turned() if scope.reverse else page

    def command_line(self, scope: Scope) -> str:
        """What to type to see the same in a shell."""
        words = [self.command]
        if (sort := self.sort(scope).name) != self.command_sort:
            words.append(f"--sort {sort}")
        if scope.status is not None:
            words.append(f"--{self.narrowed_by} {scope.status}")
        if scope.words and self.matches:
            words.append(f"--match {quote(scope.words)}")
        words += [
            f"--{name} {day.isoformat()}" for name, day in (("from", scope.since), (self.last_by, scope.until)) if day
        ]
        if scope.reverse:
            words.append("--reverse")
        if self.of_house and (scope.house or scope.usual):
            words.append(f"--property {quote(scope.house.code) if scope.house else '-'}")
        return " ".join(words)

    def empty_notice(self, scope: Scope) -> str:
        """Why there are no rows."""
        if scope.words:
            return _("Nothing matches “{words}”.").format(words=scope.words)
        return _(self.nothing)
