"""What needs a person now, and who works: the lines above the operations."""

from typing import TYPE_CHECKING, NamedTuple

from locales.catalogs import N_, _
from locales.cells import said
from locales.fields import Field
from locales.formats import number
from locales.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from db.repositories.operations import Alert
    from db.repositories.workers import WorkerRow

# Alerts that are told in full; of more there is a count.
FEW = 4
_ALERTS = {
    "partitions": N_("Partitions for the coming month are missing: {about}. `ekost billing run` makes them."),
    "drift": N_("Wrong balances that were put right: {count}, last {since}. C examines the whole book."),
    "failed": N_("Failed imports: {count}. R goes on with one, X gives it up."),
    "dead": N_("Dead work ({about}): {count}. R tries one again, X gives it up."),
    "no_worker": N_("Work without a worker since {since} ({about}): {count}. `ekost up --worker` starts one."),
    "schedule": N_("Due by the day, but failing ({about}): {count} times. The calendar says why."),
}
_SINCE = Field("since", "", "instant")


class Standing(NamedTuple):
    """Of one moment."""

    alerts: "Sequence[Alert]"
    workers: "Sequence[WorkerRow]"


def standing(conn: "Connection") -> Standing:
    """The question."""
    from db.repositories.operations import Operations
    from db.repositories.workers import Workers

    return Standing(Operations(conn).alerts(), Workers(conn).rows())


def standing_told(standing: Standing) -> "Iterator[tuple[str, str]]":
    """Each line with its style: every alert, or that there is none, and who works."""
    for alert in standing.alerts[:FEW]:
        yield f"! {_told(alert)}", "bold $text-error"
    if len(standing.alerts) > FEW:
        yield "! " + _("{count} more").format(count=number(len(standing.alerts) - FEW)), "$text-error"
    if not standing.alerts:
        yield "✓ " + _("Nothing needs you."), "$text-success"
    yield workers_told(standing.workers), "$text-muted"


def workers_told(workers: "Sequence[WorkerRow]") -> str:
    """Who works, in one line."""
    if not workers:
        return _("No worker is there: `ekost worker` or `ekost up --worker` starts one.")
    told = _("{host}, process {pid}: {queues}")
    return " · ".join(
        safe(told.format(host=worker.host, pid=worker.pid, queues=", ".join(worker.queues)))
        + (" " + _("(without Redis)") if worker.by_hand else "")
        for worker in workers
    )


def _told(alert: "Alert") -> str:
    since = said({"since": alert.since}, _SINCE)[0]
    return _(_ALERTS[alert.code]).format(count=number(alert.number), about=safe(alert.about), since=since)
