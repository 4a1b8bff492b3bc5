"""Tell a failure on stderr: one line and a hint for people, one JSON object for programs."""

import os
import sys

from ekost_cli.failures import Failure
from ekost_cli.terminal import BOLD, RED, RESET, wants_color
from ekost_cli.words import option_value
from locales.values import dump


def report(failure: Failure, words: list[str]) -> None:
    """Write a failure of the command line `words`, which says by itself in what format."""
    if option_value(words, "output", "o") in ("json", "ndjson"):
        _write(dump({"error": failure._asdict()}) + "\n")
    else:
        _write(_line("ekost: error:", failure, option_value(words, "color") or "auto"))


def warn(failure: Failure, output: str | None, color: str = "auto") -> None:
    """Write what must be known beside what the command does, which goes on; `-q` does not silence it."""
    if output in ("json", "ndjson"):
        _write(dump({"warning": failure._asdict()}) + "\n")
    else:
        _write(_line("ekost: warning:", failure, color))


def report_origin(error: BaseException) -> None:
    """Where it happened, for who asked by EKOST_DEBUG."""
    if os.environ.get("EKOST_DEBUG") not in (None, "", "0"):
        from db.origins import origin_of

        _write(origin_of(error))


def _write(text: str) -> None:
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # nobody is there to be told


def _line(label: str, failure: Failure, color: str) -> str:
    # The label is the same in every language: scripts look for it.
    if wants_color(sys.stderr, color):
        label = f"{BOLD}{RED}{label}{RESET}"
    # One line, whatever the message holds.
    lines = [f"{label} {failure.message}", *([failure.hint] if failure.hint else [])]
    return "".join(" ".join(line.splitlines()) + "\n" for line in lines)
