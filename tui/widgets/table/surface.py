"""The face of a table: headings that stay, columns that fit, lines that are painted when they are seen."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import events
from textual.scroll_view import ScrollView
from textual.strip import Strip

from locales.catalogs import _
from tui.widgets.table.layout import Place, arrange
from tui.widgets.table.lines import Column, Line, widths
from tui.widgets.table.painting import paint, paint_header, paint_notice

HEADER = 1
UP, DOWN = "▲", "▼"


class Surface(ScrollView):
    """Paints the rows that `row_at` knows. `cursor` is the number of a row, `column` a place in `columns`."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--header", "table--cursor", "table--stale", "table--notice"}

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.cursor = 0
        self.column = 0
        self.marks: dict[Hashable, Line] = {}
        self._notice = ""
        # Shown rows are not, or no longer, what the book says.
        self.stale = False
        # The field by which rows are sorted, and whether downward.
        self.sorted_by: tuple[str, bool] = ("", False)
        self._shift = 0
        self._needed = [0] * len(self.columns)
        self._placed: list[Place] = []

    @property
    def notice(self) -> str:
        """What stands where there are no rows."""
        return self._notice

    @notice.setter
    def notice(self, words: str) -> None:
        # It is often known only when the empty list is painted already.
        if words != self._notice:
            self._notice = words
            self.refresh()

    def notice_line(self, number: int) -> str:
        """A line of it, or nothing."""
        lines = self._notice.splitlines()
        return lines[number] if 0 <= number < len(lines) else ""

    def row_at(self, number: int) -> Line | None:
        """A row by its number, if it is in memory."""
        raise NotImplementedError

    def change_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the rows that had the old ones must be replaced at once."""
        self.columns = tuple(columns)
        self.column, self._shift, self._needed = 0, 0, [0] * len(self.columns)
        self._placed = []

    def make_room(self, lines: Sequence[Line], *, anew: bool = False) -> None:
        """Widen the columns to these lines; they only ever grow, so that nothing jumps while one leafs through."""
        known = [0] * len(self.columns) if anew else self._needed
        self._needed = [max(pair) for pair in zip(known, widths(lines, self.columns), strict=True)]
        self.place_columns()

    def place_columns(self) -> None:
        """Lay the columns out for the width that there is."""
        self._placed = arrange(
            self.columns, self._headings(), self._needed, self.scrollable_content_region.width, self._shift
        )
        if self._placed and self.column not in self.shown:
            self.column = self._placed[0].column
        self.refresh()

    @property
    def shown(self) -> list[int]:
        """The columns that are seen."""
        return [place.column for place in self._placed]

    def look_aside(self, by: int) -> None:
        """The column before or behind; those that had no room come into sight."""
        shown = self.shown
        at = shown.index(self.column) + by
        if 0 <= at < len(shown):
            self.column = shown[at]
        elif by < 0 and self._shift:
            self._shift -= 1
        elif by > 0 and len(shown) < len(self.columns) and (not self._shift or shown[-1] < len(self.columns) - 1):
            self._shift += 1
        self.place_columns()
        if by > 0 and at >= len(shown) and self._placed:
            self.column = self._placed[-1].column

    def column_at(self, x: int) -> int | None:
        """The column at a cell of the screen."""
        return next((place.column for place in self._placed if place.x <= x < place.x + place.width), None)

    @property
    def lines_seen(self) -> int:
        """How many rows fit under the headings."""
        return max(self.size.height - HEADER, 1)

    def on_resize(self, _event: events.Resize) -> None:
        """Another width has room for other columns."""
        self.place_columns()

    def render_line(self, y: int) -> Strip:
        """One line of what is seen: the headings, a row, or why there is none."""
        width = self.size.width
        if y < HEADER:
            style = self.get_component_rich_style("table--header")
            return paint_header(self._headings(), self.columns, self._placed, width, style)
        number = self.scroll_offset.y + y - HEADER
        if (line := self.row_at(number)) is None:
            told = self.notice_line(number - 1) if self.row_at(0) is None else ""
            return paint_notice(told, width, self.get_component_rich_style("table--notice"))
        base, column = self.get_component_rich_style("table--stale") if self.stale else self.rich_style, -1
        if number == self.cursor:
            base, column = self.get_component_rich_style("table--cursor"), self.column
        marked = line.key in self.marks
        return paint(line, self.columns, self._placed, width, base, marked=marked, column=column)

    def _headings(self) -> list[str]:
        name, downward = self.sorted_by
        sign = DOWN if downward else UP
        return [
            f"{_(field.label)}{sign}" if field.name == name else _(field.label)
            for field in (column.field for column in self.columns)
        ]
