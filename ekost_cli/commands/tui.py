"""`ekost tui`: the book on a whole screen."""

from typing import Annotated

import typer

from ekost_cli.context import Context
from ekost_cli.grammar import Takes, command
from locales.catalogs import _


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
    from ekost_cli.screens import open_screens

    open_screens(Context.of(context), read_only=read_only)
