"""What a process collected, added up: a line for each name, which is read again as a sample of several."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from pathlib import Path

from db.metrics.collecting import POOL, Noted
from db.metrics.kinds import KINDS
from db.metrics.sink import DURATIONS, write


def leave(folder: Path, noted: Noted, connections: Iterable[tuple[str, int]]) -> None:
    """Write it all down at once. Raises nothing of the file system."""
    # So fine that no two files begin with the same line: by it a file is known that is in the totals.
    now = f"{time.time():.6f}"
    lines = [*_lines(now, noted), *(f"{now}\t{name}\t\t{count}\t{POOL}\n" for name, count in connections)]
    if lines:
        write(folder, DURATIONS, "".join(lines))


def _lines(now: str, noted: Noted) -> Iterator[str]:
    # A copy of each: a thread that still notes one may do so meanwhile.
    for (kind, name, outcome), taken in [(key, tuple(seconds)) for key, seconds in tuple(noted.items())]:
        yield f"{now}\t{name}\t{outcome}\t{sum(taken):.5f}\t{kind}{_several(kind, taken)}\n"


def _several(kind: str, taken: Sequence[float]) -> str:
    """How many, the longest, and how many up to each bound; one by itself says all that by its seconds."""
    if len(taken) == 1:
        return ""
    bounds = (*KINDS[kind].bounds, inf)
    found = Counter(bounds[bisect_left(bounds, seconds)] for seconds in taken)
    counts = ",".join(f"{bound:g}:{count}" for bound, count in sorted(found.items()))
    return f"\t{len(taken)}\t{max(taken):.5f}\t{counts}"
