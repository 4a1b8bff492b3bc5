"""The screens, opened without a word for the parser: it takes a third of the time until the first frame."""

import gc
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

from db.errors import N_, UsageError
from ekost_cli.passwords import let_in
from ekost_cli.terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from db.cache.stats import KindRow
    from db.doctor.finding import Finding
    from ekost_cli.context import Context


# Connections that the screens keep: one for each question that is asked at once.
POOL = 3


class NoTerminalError(UsageError):
    """A whole screen needs a terminal on both ends."""

    code = "no_terminal"
    message = N_("The screens need a terminal.")
    hint = N_("In a pipe or from cron use the other commands: `ekost help`.")


def _examine(ekost: "Context") -> "Iterator[Finding]":
    from ekost_cli.examining import examine

    return examine(ekost)


def _cache_stats(ekost: "Context") -> "list[KindRow]":
    from db.cache.opening import open_cache
    from db.cache.stats import read_stats

    # A connection of its own: this is asked in a thread.
    cache = open_cache(ekost.settings, lambda: ekost.home)
    return [] if cache is None else read_stats(cache)


def open_screens(ekost: "Context", *, read_only: bool = False) -> None:
    """Browse and work until somebody leaves. Raises NoTerminalError, and whatever ended the screens."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        raise NoTerminalError
    let_in(ekost)
    # What is loaded now stays; the screens look for garbage when they have opened the book.
    gc.disable()
    from tui.ahead import Ahead, first_rows

    code = ekost.property_code
    ahead = Ahead(lambda: first_rows(lambda size: ekost.open_database(size, minded=False), code))
    from tui.app import EkostApp

    app = EkostApp(
        lambda: ekost.open_database(pool_size=ekost.settings.pool_size or POOL),
        property_code=code,
        read_only=read_only,
        ahead=ahead,
        examine=partial(_examine, ekost),
        cache_stats=partial(_cache_stats, ekost) if ekost.settings.cache_url is not None else None,
        keys=ekost.settings.tui_keys,
        theme=ekost.settings.tui_theme,
        usual_property=ekost.settings.property,
    )
    app.run()
    if app.crash is not None:
        raise app.crash
    if app.hung_up:
        signal.raise_signal(signal.SIGHUP)
