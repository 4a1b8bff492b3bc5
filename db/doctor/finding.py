"""What an examination finds: fine, worth a look, or broken, in words that the edge translates."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, NamedTuple

from db.errors import EkostError

Status = Literal["pass", "warn", "fail"]


class Finding(NamedTuple):
    """One thing that was examined. `fields` fill the placeholders of `message` and `hint`."""

    check: str
    status: Status
    message: str
    hint: str
    fields: Mapping[str, object]


def fine(check: str, message: str, **fields: object) -> Finding:
    """Nothing to do."""
    return Finding(check, "pass", message, "", fields)


def doubtful(check: str, message: str, hint: str, **fields: object) -> Finding:
    """It works, but it may not for long, or not as well as it could."""
    return Finding(check, "warn", message, hint, fields)


def broken(check: str, message: str, hint: str, **fields: object) -> Finding:
    """It does not work, or money could be lost."""
    return Finding(check, "fail", message, hint, fields)


def of_error(check: str, error: EkostError, status: Status = "fail") -> Finding:
    """An error in the way, told in its own words."""
    return Finding(check, status, error.message, error.hint, error.fields)


def guarded(check: str, examine: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What an examination finds; an error in it is a finding too, and the next examination goes on."""
    try:
        yield from examine()
    except EkostError as error:
        yield of_error(check, error)
