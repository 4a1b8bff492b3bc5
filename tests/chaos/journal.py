"""What a producer wrote down: each payment before its first attempt, and again when it was acknowledged."""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Attempt:
    """A payment under its key. `number` is the payment's id once it was acknowledged; `refused` an error's code."""

    key: str
    tenant: str
    amount: str
    number: int | None = None
    refused: str | None = None


@dataclass
class File:
    """A file of payments: rows that must be applied and rows that must be rejected. `accepted`: the command said so."""

    name: str
    good: int
    bad: int
    accepted: bool = False
    refused: str | None = None


@dataclass
class Journal:
    """All that the producers of a run wrote down."""

    attempts: dict[str, Attempt] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    @classmethod
    def read(cls, paths: Iterable[Path]) -> "Journal":
        journal = cls()
        for path in paths:
            for line in _lines(path):
                journal._take(line)
        return journal

    def acknowledged(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts.values() if attempt.number is not None]

    def open(self) -> list[Attempt]:
        """Begun, and neither acknowledged nor refused."""
        return [attempt for attempt in self.attempts.values() if attempt.number is None and attempt.refused is None]

    def refused(self) -> list[str]:
        """What was refused for good: in a run nothing may be."""
        everything = [*self.attempts.values(), *self.files.values()]
        return [f"{item}" for item in everything if item.refused is not None]

    def _take(self, line: dict[str, Any]) -> None:
        kind = line.pop("what")
        if kind == "attempt":
            self.attempts[line["key"]] = Attempt(**line)
        elif kind == "file":
            self.files[line["name"]] = File(**line)
        else:
            known: Attempt | File = self.attempts[line["key"]] if kind == "answer" else self.files[line["name"]]
            for name, value in line.items():
                setattr(known, name, value)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


class Pen:
    """Adds lines to a journal. A line is with the kernel when `write` returns: a kill can't take it back."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, **line: object) -> None:
        os.write(self._file, (json.dumps(line) + "\n").encode())


def make_peace(journals: Path) -> None:
    """Let nobody who writes a journal in this folder begin anything more. A file: a signal may come too early."""
    (journals / "peace").touch()


def is_peace(journal: Path) -> bool:
    return (journal.parent / "peace").exists()
