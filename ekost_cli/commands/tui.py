"""`ekost tui`: the book on a whole screen."""

from typing import Annotated

import typer

from db.errors import N_, UsageError
from ekost_cli.context import Context
from ekost_cli.grammar import Takes, command
from ekost_cli.terminal import is_terminal
from locales.catalogs import _


class NoTerminalError(UsageError):
    """A whole screen needs a terminal on both ends."""

    code = "no_terminal"
    message = N_("The screens need a terminal.")
    hint = N_("In a pipe or from cron use the other commands: `ekost help`.")


@command(
    "tui",
    _("Browse and work on a whole screen."),
    examples=("ekost tui", "ekost tui --property KOSA --read-only"),
    takes=Takes.PROPERTY,
)
def tui(
    context: typer.Context,
    read_only: Annotated[bool, typer.Option("--read-only", help=_("Only look; nothing can be changed."))] = False,
) -> None:
    import sys

    ekost = Context.of(context)
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise NoTerminalError
    from tui.app import EkostApp

    app = EkostApp(lambda: ekost.open_database(pool_size=3), property_code=ekost.property_code, read_only=read_only)
    app.run()
    if app.crash is not None:
        raise app.crash
