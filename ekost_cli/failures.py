"""Every failure becomes a code, a sentence, a hint and an exit status; nothing else ever reaches a person.

Libraries are told apart by the name of their module, so that the ones which are not loaded stay so. Their own
texts are never shown: they hold statements, addresses with passwords and people's data.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from typer._click import exceptions as click
from typer.core import TyperOption

from db.errors import N_, EkostError, ExitCode, UnreachableError, UsageError
from ekost_cli.coercion import spelling
from locales.sentences import filled
from locales.values import plain


class Failure(NamedTuple):
    """What is told about an error; `details` are the values that the sentence was made of."""

    code: str
    message: str
    hint: str
    exit: ExitCode
    details: Mapping[str, Any]


class MissingError(UsageError):
    """A required argument or option is not there."""

    code = "missing"
    message = N_("{parameter} is missing.")
    hint = N_("See `{command} --help`.")


class NoSuchOptionError(UsageError):
    """The command has no such option."""

    code = "no_such_option"
    message = N_("There is no option {option}.")
    hint = N_("See `{command} --help`.")


class MistypedOptionError(NoSuchOptionError):
    """An option is nearly written like one that exists."""

    hint = N_("Did you mean {nearest}?")


class ValueNeededError(UsageError):
    """An option stands without its value."""

    code = "value_needed"
    message = N_("{option} needs a value.")
    hint = N_("See `{command} --help`.")


class ValueNotNeededError(UsageError):
    """A flag was given a value."""

    code = "value_not_needed"
    message = N_("{option} takes no value.")
    hint = N_("See `{command} --help`.")


class CommandLineError(UsageError):
    """The rest of what can be wrong with a command line."""

    message = N_("This command line can't be understood.")
    hint = N_("See `{command} --help`.")


class DatabaseLostError(UnreachableError):
    """The database does not answer, or no longer."""

    code = "database_unreachable"
    message = N_("The database does not answer.")
    hint = N_("Check that it is running (`ekost status`), then try again.")


class RedisLostError(UnreachableError):
    """Redis does not answer."""

    code = "redis_unreachable"
    message = N_("Redis does not answer.")
    hint = N_("Check that it is running (`ekost status`), then try again.")


class DatabaseFailedError(EkostError):
    """The database refused something we did not foresee; only the standard's code and a constraint are told."""

    code = "database_failed"
    message = N_("The database refused the command (SQLSTATE {sqlstate} {constraint}).")
    hint = N_("Nothing was changed. EKOST_DEBUG=1 shows where it happened.")


class OutputFailedError(EkostError):
    """The disk is full, or the output went away in another manner."""

    code = "output_failed"
    message = N_("The output can't be written: {reason}.")


class InternalError(EkostError):
    """A fault of ours."""

    code = "internal"
    message = N_("Internal error ({name}).")
    hint = N_("EKOST_DEBUG=1 shows where it happened.")


def failure_of(error: BaseException) -> Failure:
    """What to tell about any exception."""
    known = error if isinstance(error, EkostError) else _known(error)
    message, hint = (filled(text, known.fields) for text in (known.message, known.hint))
    return Failure(known.code, message, hint, known.exit_code, plain(dict(known.fields)))


def _known(error: BaseException) -> EkostError:
    """The error of ours that stands for one of a library."""
    if isinstance(error, click.UsageError):
        return _usage(error)
    if library := _library(error, "sqlalchemy") or _library(error, "psycopg"):
        return _database(error, library)
    if _library(error, "redis"):
        return RedisLostError()
    return InternalError(name=type(error).__name__)


def _library(error: BaseException, package: str) -> set[str]:
    """The names of the classes of `package` that an error is made of."""
    return {kind.__name__ for kind in type(error).__mro__ if kind.__module__.split(".")[0] == package}


def _database(error: BaseException, kinds: set[str]) -> EkostError:
    original = getattr(error, "orig", error)
    sqlstate = str(getattr(original, "sqlstate", None) or "")
    if "OperationalError" in kinds and (not sqlstate or sqlstate[:2] in ("08", "53", "57", "28")):
        return DatabaseLostError()
    constraint = getattr(getattr(original, "diag", None), "constraint_name", None) or "-"
    return DatabaseFailedError(sqlstate=sqlstate or "-", constraint=constraint)


def _usage(error: click.UsageError) -> EkostError:
    command = error.ctx.command_path if error.ctx else "ekost"
    if isinstance(error, click.MissingParameter) and error.param:
        return MissingError(parameter=spelling(error.param), command=command)  # type: ignore[arg-type]
    if isinstance(error, click.NoSuchOption):
        nearest = ", ".join(error.possibilities or ())
        mistyped = MistypedOptionError if nearest else NoSuchOptionError
        return mistyped(option=error.option_name, nearest=nearest, command=command)
    if isinstance(error, click.BadOptionUsage):
        kind = ValueNotNeededError if _is_flag(error) else ValueNeededError
        return kind(option=error.option_name, command=command)
    return CommandLineError(command=command)


def _is_flag(error: click.BadOptionUsage) -> bool:
    params = error.ctx.command.params if error.ctx else []
    return any(isinstance(it, TyperOption) and it.is_flag and error.option_name in it.opts for it in params)
