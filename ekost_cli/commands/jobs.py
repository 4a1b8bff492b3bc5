"""`ekost jobs`: background work that waits, runs or is dead, and what to do about it."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Noun, Takes
from ekost_cli.options import ReasonOption, ReverseOption
from ekost_cli.turning import read_turned
from locales import records
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = Noun(_("Background work: what waits, what is being done, what is dead."))

FIELDS = records.JOBS

JobArg = Annotated[str, typer.Argument(metavar="JOB", help=_("A job as the list names it: balances-345, import-3."))]
Queue = Annotated[
    Literal["balances", "audit", "imports"] | None, typer.Option("--queue", help=_("Only jobs of this queue."))
]
State = Annotated[
    Literal["ready", "leased", "dead", "done", "discarded"] | None,
    typer.Option("--state", help=_("Only jobs in this state; otherwise all that are not settled.")),
]


@app.command(
    "list",
    _("List jobs that wait, run or are dead."),
    examples=("ekost jobs list", "ekost jobs list --state dead -o json", "ekost jobs list --queue audit"),
    takes=Takes.PAGES,
    fields=FIELDS,
)
def list_(context: typer.Context, queue: Queue = None, state: State = None, reverse: ReverseOption = False) -> None:
    from db.repositories.jobs import UNSETTLED, Jobs

    ekost = Context.of(context)
    states = UNSETTLED if state is None else (state,)
    with ekost.reading() as conn:
        ekost.show_pages(
            read_turned(
                lambda after, limit, way: Jobs(conn).page(
                    queue=queue, states=states, after=after, limit=limit, way=way
                ),
                reverse=reverse,
            )
        )


@app.command(
    "show",
    _("Show a job."),
    examples=("ekost jobs show audit-1", "ekost jobs show import-1 -o json"),
    fields=FIELDS,
)
def show(context: typer.Context, job: JobArg) -> None:
    from db.repositories.jobs import Jobs

    ekost = Context.of(context)
    with ekost.reading() as conn:
        ekost.show(Jobs(conn).row(job))


@app.command(
    "retry",
    _("Let a dead job be tried again, once its cause is mended."),
    examples=("ekost jobs retry audit-1", "ekost jobs retry import-2 --dry-run"),
    takes=Takes.DRY_RUN,
    fields=FIELDS,
)
def retry(context: typer.Context, job: JobArg) -> None:
    from db.repositories.jobs import Jobs
    from db.services.deliveries import retry_delivery
    from db.services.imports.run import reopen

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = Jobs(conn).row(job)
        if found.queue == "imports":
            reopen(conn, found.number)
        else:
            retry_delivery(conn, found.number, found.queue)
        _show(ekost, conn, job)


@app.command(
    "discard",
    _("Give a dead job up, with a reason that is kept."),
    examples=(
        'ekost jobs discard audit-1 --reason "noted by hand"',
        'ekost jobs discard import-2 --reason "wrong file"',
    ),
    takes=Takes.DRY_RUN,
    fields=FIELDS,
)
def discard(context: typer.Context, job: JobArg, reason: ReasonOption) -> None:
    from db.repositories.jobs import Jobs
    from db.services.deliveries import discard_delivery
    from db.services.imports.giving_up import discard_import

    ekost = Context.of(context)
    with ekost.transaction() as conn:
        found = Jobs(conn).row(job)
        if found.queue == "imports":
            discard_import(conn, found.number, reason)
        else:
            discard_delivery(conn, found.number, found.queue, reason)
        _show(ekost, conn, job)


def _show(ekost: Context, conn: "Connection", job: str) -> None:
    from db.repositories.jobs import Jobs

    ekost.show(Jobs(conn).row(job))
