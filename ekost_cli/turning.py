"""A list from its other end, for `--reverse`."""

from collections.abc import Callable
from typing import Any

from db.repositories.pages import Page, Way
from ekost_cli.output import PageReader

Reading = Callable[[str | None, int, Way], Page[Any]]


def read_turned(read: Reading, *, reverse: bool) -> PageReader:
    """What reads pages in the list's own order, or in the other one."""
    if reverse:
        return lambda after, limit: read(after, limit, Way.BEFORE).turned()
    return lambda after, limit: read(after, limit, Way.BEHIND)
