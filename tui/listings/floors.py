"""Which floor or block a room is on, as its number tells: nobody has to write that down a second time."""

import re
from functools import lru_cache

from locales.catalogs import _

# `12-07`, `KAMAR.3`: what stands before the sign, and what behind it.
_PARTED = re.compile(r"([^._-]+[._-])(.+)")
_COUNTED = re.compile(r"(\D*)(\d+)")
# Of `1204` the last two digits count the rooms of the floor.
OF_FLOOR = 2


@lru_cache(maxsize=4096)
def floor_of(number: str) -> str:
    """`1` of 104, `12` of 1204, `B` of B7, `B2` of B204, `3` of 3-11; nothing where a number tells none, as 7.

    Rooms in the order of their numbers stand floor by floor.
    """
    before, behind = parted.groups() if (parted := _PARTED.fullmatch(number)) else ("", number)
    letters, digits = counted.groups() if (counted := _COUNTED.match(behind)) else (behind, "")
    floor = before + letters + digits[:-OF_FLOOR]
    return floor.rstrip("._-")


def floor_told(floor: str) -> str:
    """`Floor 12`, `Block B`; nothing where there is none."""
    if not floor:
        return ""
    return (_("Floor {name}") if floor[-1].isdecimal() else _("Block {name}")).format(name=floor)
