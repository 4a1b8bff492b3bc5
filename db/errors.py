"""One error tree, so that every failure has a stable code, a sentence, a hint and an exit status.

An error carries message ids and fields, never a finished sentence: the edge chooses the language,
and a rejected import row can be told again in another one.
"""

from enum import IntEnum
from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802 - the marker that message extraction looks for
    """Mark a text for translation without translating it here."""
    return message


class ExitCode(IntEnum):
    """Exit status of the `ekost` command; scripts depend on these numbers."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_FOUND = 4
    REFUSED = 5
    REJECTED_ROWS = 6
    ALREADY_RUNNING = 7
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


class EkostError(Exception):
    """Something a person can act on. `fields` fill the placeholders of `message` and `hint`."""

    code: ClassVar[str] = "failed"
    message: str = N_("Something went wrong.")
    hint: str = ""
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    # Whether nothing is wrong but that others were at work: the whole transaction may be done again at once.
    may_repeat: ClassVar[bool] = False

    def __init__(self, **fields: object) -> None:
        super().__init__(self.code)
        self.fields = fields

    def __str__(self) -> str:
        """The English sentence, for logs; people see the translated one."""
        return self.message.format_map(_Blank(self.fields))


class _Blank(dict[str, object]):
    """A missing field must not turn one error into another."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class UsageError(EkostError):
    """The command line or the configuration is wrong."""

    code = "usage"
    exit_code = ExitCode.USAGE


class UnreachableError(EkostError):
    """A server does not answer; the same command may work later."""

    code = "unreachable"
    exit_code = ExitCode.UNREACHABLE


class NotFoundError(EkostError):
    """The thing that was named does not exist."""

    code = "not_found"
    exit_code = ExitCode.NOT_FOUND


class RuleError(EkostError):
    """A rule of the house, or another process that was first, refuses the change."""

    code = "refused"
    exit_code = ExitCode.REFUSED


class AlreadyRunningError(EkostError):
    """Another process holds the lock for this work."""

    code = "already_running"
    exit_code = ExitCode.ALREADY_RUNNING
