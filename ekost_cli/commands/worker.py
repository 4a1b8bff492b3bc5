"""`ekost worker`: what happens in the background, in the foreground of a terminal or a service."""

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import N_, EkostError, UsageError
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.grammar import command
from locales.catalogs import _
from locales.safe import safe

if TYPE_CHECKING:
    from jobs.queues import Tell

FIELDS = (Field("queue", N_("Queue")), Field("done", N_("Done"), "int"))


class UnknownQueueError(UsageError):
    """`--queues` names a queue that there is not."""

    code = "unknown_queue"
    message = N_("There is no queue “{queue}”.")
    hint = N_("The queues are: {queues}.")


@command(
    "worker",
    _("Do the work of the background: balances, audit, imports and what is due by the day. Ctrl-C stops."),
    examples=("ekost worker", "ekost worker -n 2 --queues balances,audit", "ekost worker --once"),
    fields=FIELDS,
)
def worker(
    context: typer.Context,
    count: Annotated[int, typer.Option("-n", "--workers", metavar="N", min=1, help=_("Workers for each queue."))] = 1,
    queues: Annotated[
        str | None,
        typer.Option(
            "--queues", metavar="LIST", help=_("Only these queues: balances,audit,imports; all if not given.")
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help=_("Do what is due now, without Redis, and end: for cron and small machines."))
    ] = False,
) -> None:
    from jobs.staff import run_staff, work_once

    ekost = Context.of(context)
    chosen = _queues(queues)
    if once:
        done = work_once(ekost.database, chosen, _teller(ekost))
        ekost.show_list([{"queue": queue, "done": number} for queue, number in done.items()])
        return
    settings = ekost.settings
    raise typer.Exit(
        run_staff(
            ekost.database,
            _redis_url(ekost),
            chosen,
            count,
            _teller(ekost),
            audit_keep_years=settings.audit_keep_years,
            pool_size=settings.pool_size,
        )
    )


def _queues(names: str | None) -> tuple[str, ...]:
    from jobs.queues import QUEUES

    if names is None:
        return QUEUES
    wanted = [name.strip() for name in names.split(",")]
    for name in wanted:
        if name not in QUEUES:
            raise UnknownQueueError(queue=name, queues=", ".join(QUEUES))
    return tuple(queue for queue in QUEUES if queue in wanted)


def _redis_url(ekost: Context) -> str:
    if ekost.settings.redis_url is not None:
        from db.redis_url import read_redis_url

        read_redis_url(ekost.settings.redis_url, insecure=ekost.settings.insecure_tls)
        return ekost.settings.redis_url
    from db.embedded.driver import ensure_valkey

    return ensure_valkey(ekost.home)


def _teller(ekost: Context) -> "Tell":
    """Lines on stderr with their moment, in the reader's language; one write each, since many processes tell."""

    def tell(message: str, **fields: object) -> None:
        if ekost.options.quiet:
            return
        told = {name: _shown(value) for name, value in fields.items()}
        moment = datetime.now().astimezone().isoformat(timespec="seconds")
        sys.stderr.write(f"{moment} {safe(_(message).format_map(told))}\n")
        sys.stderr.flush()

    return tell


def _shown(value: object) -> str:
    if isinstance(value, EkostError):
        from ekost_cli.failures import failure_of

        return failure_of(value).message
    return str(value)
