"""Where commands leave behind how long they took: a line in a file, since a process that ends keeps no counter.

Best effort, and imported by every command: no line is worth a failure, a wait or a heavy import.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from db.settings_path import make_private

FILE = "commands.log"
# What else is measured, of which there is far more: it must not crowd the commands out.
DURATIONS = "durations.log"
# Bytes of the file; then it is added to the totals and becomes the older one of two.
MOST = 256 * 1024
# What became of a command: done, refused for a reason that its user can mend, or failed for another one.
DONE, REFUSED, ERROR = "done", "refused", "error"


def outcome_of(status: int, *, raised: bool) -> str:
    """What a command with this exit status came to; a check that found something has `raised` nothing."""
    if not raised:
        return DONE
    return ERROR if status in (1, 3) else REFUSED


def record(folder: Path, name: str, outcome: str, seconds: float) -> None:
    """Write one command down: its noun and verb, never its arguments. Raises nothing of the file system."""
    write(folder, FILE, f"{time.time():.3f}\t{name}\t{outcome}\t{seconds:.4f}\n")


def write(folder: Path, file: str, lines: str) -> None:
    """Append lines at once; a file that is full is added to its totals. Raises nothing of the file system."""
    with suppress(OSError):
        if _append(folder, file, lines.encode()) >= MOST:
            from db.metrics.totals import fold  # noqa: PLC0415 - once in thousands of commands

            fold(folder, file)


def _append(folder: Path, name: str, lines: bytes) -> int:
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        file = os.open(folder / name, flags, 0o600)
    except FileNotFoundError:
        make_private(folder)
        file = os.open(folder / name, flags, 0o600)
    try:
        # One short write, which other processes do not get into.
        os.write(file, lines)
        return os.fstat(file).st_size
    finally:
        os.close(file)
