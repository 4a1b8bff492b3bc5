"""Where a command reads, and what a failover lost, told to who runs it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from db.errors import N_, UnreachableError
from ekost_cli.registry import READ_ANYWHERE
from locales.catalogs import _
from locales.sentences import filled

if TYPE_CHECKING:
    from db.engine import Database
    from db.errors import EkostError
    from db.replicas import Choice
    from ekost_cli.context import Context


class ReadOutdatedError(UnreachableError):
    """The primary is away, and a list is shown as its standby has it. Told in passing: the list is there."""

    code = "read_outdated"
    message = N_("The primary does not answer: this is how things stood {at}.")
    hint = N_("What has happened since is missing, and nothing can be changed until it answers.")


def pick(ekost: "Context") -> "Database | None":
    """The replica that this command reads, or None for the primary; with `-v` it is told, and why."""
    if ekost.words not in READ_ANYWHERE:
        ekost.verbose(_("Read from the primary: this command always is."))
        return None
    replicas = ekost.any_database.replicas
    if replicas is None or ekost.primary_only:
        ekost.verbose(_("Read from the primary: a replica broke off."))
        return None
    choice = replicas.choose()
    for reason, fields in choice.refusals:
        ekost.verbose(filled(reason, fields))
    if choice.database is not None:
        told = _("Read from the replica {place}, {seconds} s behind.")
        ekost.verbose(told.format(place=choice.name, seconds=f"{choice.behind or 0.0:.1f}"))
    elif choice.last_resort is not None and not _answers(ekost):
        _warn_of_age(ekost, choice)
        return choice.last_resort
    else:
        ekost.verbose(_("Read from the primary."))
    return choice.database


def _answers(ekost: "Context") -> bool:
    """Whether the primary can be read."""
    try:
        return ekost.database is not None
    except UnreachableError:
        return False


def _warn_of_age(ekost: "Context", choice: "Choice") -> None:
    """Say of when it is what will be shown; that much is changed behind it can't be known."""
    if not ekost.outdated:
        then = None if choice.behind is None else datetime.now(UTC) - timedelta(seconds=choice.behind)
        warn_of(ReadOutdatedError(at=then and then.isoformat(timespec="seconds")), ekost.options.output)
    ekost.outdated = True


def warn_of(error: "EkostError", output: str | None) -> None:
    """Warn of what must be known although the command goes on; programs get the values as they are."""
    from ekost_cli.failures import failure_of
    from ekost_cli.report import warn
    from locales.telling import lost_told, moment_told

    at = error.fields.get("at")
    told = lost_told(error.fields) if "what" in error.fields else {"at": moment_told(str(at) if at else None)}
    in_words = failure_of(type(error)(**error.fields | told))
    warn(in_words._replace(details=failure_of(error).details), output)
