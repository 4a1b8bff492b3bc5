"""What needs a person now, and who works: the lines above the operations."""

from typing import TYPE_CHECKING, NamedTuple

from locales.catalogs import N_, _
from locales.cells import said
from locales.codes import code_word
from locales.fields import Field
from locales.formats import number
from locales.safe import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from db.repositories.operations import Alert
    from db.repositories.workers import WorkerRow

# Alerts that are told in full; of more there is a count.
FEW = 4
# What it is, and the way out of it: by keys of the screen, or by a command.
_ALERTS = {
    "partitions": (N_("Partitions for the coming month are missing: {about}."), N_("`ekost billing run` makes them.")),
    "drift": (N_("Wrong balances that were put right: {count}, last {since}."), N_("{check} examines the whole book.")),
    "failed": (N_("Failed imports: {count}."), N_("{retry} goes on with one, {discard} gives it up.")),
    "dead": (N_("Dead work ({about}): {count}."), N_("{retry} tries one again, {discard} gives it up.")),
    "no_worker": (
        N_("Work without a worker since {since} ({about}): {count}."),
        N_("`ekost up --worker` starts one."),
    ),
    "schedule": (N_("Due by the day, but failing ({about}): {count} times."), N_("The calendar says why.")),
}
_KEYS = {"check": "operations.check", "retry": "do.retry_job", "discard": "do.discard_job"}
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


def standing_told(
    standing: Standing, key_of: "Callable[[str], str]", *, read_only: bool = False
) -> "Iterator[tuple[str, str]]":
    """Each line with its style: every alert, or that there is none, and who works.

    `key_of` names the key of an action; with `read_only` those that change something are not told.
    """
    keys = {word: key_of(name) for word, name in _KEYS.items()}
    alerts = _gathered(standing.alerts)
    for alert in alerts[:FEW]:
        what, way = _ALERTS[alert.code]
        known = not read_only or "{discard}" not in way
        yield f"! {_told(what, alert)}" + (" " + _(way).format(**keys) if known else ""), "bold $text-error"
    if len(alerts) > FEW:
        yield "! " + _("{count} more").format(count=number(len(alerts) - FEW)), "$text-error"
    if not alerts:
        yield "✓ " + _("Nothing needs you."), "$text-success"
    if standing.workers or not any(alert.code == "no_worker" for alert in alerts[:FEW]):
        yield workers_told(standing.workers), "$text-muted"


def _gathered(alerts: "Sequence[Alert]") -> "list[Alert]":
    """That nobody works is told once, whichever queues wait for it."""
    idle = [alert for alert in alerts if alert.code == "no_worker"]
    if len(idle) < 2:
        return list(alerts)
    about, since = (
        ", ".join(alert.about for alert in idle),
        min((alert.since for alert in idle if alert.since), default=None),
    )
    whole = idle[0]._replace(about=about, number=sum(alert.number for alert in idle), since=since)
    return [whole if alert is idle[0] else alert for alert in alerts if alert is idle[0] or alert not in idle]


def workers_told(workers: "Sequence[WorkerRow]") -> str:
    """Who works, in one line."""
    if not workers:
        return _("No worker is there: `ekost worker` or `ekost up --worker` starts one.")
    told = _("{host}, process {pid}: {queues}")
    return " · ".join(
        safe(told.format(host=worker.host, pid=worker.pid, queues=", ".join(map(code_word, worker.queues))))
        + (" " + _("(without Redis)") if worker.by_hand else "")
        for worker in workers
    )


def _told(what: str, alert: "Alert") -> str:
    since = said({"since": alert.since}, _SINCE)[0]
    return _(what).format(
        count=number(alert.number), about=", ".join(map(code_word, alert.about.split(", "))), since=since
    )
