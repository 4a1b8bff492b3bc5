"""What commands have left behind, read again: the samples of late, and totals since ever, which only grow.

commands.log    samples that are in no total yet
commands.log.1  the file before; its samples are in the totals, if these name its first line
commands.json   totals: counts, sums and buckets of a histogram, by command and outcome
"""

import fcntl
import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from db.metrics.sink import FILE, MOST

# Upper bounds of the histogram, in seconds; what is longer counts in none of them.
BUCKETS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0)
_OLDER, _TOTALS, _LOCK = f"{FILE}.1", "commands.json", "commands.lock"


class Sample(NamedTuple):
    """One command: when it ended (seconds of the epoch), its name, what it came to, and its seconds."""

    at: float
    name: str
    outcome: str
    seconds: float


class Total(NamedTuple):
    """All commands of one name and outcome: how many, their seconds, and how many in each of `BUCKETS` alone."""

    name: str
    outcome: str
    times: int
    seconds: float
    buckets: tuple[int, ...]


def read_samples(folder: Path, since: float) -> list[Sample]:
    """The samples from that moment on, as far back as the files go."""
    *_, older, newer = _at_once(folder)
    return [sample for sample in _samples(older + newer) if sample.at >= since]


def read_totals(folder: Path) -> list[Total]:
    """Everything since ever, by name and outcome."""
    folded, kept, older, newer = _at_once(folder)
    loose = newer if older and older[0] == folded else older + newer
    return sorted(_added(kept, _samples(loose)))


def _at_once(folder: Path) -> tuple[str, list[Total], list[str], list[str]]:
    """All three files, none of which another process has replaced meanwhile: its samples would be missed."""
    while True:
        before = _identity(folder / _OLDER)
        found = (*_kept(folder), _lines(folder / _OLDER), _lines(folder / FILE))
        if _identity(folder / _OLDER) == before:
            return found


def _identity(path: Path) -> tuple[int, int]:
    with suppress(OSError):
        status = path.stat()
        return status.st_ino, status.st_mtime_ns
    return 0, 0


def fold(folder: Path) -> None:
    """Begin another file and add the old one to the totals; nothing if another process does, or it is not full."""
    with _locked(folder) as mine:
        if not mine or (folder / FILE).stat().st_size < MOST:
            return
        _add_older(folder)  # should an earlier turn have ended half-way
        (folder / FILE).replace(folder / _OLDER)
        _add_older(folder)


def _add_older(folder: Path) -> None:
    """Add the file before to the totals, unless it is in them."""
    folded, kept = _kept(folder)
    lines = _lines(folder / _OLDER)
    if not lines or lines[0] == folded:
        return
    rows = [[*total[:4], list(total.buckets)] for total in _added(kept, _samples(lines))]
    draft = folder / f"{_TOTALS}.{os.getpid()}"
    draft.write_text(json.dumps({"folded": lines[0], "rows": rows}), encoding="utf-8")
    draft.replace(folder / _TOTALS)


def _kept(folder: Path) -> tuple[str, list[Total]]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads((folder / _TOTALS).read_text(encoding="utf-8"))
        totals = [
            Total(name, outcome, count, spent, tuple(bins)) for name, outcome, count, spent, bins in found["rows"]
        ]
        return str(found["folded"]), totals
    return "", []


def _added(kept: Iterable[Total], samples: Iterable[Sample]) -> list[Total]:
    sums = {(total.name, total.outcome): (total.times, total.seconds, list(total.buckets)) for total in kept}
    for sample in samples:
        count, spent, buckets = sums.get((sample.name, sample.outcome), (0, 0.0, [0] * len(BUCKETS)))
        if (place := bisect_left(BUCKETS, sample.seconds)) < len(BUCKETS):
            buckets[place] += 1
        sums[sample.name, sample.outcome] = count + 1, spent + sample.seconds, buckets
    return [Total(*key, count, spent, tuple(buckets)) for key, (count, spent, buckets) in sums.items()]


def _lines(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    return []


def _samples(lines: Iterable[str]) -> Iterator[Sample]:
    for line in lines:
        with suppress(ValueError):
            at, name, outcome, seconds = line.split("\t")
            yield Sample(float(at), name, outcome, float(seconds))


@contextmanager
def _locked(folder: Path) -> Iterator[bool]:
    """Whether this process alone folds now."""
    file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(file)
