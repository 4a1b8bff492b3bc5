"""`ekost up`, `down` and `status`: the bundled servers, and the worker in the background."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from db.errors import N_
from ekost_cli.context import Context
from ekost_cli.fields import Field
from ekost_cli.following import LOOK, worker_lives
from ekost_cli.grammar import command
from locales.catalogs import _, current_language

# How often to look for a worker that was started.
PATIENCE = 40
FIELDS = (
    Field("name", N_("Server")),
    Field("state", N_("State"), "status"),
    Field("version", N_("Version")),
    Field("pid", N_("Process"), "int"),
    Field("socket", N_("Socket"), wide=True),
    Field("data", N_("Data"), wide=True),
    Field("log", N_("Log"), wide=True),
)


@command(
    "up",
    _("Start the bundled servers; with --worker also a worker in the background, unless one runs there."),
    examples=("ekost up", "ekost up --worker", "ekost up -o json"),
    fields=FIELDS,
)
def up(
    context: typer.Context,
    worker: Annotated[bool, typer.Option("--worker", help=_("Start `ekost worker` in the background too."))] = False,
) -> None:
    from db.embedded.driver import ensure_postgres, ensure_started, ensure_valkey, ensure_worker, status

    ekost = Context.of(context)
    own_database, own_queue = ekost.settings.database_url, ekost.settings.redis_url
    if own_database and own_queue:
        ekost.note(_("Your own PostgreSQL and Redis are configured: there is nothing to start."))
    elif own_database or own_queue:
        (ensure_valkey if own_database else ensure_postgres)(ekost.home)
    else:
        ensure_started(ekost.home)
    with ekost.reading():
        pass  # connected once: the schema is there
    if worker:
        # This very program, wherever it was installed.
        program = [sys.executable, str(Path(sys.argv[0]).absolute())]
        ensure_worker(ekost.home, [*program, "worker", "--lang", current_language()])
        _await_worker(ekost)
    ekost.show_list(status(ekost.home))


def _await_worker(ekost: Context) -> None:
    """What is left for the background from now on finds somebody there."""
    for _look in range(PATIENCE):
        if worker_lives(ekost):
            return
        time.sleep(LOOK)
    ekost.note(_("The worker has not reported yet; its log tells why."))


@command(
    "down",
    _("Stop the bundled servers and their worker; it finishes what it has begun."),
    examples=("ekost down",),
    fields=FIELDS[:1],
)
def down(context: typer.Context) -> None:
    from db.embedded.driver import stop

    ekost = Context.of(context)
    stopped = stop(ekost.home)
    if not stopped:
        ekost.note(_("Nothing was running."))
    ekost.show_list([{"name": name} for name in stopped])


@command(
    "status",
    _("Show whether the servers and the worker run; starts nothing."),
    examples=("ekost status", "ekost status --url"),
    fields=FIELDS,
)
def status(
    context: typer.Context,
    url: Annotated[
        bool, typer.Option("--url", help=_("Print the database's address, with its password; starts it."))
    ] = False,
) -> None:
    from db.embedded.driver import status as server_status

    ekost = Context.of(context)
    if url:
        ekost.say(ekost.database.url.replace("postgresql+psycopg:", "postgresql:"))
        return
    if ekost.settings.database_url is not None:
        with ekost.reading():
            ekost.note(_("Your own database at {place} answers.").format(place=ekost.database.place))
    ekost.show_list(server_status(ekost.home))
