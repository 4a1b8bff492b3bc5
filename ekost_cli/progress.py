"""How far long work is, for whoever is looking."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ekost_cli.context import Context
from ekost_cli.terminal import is_terminal

# Called with how much is done, and with how much there is.
Update = Callable[[int, int], None]


@contextmanager
def progress_bar(ekost: Context, *, done: int = 0, total: int | None = None) -> Iterator[Update]:
    """A bar on stderr with rate and remaining time; without a terminal, or with `-q`, nothing."""
    if ekost.options.quiet or not is_terminal(sys.stderr):
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(show_speed=True), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, completed=done)
        yield lambda done, total: bar.update(task, completed=done, total=total)
