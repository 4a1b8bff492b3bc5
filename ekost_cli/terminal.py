"""What the two streams can show: each is asked apart, since one may be a terminal and the other a file."""

import os
import shutil
import sys
from collections.abc import Mapping
from typing import TextIO

RED, BOLD, RESET = "\x1b[31m", "\x1b[1m", "\x1b[0m"


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is looking."""
    try:
        return stream.isatty()
    except ValueError:
        return False  # closed


def wants_color(stream: TextIO, color: str = "auto", environ: Mapping[str, str] = os.environ) -> bool:
    """`--color` decides; then NO_COLOR, then FORCE_COLOR (0 is off), then TERM=dumb, then the stream itself."""
    if color != "auto":
        return color == "always"
    if environ.get("NO_COLOR"):
        return False
    if forced := environ.get("FORCE_COLOR"):
        return forced != "0"
    return environ.get("TERM") != "dumb" and is_terminal(stream)


def width() -> int:
    """Columns of the terminal; COLUMNS goes first, 80 where nobody knows."""
    return shutil.get_terminal_size().columns


def prepare_streams() -> None:
    """Make both streams usable: a closed one swallows, a pipe speaks UTF-8, and nothing dies of a character."""
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        # Not under a test that put its own object here.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding=None if is_terminal(stream) else "utf-8", errors="backslashreplace")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as the process
