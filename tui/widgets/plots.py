"""Figures drawn with blocks: months beside each other, and parts of a whole."""

from collections.abc import Sequence
from decimal import Decimal

EIGHTHS = " ▁▂▃▄▅▆▇█"
FULL, SHADED, EMPTY = "█", "▒", "░"


def columns(values: Sequence[Decimal], height: int, highest: Decimal, *, full: str = FULL) -> list[str]:
    """Each value as a column of blocks, `height` lines from the top down; `highest` fills them all.

    Two columns beside each other are told apart by what they are `full` of, without colour too.
    """
    steps = [_steps(value, height, highest) for value in values]
    blocks = EIGHTHS[:-1] + full
    return ["".join(blocks[max(0, min(8, step - line * 8))] for step in steps) for line in reversed(range(height))]


def bar(part: int, whole: int, width: int) -> str:
    """How much of a whole a part is; anything is at least one block, and only everything fills the bar."""
    if whole <= 0:
        return EMPTY * width
    filled = part * width // whole
    filled = min(max(filled, 1 if part else 0), width if part >= whole else width - 1)
    return FULL * filled + EMPTY * (width - filled)


def _steps(value: Decimal, height: int, highest: Decimal) -> int:
    if value <= 0 or highest <= 0:
        return 0
    return max(1, int(value * height * 8 / highest))
