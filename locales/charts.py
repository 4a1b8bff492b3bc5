"""Figures as bars of blocks, one line each, for any terminal and for paper."""

from collections.abc import Sequence
from decimal import Decimal

from locales.safe import safe

# From an eighth of a cell to a whole one; what is below nothing is shaded.
EIGHTHS = " ▏▎▍▌▋▊▉█"
SHADED = "▒"
# Cells that a label may take.
LONGEST_LABEL = 32


def chart_lines(bars: Sequence[tuple[str, Decimal, str]], width: int) -> list[str]:
    """A line for each label, figure and how that is written, none wider than `width` cells; labels are made safe."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - the screens begin without it

    if not bars:
        return []
    labels = [safe(label) for label, _value, _told in bars]
    room = min(max(map(cell_len, labels)), LONGEST_LABEL, width // 3)
    told = max(len(text) for _label, _value, text in bars)
    cells = max(width - room - told - 3, 1)
    highest = max(abs(value) for _label, value, _told in bars) or Decimal(1)
    return [
        f" {set_cell_size(label, room)} {text:>{told}} {_bar(value, highest, cells)}".rstrip()
        for label, (_label, value, text) in zip(labels, bars, strict=True)
    ]


def _bar(value: Decimal, highest: Decimal, cells: int) -> str:
    eighths = int(abs(value) * cells * 8 / highest)
    if value < 0:
        return SHADED * max(eighths // 8, 1)
    return EIGHTHS[-1] * (eighths // 8) + EIGHTHS[eighths % 8].strip() if eighths or not value else EIGHTHS[1]
