"""What was left behind, read again: the samples of late, and totals since ever, which only grow.

commands.log    samples that are in no total yet
commands.log.1  the file before; its samples are in the totals, if these name its first line
commands.json   totals: counts, sums and buckets of a histogram, by name and outcome

The same with durations.log for statements, screens and jobs, of which there are more.
"""

import fcntl
import json
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from db.metrics.collecting import COMMAND
from db.metrics.kinds import KINDS
from db.metrics.sink import FILE, MOST


class Sample(NamedTuple):
    """One of a kind, or `times` that were added up: when it was written down (seconds of the epoch), its name, what it
    came to, and its seconds, of all together. `counts` are those up to each bound, of several only."""

    at: float
    name: str
    outcome: str
    seconds: float
    kind: str = COMMAND
    times: int = 1
    longest: float = 0.0
    counts: tuple[tuple[float, int], ...] = ()


class Total(NamedTuple):
    """All of one kind, name and outcome: how many, their seconds, and how many in each of the buckets alone."""

    name: str
    outcome: str
    times: int
    seconds: float
    buckets: tuple[int, ...]
    kind: str = COMMAND


def read_samples(folder: Path, since: float, file: str = FILE) -> list[Sample]:
    """The samples from that moment on, as far back as the files go."""
    *_, older, newer = _at_once(folder, file)
    return [sample for sample in _samples(older + newer) if sample.at >= since]


def read_totals(folder: Path, file: str = FILE) -> list[Total]:
    """Everything since ever, by kind, name and outcome."""
    folded, kept, older, newer = _at_once(folder, file)
    loose = newer if older and older[0] == folded else older + newer
    return sorted(added(kept, _samples(loose)))


def added(kept: Iterable[Total], samples: Iterable[Sample]) -> list[Total]:
    """Totals with these samples in them."""
    sums = {(one.kind, one.name, one.outcome): (one.times, one.seconds, list(one.buckets)) for one in kept}
    for sample in samples:
        if sample.kind not in KINDS:
            continue
        bounds = KINDS[sample.kind].bounds
        key = sample.kind, sample.name, sample.outcome
        times, spent, buckets = sums.get(key, (0, 0.0, [0] * len(bounds)))
        for bound, count in sample.counts or ((sample.seconds, 1),):
            if (place := bisect_left(bounds, bound)) < len(bounds):
                buckets[place] += count
        sums[key] = times + sample.times, spent + sample.seconds, buckets
    return [
        Total(name, outcome, times, spent, tuple(buckets), kind)
        for (kind, name, outcome), (times, spent, buckets) in sums.items()
    ]


def _at_once(folder: Path, file: str) -> tuple[str, list[Total], list[str], list[str]]:
    """All three files, none of which another process has replaced meanwhile: its samples would be missed."""
    while True:
        before = _identity(folder / _older(file))
        found = (*_kept(folder, file), _lines(folder / _older(file)), _lines(folder / file))
        if _identity(folder / _older(file)) == before:
            return found


def _older(file: str) -> str:
    return f"{file}.1"


def _beside(folder: Path, file: str, ending: str) -> Path:
    return (folder / file).with_suffix(ending)


def _identity(path: Path) -> tuple[int, int]:
    with suppress(OSError):
        status = path.stat()
        return status.st_ino, status.st_mtime_ns
    return 0, 0


def fold(folder: Path, file: str = FILE) -> None:
    """Begin another file and add the old one to the totals; nothing if another process does, or it is not full."""
    with _locked(_beside(folder, file, ".lock")) as mine:
        if not mine or (folder / file).stat().st_size < MOST:
            return
        _add_older(folder, file)  # should an earlier turn have ended half-way
        (folder / file).replace(folder / _older(file))
        _add_older(folder, file)


def _add_older(folder: Path, file: str) -> None:
    """Add the file before to the totals, unless it is in them."""
    folded, kept = _kept(folder, file)
    lines = _lines(folder / _older(file))
    if not lines or lines[0] == folded:
        return
    totals = _beside(folder, file, ".json")
    draft = totals.with_name(f"{totals.name}.{os.getpid()}")
    draft.write_text(json.dumps({"folded": lines[0], "rows": added(kept, _samples(lines))}), encoding="utf-8")
    draft.replace(totals)


def _kept(folder: Path, file: str) -> tuple[str, list[Total]]:
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(_beside(folder, file, ".json").read_text(encoding="utf-8"))
        rows = [_total(*row) for row in found["rows"]]
        # Rows of other bounds than ours can't be gone on with.
        kept = [row for row in rows if row.kind in KINDS and len(row.buckets) == len(KINDS[row.kind].bounds)]
        return str(found["folded"]), kept
    return "", []


def _total(name: str, outcome: str, times: int, seconds: float, buckets: list[int], kind: str = COMMAND) -> Total:
    """A row of the file; one of an older version ends before its kind."""
    return Total(name, outcome, times, seconds, tuple(buckets), kind)


def _lines(path: Path) -> list[str]:
    with suppress(OSError):
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    return []


def _samples(lines: Iterable[str]) -> Iterator[Sample]:
    for line in lines:
        with suppress(ValueError, TypeError):
            at, name, outcome, seconds, *more = line.split("\t")
            sample = Sample(float(at), name, outcome, float(seconds), more[0] if more else COMMAND)
            yield _of_several(sample, *more[1:]) if more[1:] else sample


def _of_several(sample: Sample, times: str, longest: str, counts: str) -> Sample:
    found = [pair.split(":") for pair in counts.split(",")]
    each = tuple((float(bound), int(count)) for bound, count in found)
    return sample._replace(times=int(times), longest=float(longest), counts=each)


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Whether this process alone folds now."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(file)
