"""One line of a table as Textual paints it. Words come in safe; nothing here reads them as markup."""

from collections.abc import Sequence
from functools import cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.widgets.table.layout import GAP, GUTTER, Place
from tui.widgets.table.lines import Column, Line

MARK = "•"
CUT = "…"


def paint(
    line: Line,
    columns: Sequence[Column],
    places: Sequence[Place],
    width: int,
    base: Style,
    *,
    marked: bool,
    column: int,
) -> Strip:
    """A row; `column` is the one under the cursor, or -1."""
    segments = [Segment((MARK if marked else " ").ljust(GUTTER), base)]
    for place in places:
        words, color = line.cells[place.column]
        style = base + named(color) if color else base
        if place.column == column:
            style += named("underline")
        segments += _cell(words, place, columns[place.column], style, base)
    return _whole(segments, width, base)


def paint_header(
    labels: Sequence[str], columns: Sequence[Column], places: Sequence[Place], width: int, base: Style
) -> Strip:
    """The headings, which stay where they are."""
    segments = [Segment(" " * GUTTER, base)]
    for place in places:
        segments += _cell(labels[place.column], place, columns[place.column], base, base)
    return _whole(segments, width, base)


def fitted(words: str, width: int, *, to_the_right: bool) -> str:
    """Words in exactly so many cells; what is cut is seen to be cut."""
    length = cell_len(words)
    if length > width:
        return set_cell_size(words, max(width - 1, 0)) + CUT
    return " " * (width - length) + words if to_the_right else words + " " * (width - length)


@cache
def named(color: str) -> Style:
    """A colour or another word that Rich knows."""
    return Style.parse(color)


def _cell(words: str, place: Place, column: Column, style: Style, base: Style) -> tuple[Segment, Segment]:
    text = fitted(words, place.width, to_the_right=column.field.to_the_right)
    return Segment(text, style), Segment(" " * GAP, base)


def _whole(segments: list[Segment], width: int, base: Style) -> Strip:
    return Strip(segments).adjust_cell_length(width, base)


def paint_notice(words: str, width: int, base: Style) -> Strip:
    """A sentence where rows would be, or nothing."""
    text = words.center(width) if cell_len(words) <= width else fitted(words, width, to_the_right=False)
    return Strip([Segment(text, base)]).adjust_cell_length(width, base)
