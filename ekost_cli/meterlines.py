"""Readings as somebody has written them down: a meter and what it shows on each line, or in pairs of words."""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from db.errors import N_, EkostError, UsageError
from ekost_cli.coercion import NotUTF8Error

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.services.readings import Read

# Bytes of a file that are read: more than any house has meters.
MOST = 1_000_000
_HEADING = frozenset({"meter", "room", "kamar", "meteran"})


class ReadingLineError(UsageError):
    """A line that holds no meter with its reading. Nothing of the file is kept."""

    code = "reading_line"
    message = N_("Line {line}: {reason}")
    hint = N_("Each line holds a meter and what it shows: `A1 1327.8`, or with a kind `A1 water 88.2`.")


class FileUnreadableError(UsageError):
    """A file that can't be read."""

    code = "file_unreadable"
    message = N_("The file {file} can't be read.")


def lines_of(file: Path) -> list[str]:
    """The lines of a file, of standard input for `-`. Raises FileUnreadableError, NotUTF8Error."""
    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.read(MOST)
        else:
            with file.open("rb") as stream:
                raw = stream.read(MOST)
        return raw.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NotUTF8Error(parameter="FILE") from None
    except OSError:
        raise FileUnreadableError(file=str(file)) from None


def reads_of(conn: "Connection", lines: Iterable[str], property_code: str | None) -> Iterator["Read"]:
    """The readings of lines such as `A1 1327.8`, `A1;water;88.2`; a heading and `# remarks` are passed over.

    Figures are in machine format (M4). Raises ReadingLineError.
    """
    from db.domain.utilities import parse_machine_reading
    from db.repositories.meters import find_meter
    from db.services.readings import Read
    from locales.sentences import filled

    for number, line in enumerate(lines, 1):
        words = _words(line)
        if not words or (number == 1 and words[0].lower() in _HEADING):
            continue
        if not 2 <= len(words) <= 3:
            raise ReadingLineError(line=number, reason=line.strip()[:60])
        try:
            kind = words[1].lower() if len(words) == 3 else None
            yield Read(find_meter(conn, words[0], property_code, kind), parse_machine_reading(words[-1]))
        except EkostError as error:
            raise ReadingLineError(line=number, reason=filled(error.message, error.fields)) from None


def pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`A1 1327.8 A2 903` as pairs; a word left over stands alone with an empty reading."""
    yield from zip(words[::2], [*words[1::2], ""], strict=False)


def _words(line: str) -> list[str]:
    told = line.partition("#")[0].strip()
    words = [word for word in re.split(r"[;\t ]+", told) if word]
    return words[0].split(",") if len(words) == 1 else words
