"""Tiles as Textual paints them. Words come in safe; nothing here reads them as markup."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.widgets.board.shelves import TILE
from tui.widgets.table.painting import MARK, fitted, named

GAP = 1
LEAST = 15


class Tile(NamedTuple):
    """Two lines: a sign, the name and a figure to the right; below it words. `color` is that of sign and words."""

    sign: str
    name: str
    figure: str
    words: str
    color: str


def tile_width(tile: Tile | None) -> int:
    """The cells that a tile takes: mark, sign, blank, name, blank and figure, or its words below the name."""
    if tile is None:
        return LEAST
    return max(LEAST, cell_len(tile.name) + cell_len(tile.figure) + 4)


def paint_shelf(
    tiles: Sequence[Tile],
    marked: Sequence[bool],
    line: int,
    cursor: int,
    widths: tuple[int, int],
    styles: tuple[Style, Style],
) -> Strip:
    """One line of a shelf; `cursor` is the place of the chosen tile, `styles` those of any tile and of that one."""
    wide, width = widths
    segments: list[Segment] = []
    for at, tile in enumerate(tiles):
        base = styles[at == cursor] if line < TILE else styles[0]
        colored = base + named(tile.color) if tile.color else base
        segments += _line(tile, line, wide, base, colored, marked=marked[at])
        segments.append(Segment(" " * GAP, styles[0]))
    return Strip(segments).adjust_cell_length(width, styles[0])


def _line(tile: Tile, line: int, wide: int, base: Style, colored: Style, *, marked: bool) -> list[Segment]:
    if line >= TILE:
        return [Segment(" " * wide, base)]
    if line:
        return [Segment(" " + fitted(tile.words, wide - 1, to_the_right=False), colored)]
    name = fitted(tile.name, wide - 4 - cell_len(tile.figure), to_the_right=False)
    return [
        Segment(f"{MARK if marked else ' '}{tile.sign} ", colored),
        Segment(name, base + named("bold")),
        Segment(f" {tile.figure}", base),
    ]


def paint_heading(words: str, width: int, base: Style) -> Strip:
    """What the tiles below belong to."""
    return Strip([Segment(f" {words}", base)]).adjust_cell_length(width, base)


def paint_legend(signs: Sequence[tuple[str, str]], width: int, base: Style) -> Strip:
    """The signs with what they mean, in their colours."""
    segments = [Segment(f" {words} ", base + named(color) if color else base) for words, color in signs]
    return Strip(segments).adjust_cell_length(width, base)
