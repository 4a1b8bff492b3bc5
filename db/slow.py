"""Slow statements, written down by name: which question, how long it took, how many rows; never with what values.

A statement is called by the function of ours that asked it (`tenants.Tenants.page`): `db.timing` knows how.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from db.settings_path import make_private

# Bytes of the file; then it becomes the older one of two.
MOST = 256 * 1024


class Slow(NamedTuple):
    """A statement that was slow; `ms` are milliseconds, `rows` is -1 where it did not come to an end."""

    at: datetime
    name: str
    ms: int
    rows: int


@dataclass(frozen=True, slots=True)
class SlowName:
    """What is written down of one name; times in milliseconds."""

    name: str
    count: int
    median_ms: int
    max_ms: int
    rows: int
    last_at: datetime


def write_slow(path: Path, name: str, taken: float, rows: int) -> None:
    """Write one down: its name, its seconds and rows. Raises nothing of the file system."""
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "name": name,
        "ms": round(taken * 1000),
        "rows": rows,
    }
    # Nobody's work fails because a folder can't be written to.
    with suppress(OSError):
        _append(path, json.dumps(line) + "\n")


def read_slow(path: Path) -> list[SlowName]:
    """What the file and the older one hold, by name: the longest first."""
    found: defaultdict[str, list[Slow]] = defaultdict(list)
    for one in _read(path):
        found[one.name].append(one)
    named = [
        SlowName(
            name, len(ones), round(median(one.ms for one in ones)), max(one.ms for one in ones),
            max(one.rows for one in ones), max(one.at for one in ones),
        )
        for name, ones in found.items()
    ]  # fmt: skip
    return sorted(named, key=lambda one: (-one.max_ms, one.name))


def _append(path: Path, line: str) -> None:
    make_private(path.parent)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        # One short write, which other processes do not get into.
        os.write(file, line.encode())
        full = os.fstat(file).st_size >= MOST
    finally:
        os.close(file)
    if full:
        path.replace(_older(path))


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _read(path: Path) -> Iterator[Slow]:
    for file in (_older(path), path):
        with suppress(OSError):
            yield from _readable(file.read_text(encoding="utf-8").splitlines())


def _readable(lines: Iterable[str]) -> Iterator[Slow]:
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            read = json.loads(line)
            yield Slow(datetime.fromisoformat(read["at"]), str(read["name"]), int(read["ms"]), int(read["rows"]))
