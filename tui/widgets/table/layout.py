"""Which columns of a table fit, and where: by rank at narrow widths, or one after the other when scrolled sideways."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len

from locales.catalogs import _
from tui.widgets.table.lines import Column

GAP = 2
# The marks stand before the first column.
GUTTER = 2
LEAST = 10


class Place(NamedTuple):
    """A column on the screen: which one, at which cell, how wide."""

    column: int
    x: int
    width: int


def arrange(columns: Sequence[Column], widths: Sequence[int], room: int, shift: int) -> list[Place]:
    """The columns that fit in `room` cells; with `shift` so many behind the first one are left out."""
    needed = [max(width, cell_len(_(column.field.label))) for column, width in zip(columns, widths, strict=True)]
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
    least = [min(n, LEAST) if c.cuttable else n for c, n in zip(columns, needed, strict=True)]
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
        texts = [i for i, n in enumerate(chosen) if columns[n].cuttable and shares[i] > min(needed[n], LEAST)]
        if not texts:
            break
        shares[max(texts, key=lambda i: shares[i])] -= 1
    return shares


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)
