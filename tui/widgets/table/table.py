"""The big table: a hundred thousand rows are as quick as ten, since only what is seen is read, kept and painted."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size

from db.errors import EkostError
from db.repositories.pages import Extent
from locales.catalogs import _
from locales.formats import number
from tui.widgets.table.feeding import Feed, Reader
from tui.widgets.table.keys import BINDINGS
from tui.widgets.table.lines import Column, Line
from tui.widgets.table.messages import HeadingChosen, Moved, Opened, ReadingFailed
from tui.widgets.table.surface import HEADER, Surface
from tui.work import start

PAGES = "pages"
Reading = Callable[[], Awaitable[None]]


class KeysetTable(Surface, can_focus=True):
    """A list that is read as it is looked at. Rows are known by number, and by a key where they may move."""

    BINDINGS: ClassVar[list[BindingType]] = [*BINDINGS]

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:
        super().__init__(columns, id=id)
        self._feed: Feed | None = None
        self._unseen = False
        # A list that was asked for and has not answered: the old one stays in sight until it has.
        self._coming: Feed | None = None
        # The key of the row under the cursor: rows may move while they are read again.
        self._chosen: Hashable = None

    # -- what it shows

    def show(self, read: Reader) -> None:
        """Begin with the first rows of a list; the one before is forgotten when they are there."""
        self._coming = feed = Feed(read)
        self._begin(feed, feed.first, to=0)

    def reread(self) -> None:
        """Read what is seen again; the cursor stays on its row, wherever that has gone."""
        if (feed := self._coming) is not None:
            self._begin(feed, feed.first, to=0)
        elif (feed := self._feed) is not None:
            self._begin(feed, lambda: feed.again(*self._seen()))

    def take_over(self, other: "KeysetTable") -> None:
        """Show what another table shows, with the cursor on the same row; nothing is read."""
        self._feed, self._coming, self.marks = other._feed, None, other.marks
        self.notice, self.cursor = other.notice, other.cursor
        if self._feed is not None:
            self._feed.fresh = self._feed.window.rows
            self._take_in(0, anew=True)
            self.move_to(other.cursor)
            # One that was not seen before has no size yet, and nothing is in sight.
            self._unseen = not self.size.height

    def on_resize(self, _event: events.Resize) -> None:
        """The first size brings the cursor into sight."""
        if self._unseen and self.size.height:
            self._unseen = False
            self.place_columns()
            self.scroll_to(y=0, animate=False, force=True)
            self.move_to(self.cursor)

    @property
    def current(self) -> Line | None:
        """The row under the cursor."""
        return self.row_at(self.cursor)

    @property
    def known(self) -> tuple[int, bool]:
        """How many rows are known to be there, and whether these are all."""
        if self._feed is None or not self._feed.loaded:
            return 0, False
        return self._feed.extent, self._feed.complete

    @property
    def awaited(self) -> bool:
        """Whether the first rows of what was asked for are on their way."""
        return not self.stale and (self._feed is None or self._coming is not None)

    def place_told(self, total: Extent | None = None) -> str:
        """On which row of how many the cursor is; `total` is what was counted, if it was."""
        known, place = Extent(*self.known), min(self.cursor + 1, self.known[0])
        if not known.whole and total is not None and total.rows >= known.rows:
            place += total.rows - known.rows if total.whole and self._feed and self._feed.from_end else 0
            known = total
        count = number(known.rows) + ("" if known.whole else "+")
        return _("{place} of {count}").format(place=number(place), count=count)

    @property
    def loaded(self) -> bool:
        """Whether any answer has come."""
        return self._feed is not None and self._feed.loaded

    @property
    def busy(self) -> bool:
        """Whether a page is on its way."""
        return any(feed is not None and feed.busy for feed in (self._feed, self._coming))

    @property
    def rows(self) -> list[Line]:
        """The rows in memory."""
        return self._feed.window.rows if self._feed else []

    def row_at(self, number: int) -> Line | None:
        """A row by its number, if it is in memory."""
        return self._feed.window.row(number) if self._feed else None

    # -- reading

    def _begin(self, feed: Feed, reading: Reading, *, to: int | None = None) -> None:
        async def begin() -> None:
            await reading()
            anew = feed is self._coming
            if anew:
                self._feed, self._coming = feed, None
                self.marks.clear()
            self._take_in(0, anew=anew)
            self.move_to(self._found(self._chosen) if to is None else to)

        start(self, partial(self._telling, begin), PAGES)

    def _look_ahead(self) -> None:
        """Read the page that will be seen next."""
        feed = self._feed
        if feed is None or not feed.wants(*self._seen()):
            return

        async def extend() -> None:
            self._take_in(await feed.near(*self._seen()))
            self._look_ahead()

        start(self, partial(self._telling, extend), PAGES, beside=True)

    async def _telling(self, reading: Reading) -> None:
        try:
            await reading()
        except EkostError as error:
            self.stale = True
            self.refresh()
            self.post_message(ReadingFailed(self, error))

    def _take_in(self, shift: int, *, anew: bool = False) -> None:
        """Rows have come; `shift` is by how much all numbers changed."""
        assert self._feed is not None  # noqa: S101 - rows come from somewhere
        self.stale = False
        self.make_room(self._feed.fresh, anew=anew)
        self.virtual_size = Size(0, HEADER + self._feed.extent)
        if shift:
            self.cursor += shift
            self.scroll_to(y=self.scroll_offset.y + shift, animate=False, force=True)
        self.post_message(Moved(self))

    def _found(self, key: Hashable) -> int:
        """Where the row with this key is now; else the number where the cursor was."""
        assert self._feed is not None  # noqa: S101 - see above
        window = self._feed.window
        return next((n for n, line in enumerate(window.rows, window.start) if line.key == key), self.cursor)

    def _seen(self) -> tuple[int, int]:
        top = self.scroll_offset.y
        return top, top + self.lines_seen

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel and the scroll bar move past what is in memory as well."""
        super().watch_scroll_y(old_value, new_value)
        self._look_ahead()

    # -- moving

    def move_to(self, number: int) -> None:
        """Put the cursor on a row, the nearest one in memory, and bring it into sight."""
        if self._feed is None:
            return
        window = self._feed.window
        before, self.cursor = self.cursor, max(window.start, min(number, window.end - 1), 0)
        top, bottom = self._seen()
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= bottom:
            self.scroll_to(y=self.cursor - self.lines_seen + 1, animate=False, force=True)
        for row in {before, self.cursor}:
            self.refresh_lines(HEADER + row)
        self._arrive()

    def _arrive(self) -> None:
        """The cursor is on a row: remember which, tell it, and read on."""
        self._chosen = self.current.key if self.current else None
        self.post_message(Moved(self))
        self._look_ahead()

    def action_step(self, by: int) -> None:
        """A row up or down."""
        self.move_to(self.cursor + by)

    def action_leaf(self, by: int, part: int = 1) -> None:
        """A page, or half of one, up or down; what is seen moves along."""
        far = by * max((self.lines_seen - (part == 1)) // part, 1)
        self.scroll_to(y=self.scroll_offset.y + far, animate=False, force=True)
        self.move_to(self.cursor + far)

    def action_first(self) -> None:
        """To the first row of the list."""
        if (feed := self._feed) is not None:
            # What is on its way may be the other end, and would come after all.
            if feed.window.previous is None and not feed.busy:
                self.move_to(0)
            else:
                self._begin(feed, feed.first, to=0)

    def action_last(self) -> None:
        """To the last row of the list, read from its end."""
        if (feed := self._feed) is not None:
            if feed.window.next is None and not feed.busy:
                self.move_to(feed.window.end - 1)
            else:
                self._begin(feed, feed.last, to=2**62)

    def action_aside(self, by: int) -> None:
        """A column to the left or right."""
        self.look_aside(by)
        self.post_message(Moved(self))

    def action_open(self) -> None:
        """Look at the row."""
        if (line := self.current) is not None:
            self.post_message(Opened(self, line))

    def action_whole(self) -> None:
        """Every cell of the row, without an end cut off."""
        if (line := self.current) is not None:
            from tui.dialogs.whole import WholeDialog

            labels = [_(column.field.label) for column in self.columns]
            self.app.push_screen(
                WholeDialog([(label, cell[0]) for label, cell in zip(labels, line.cells, strict=True)])
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a row there is nothing to open."""
        return action not in ("open", "whole") or self.current is not None

    def on_click(self, event: events.Click) -> None:
        """A row is chosen, one that is chosen already is opened; a heading sorts."""
        column = self.column_at(event.x)
        if event.y < HEADER:
            if column is not None:
                self.post_message(HeadingChosen(self, self.columns[column]))
            return
        number = self.scroll_offset.y + event.y - HEADER
        if self.row_at(number) is None:
            return
        self.column = self.column if column is None else column
        if number == self.cursor and event.chain > 1:
            self.action_open()
        else:
            self.move_to(number)

    # -- marking and copying

    def action_mark(self) -> None:
        """Mark the row, or take its mark away, and go on to the next one."""
        if (line := self.current) is not None:
            if self.marks.pop(line.key, None) is None:
                self.marks[line.key] = line
            self.move_to(self.cursor + 1)

    def action_unmark(self) -> None:
        """Take all marks away."""
        self.marks.clear()
        self.refresh()
        self.post_message(Moved(self))

    def action_copy_cell(self) -> None:
        """Bring the cell under the cursor to the clipboard."""
        if (line := self.current) is not None:
            self.copy(line.cells[self.column][0])

    def action_copy_rows(self) -> None:
        """Bring the marked rows, or the one under the cursor, to the clipboard, cells between tabs."""
        lines = list(self.marks.values()) or ([self.current] if self.current else [])
        self.copy("\n".join("\t".join(words for words, _color in line.cells) for line in lines))

    def copy(self, text: str) -> None:
        """Bring a text to the clipboard, and say so."""
        self.app.copy_to_clipboard(text)
        self.notify(_("Copied."), timeout=2)
