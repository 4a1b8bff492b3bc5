"""Figures as bars of blocks, one line each, for any terminal and for paper."""

import unicodedata
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
    if not bars:
        return []
    labels = [safe(label) for label, _value, _told in bars]
    room = min(max(map(_cells, labels)), LONGEST_LABEL, width // 3)
    told = max(len(text) for _label, _value, text in bars)
    cells = max(width - room - told - 3, 1)
    highest = max(abs(value) for _label, value, _told in bars) or Decimal(1)
    return [
        f" {_fitted(label, room)} {text:>{told}} {_bar(value, highest, cells)}".rstrip()
        for label, (_label, value, text) in zip(labels, bars, strict=True)
    ]


def _cells(text: str) -> int:
    """Cells of a terminal: Chinese and its like take two."""
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text)


def _fitted(text: str, room: int) -> str:
    while _cells(text) > room:
        text = text[:-1]
    return text + " " * (room - _cells(text))


def _bar(value: Decimal, highest: Decimal, cells: int) -> str:
    eighths = int(abs(value) * cells * 8 / highest)
    if value < 0:
        return SHADED * max(eighths // 8, 1)
    return EIGHTHS[-1] * (eighths // 8) + EIGHTHS[eighths % 8].strip() if eighths or not value else EIGHTHS[1]
