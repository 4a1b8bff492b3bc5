"""Which columns of a table fit, and where: by rank at narrow widths, or one after the other when scrolled sideways."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from tui.widgets.table.lines import Column

GAP = 2
# The marks stand before the first column.
GUTTER = 2
LEAST, LEAST_OF_FIRST = 10, 18


class Place(NamedTuple):
    """A column on the screen: which one, at which cell, how wide."""

    column: int
    x: int
    width: int


def arrange(
    columns: Sequence[Column], headings: Sequence[str], widths: Sequence[int], room: int, shift: int
) -> list[Place]:
    """The columns that fit in `room` cells; with `shift` so many behind the first one are left out."""
    needed = [max(width, cell_len(heading)) for heading, width in zip(headings, widths, strict=True)]
    chosen = _ranked(columns, needed, room - GUTTER) if not shift else _shifted(needed, room - GUTTER, shift)
    places: list[Place] = []
    x = GUTTER
    for number, width in zip(chosen, _shared(columns, needed, chosen, room - GUTTER), strict=True):
        places.append(Place(number, x, width))
        x += width + GAP
    return places


def _ranked(columns: Sequence[Column], needed: Sequence[int], room: int) -> list[int]:
    """All that fit, the highest ranks left out first, of one rank the last; texts may be cut before one goes."""
    kept = list(range(len(columns)))
    least = [_least(column, width) for column, width in zip(columns, needed, strict=True)]
    for number in sorted(kept, key=lambda n: (-columns[n].rank, -n)):
        if _total([least[n] for n in kept]) <= room or len(kept) == 1:
            break
        kept.remove(number)
    return kept


def _shifted(needed: Sequence[int], room: int, shift: int) -> list[int]:
    """The first column and those behind the ones that were scrolled away, as many as fit, at least one."""
    kept = [0]
    for number in range(1 + shift, len(needed)):
        if len(kept) > 1 and _total([needed[n] for n in [*kept, number]]) > room:
            break
        kept.append(number)
    return kept


def _shared(columns: Sequence[Column], needed: Sequence[int], chosen: Sequence[int], room: int) -> list[int]:
    """A width for each chosen column: the longest texts give way until all fit; figures are never cut."""
    shares = [needed[n] for n in chosen]
    while _total(shares) > room:
        spare = [share - _least(columns[n], needed[n]) for share, n in zip(shares, chosen, strict=True)]
        if max(spare) <= 0:
            break
        shares[spare.index(max(spare))] -= 1
    return shares


def _least(column: Column, needed: int) -> int:
    """What a text keeps at least: the one that a row is known by a good deal more."""
    return min(needed, LEAST if column.rank else LEAST_OF_FIRST) if column.cuttable else needed


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)
