"""Where a command reads, and what a failover lost, told to who runs it."""

from typing import TYPE_CHECKING

from ekost_cli.registry import READ_ANYWHERE
from locales.catalogs import _
from locales.sentences import filled

if TYPE_CHECKING:
    from db.engine import Database
    from db.errors import EkostError
    from db.replicas import Choice
    from ekost_cli.context import Context


def pick(ekost: "Context") -> "Database | None":
    """The replica that this command reads, or None for the primary; with `-v` it is told, and why."""
    if not ekost.settings.replica_urls:
        return None
    if ekost.words not in READ_ANYWHERE:
        ekost.verbose(_("Read from the primary: this command always is."))
        return None
    replicas = ekost.any_database.replicas
    if replicas is None or ekost.primary_only:
        ekost.verbose(_("Read from the primary: a replica broke off."))
        return None
    choice = replicas.choose()
    _tell_choice(ekost, choice)
    return choice.database


def _tell_choice(ekost: "Context", choice: "Choice") -> None:
    for reason, fields in choice.refusals:
        ekost.verbose(filled(reason, fields))
    if choice.database is None:
        ekost.verbose(_("Read from the primary."))
    else:
        told = _("Read from the replica {place}, {seconds} s behind.")
        ekost.verbose(told.format(place=choice.name, seconds=f"{choice.behind:.1f}"))


def warn_of(error: "EkostError", output: str | None) -> None:
    """Warn of an acknowledged change that is gone, or of one that may go."""
    from ekost_cli.failures import failure_of
    from ekost_cli.report import warn
    from locales.telling import lost_told

    told = lost_told(error.fields) if "what" in error.fields else {}
    warn(failure_of(type(error)(**error.fields | told)), output)
