"""Whether a file fits its table: the names in its first line, and the values below."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.exc import DataError, IntegrityError

from db.transfer.errors import BookColumnsError, BookDamagedError
from db.transfer.subjects import Subject

_LONGEST = 100_000


def read_header(path: Path, subject: Subject, *, strict: bool) -> list[str]:
    """The columns of a file; with `strict` none may be missing, else older ones had fewer. Raises BookColumnsError."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            found = next(csv.reader((file.readline(_LONGEST),), strict=True), [])
    except (OSError, ValueError, csv.Error) as error:
        raise BookDamagedError(file=path.name) from error
    known = {column.name for column in subject.columns}
    odd = set(found) - known - subject.helpers
    if odd or len(set(found)) < len(found):
        raise BookColumnsError(file=path.name, what=", ".join(sorted(odd)) or "-")
    if strict and known - set(found):
        raise BookColumnsError(file=path.name, what=", ".join(sorted(known - set(found))))
    return found


@contextmanager
def arriving(file: str) -> Iterator[None]:
    """Tell in our own words that the database refuses a row; values are not passed on. Raises BookColumnsError."""
    try:
        yield
    except psycopg.DataError as error:
        raise BookColumnsError(file=file, what=error.diag.column_name or error.sqlstate or "-") from error
    except (DataError, IntegrityError) as error:
        diag = getattr(error.orig, "diag", None)
        what = getattr(diag, "constraint_name", None) or getattr(diag, "column_name", None) or "-"
        raise BookColumnsError(file=file, what=what) from error
    except psycopg.IntegrityError as error:
        raise BookColumnsError(file=file, what=error.diag.constraint_name or error.sqlstate or "-") from error
