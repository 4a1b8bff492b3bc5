"""A table whose rows are tiles: read, kept and forgotten as a table's are, so ten thousand of them are as quick."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual import events
from textual.geometry import Size
from textual.strip import Strip

from tui.widgets.board.shelves import SHELF, TILE, Shelf, Shelves
from tui.widgets.board.tiles import GAP, Tile, paint_heading, paint_legend, paint_shelf, tile_width
from tui.widgets.table.lines import Column, Line
from tui.widgets.table.messages import Moved
from tui.widgets.table.painting import paint_notice
from tui.widgets.table.surface import HEADER
from tui.widgets.table.table import KeysetTable


class Board(KeysetTable):
    """`tile_of` makes the tile of a row, `group_of` what it stands under, `told` how that is called."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"board--heading"}

    def __init__(
        self,
        columns: Sequence[Column],
        tile_of: Callable[[Any], Tile],
        group_of: Callable[[Any], Hashable],
        told: Callable[[Any], str],
        *,
        legend: Callable[[], Sequence[tuple[str, str]]],
        id: str | None = None,
    ) -> None:
        super().__init__(columns, id=id)
        self._tile_of, self._group_of, self._told, self._legend = tile_of, group_of, told, legend
        self._wide = tile_width(None)
        self._shelves = Shelves()

    # -- where everything stands

    def make_room(self, lines: Sequence[Line], *, anew: bool = False) -> None:
        """Widen the tiles to these rows."""
        widest = max((tile_width(self._tile_of(line.row)) for line in lines), default=0)
        self._wide = max(widest, tile_width(None) if anew else self._wide)

    def place_columns(self) -> None:
        """Put the rows on shelves; what is seen at the top stays there."""
        seen, top = self._shelves.at(self.scroll_offset.y), self.scroll_offset.y
        self._place(seen, top, 0)

    def _place(self, seen: Shelf | None, top: int, shift: int) -> None:
        feed = self._feed
        if feed is None:
            return
        window, across = feed.window, self._across
        groups = (self._group_of(line.row) for line in window.rows)
        self._shelves = Shelves(groups, start=window.start, y=window.start // across * SHELF, across=across)
        missing = -(-(feed.extent - window.end) // across) * SHELF
        self.virtual_size = Size(0, HEADER + self._shelves.bottom + missing)
        if seen is not None and (shelf := self._shelves.of(seen.first + shift)) is not None:
            self.scroll_to(y=shelf.y + top - seen.y, animate=False, force=True)
        self.refresh()

    @property
    def _across(self) -> int:
        room = self.scrollable_content_region.width
        return max((room + GAP) // (self._wide + GAP), 1)

    def _take_in(self, shift: int, *, anew: bool = False) -> None:
        assert self._feed is not None  # noqa: S101 - rows come from somewhere
        self.stale = False
        seen, top = None if anew else self._shelves.at(self.scroll_offset.y), self.scroll_offset.y
        self.make_room(self._feed.fresh, anew=anew)
        self.cursor += shift
        self._place(seen, top, shift)
        self.post_message(Moved(self))

    def _seen(self) -> tuple[int, int]:
        top = self.scroll_offset.y
        return self._shelves.number_at(top), self._shelves.number_at(top + self.lines_seen) + self._across

    # -- moving

    def move_to(self, number: int) -> None:
        """Put the cursor on a row, the nearest one in memory, and bring its shelf into sight."""
        if self._feed is None:
            return
        window, top = self._feed.window, self.scroll_offset.y
        self.cursor = max(window.start, min(number, window.end - 1), 0)
        if (shelf := self._shelves.of(self.cursor)) is not None:
            if shelf.y < top:
                self.scroll_to(y=shelf.y, animate=False, force=True)
            elif shelf.top + TILE > top + self.lines_seen:
                self.scroll_to(y=shelf.top + TILE - self.lines_seen, animate=False, force=True)
        self.refresh()
        self._arrive()

    def action_step(self, by: int) -> None:
        """A shelf up or down."""
        self.move_to(self._shelves.beside(self.cursor, by))

    def action_aside(self, by: int) -> None:
        """A tile to the left or right; behind the last one of a shelf comes the first one of the next."""
        self.move_to(self.cursor + by)

    def action_leaf(self, by: int, part: int = 1) -> None:
        """As many shelves up or down as are seen, or half of them."""
        far = by * max((self.lines_seen // SHELF - 1) // part, 1)
        while far and (to := self._shelves.beside(self.cursor, far)) == self.cursor:
            far -= by
        self.move_to(to if far else self.cursor)

    def on_click(self, event: events.Click) -> None:
        """A tile is chosen, one that is chosen already is opened."""
        event.prevent_default()
        y = self.scroll_offset.y + event.y - HEADER
        shelf = self._shelves.at(y) if event.y >= HEADER else None
        if shelf is None or y < shelf.top:
            return
        at = event.x // (self._wide + GAP)
        if at >= shelf.size:
            return
        if shelf.first + at == self.cursor and event.chain > 1:
            self.action_open()
        else:
            self.move_to(shelf.first + at)

    # -- painting

    def render_line(self, y: int) -> Strip:
        """One line of what is seen: the signs and what they mean, a heading, or a line of tiles."""
        width = self.size.width
        if y < HEADER:
            return paint_legend(self._legend(), width, self.get_component_rich_style("table--header"))
        at = self.scroll_offset.y + y - HEADER
        shelf = self._shelves.at(at)
        if shelf is None:
            told = self.notice_line(y - HEADER - 1) if not len(self.rows) else ""
            return paint_notice(told, width, self.get_component_rich_style("table--notice"))
        if at < shelf.top:
            return paint_heading(self._told(shelf.group), width, self.get_component_rich_style("board--heading"))
        return self._tiles(shelf, at - shelf.top, width)

    def _tiles(self, shelf: Shelf, line: int, width: int) -> Strip:
        base = self.get_component_rich_style("table--stale") if self.stale else self.rich_style
        chosen = self.get_component_rich_style("table--cursor")
        rows = [self.row_at(number) for number in range(shelf.first, shelf.first + shelf.size)]
        tiles = [self._tile_of(row.row) for row in rows if row is not None]
        marked = [row is not None and row.key in self.marks for row in rows]
        return paint_shelf(tiles, marked, line, self.cursor - shelf.first, (self._wide, width), (base, chosen))
