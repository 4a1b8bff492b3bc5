"""Work beside the screen. A newer piece of the same group takes the place of an older one, unless told otherwise."""

from collections.abc import Awaitable, Callable
from typing import Any

from textual.css.query import NoMatches
from textual.dom import DOMNode


def start(node: DOMNode, task: Callable[[], Awaitable[None]], group: str, *, beside: bool = False) -> None:
    """Begin a task; `beside`: others of the group go on. It is called when it begins, so none is left unawaited."""

    async def work() -> None:
        try:
            await task()
        except NoMatches:
            # What is being closed loses its parts before its work is cancelled, and nobody is left to be told.
            if node.is_attached and not node._pruning:
                raise

    worker: Any = work
    node.run_worker(worker, exclusive=not beside, group=group)
