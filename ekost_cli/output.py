"""Show records: a table for a person, a stream for a program; what is left out is said on stderr."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import chain
from typing import Any, Protocol, TextIO

from ekost_cli.invocation import Invocation
from ekost_cli.terminal import is_terminal, wants_color
from locales.catalogs import _
from locales.safe import safe
from locales.writers import WRITERS, Fields, write_object

# Rows that are fetched at a time for `--all`.
PAGE_OF_ALL = 500


class PageLike(Protocol):
    """Some rows, and the cursor of the page behind them."""

    @property
    def items(self) -> Iterable[Any]:
        """The rows."""

    @property
    def next(self) -> str | None:
        """The cursor, None on the last page."""


PageReader = Callable[[str | None, int], PageLike]


class Printer:
    """Prints what one command shows, in the format its command line asks for."""

    def __init__(self, options: Invocation, fields: Fields = ()) -> None:
        self.options = options
        self.fields = fields
        self._held: StringIO | None = None
        self._held_notes: list[str] = []

    @property
    def out(self) -> TextIO:
        """Where data goes: stdout, at once or when a block that holds it has ended."""
        return self._held or sys.stdout

    @property
    def format(self) -> str:
        """The format asked for, or a table on a terminal and TSV in a pipe."""
        return self.options.output or ("table" if is_terminal(sys.stdout) else "tsv")

    def show(self, record: Any, fields: Fields) -> None:
        """Print one thing."""
        if self.format == "table":
            from ekost_cli.tables import write_card

            write_card(self.out, record, fields, color=self._colorful)
        elif self.format == "json":
            write_object(self.out, record, fields)
        else:
            WRITERS[self.format](self.out, [record], fields, lambda: None)

    def show_list(self, records: Iterable[Any], fields: Fields) -> None:
        """Print a whole list."""
        self._write(iter(records), fields, lambda: None)

    def show_pages(self, read: PageReader, fields: Fields) -> None:
        """Print a page, or all pages in constant memory, and say when there is more."""
        if self.options.all:
            # The first page before the heading: what is refused leaves stdout empty.
            first = read(self.options.after, PAGE_OF_ALL)
            self._write(_all_rows(read, first), fields, lambda: None)
            return
        page = read(self.options.after, self.options.limit)
        self._write(iter(page.items), fields, lambda: page.next)
        if page.next is not None:
            self.note(_("There are more rows: add --after {cursor} or --all.").format(cursor=page.next))

    def note(self, text: str) -> None:
        """A line on stderr, unless the command is to be quiet."""
        if self.options.quiet:
            return
        if self._held is None:
            sys.stderr.write(safe(text) + "\n")
        else:
            self._held_notes.append(text)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Print what the block shows once it has ended well, otherwise nothing of it; then its notes, in any case."""
        if self._held is not None:  # within another one, which will print
            yield
            return
        self._held, self._held_notes = StringIO(), []
        held, failed = self._held, True
        try:
            yield
            failed = False
        except Exception as error:
            from typer import Exit

            failed = not isinstance(error, Exit)  # a check that found something has ended well too
            raise
        finally:
            self._held = None
            if not failed:
                sys.stdout.write(held.getvalue())
            for note in self._held_notes:
                self.note(note)

    @property
    def _colorful(self) -> bool:
        return wants_color(sys.stdout, self.options.color)

    def _write(self, records: Iterator[Any], fields: Fields, cursor: Callable[[], str | None]) -> None:
        if self.format == "table":
            self._table(records, fields)
        else:
            WRITERS[self.format](self.out, records, fields, cursor)

    def _table(self, records: Iterator[Any], fields: Fields) -> None:
        first = next(records, None)
        if first is None:
            self.note(_("Nothing found."))
            return
        from ekost_cli.tables import write_table

        picked = self.options.fields is not None
        dropped = write_table(self.out, chain([first], records), fields, color=self._colorful, keep_all=picked)
        if dropped:
            names = ", ".join(field.name for field in dropped)
            self.note(_("Too narrow for: {fields}. Choose columns with --fields.").format(fields=names))


def _all_rows(read: PageReader, page: PageLike) -> Iterator[Any]:
    yield from page.items
    while page.next is not None:
        page = read(page.next, PAGE_OF_ALL)
        yield from page.items
