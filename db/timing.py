"""How long statements take, by the function of ours that asked: for the histograms, and for the list of slow ones.

Around the driver itself: SQLAlchemy's events would cost every statement twenty times as much. The name of a statement
is found on the stack when its text is first seen, and kept in the process beside it; the text goes nowhere. It is no
comment in the text: prepared statements stay the same, and the server needs no log of its own.
"""

import sys
from collections.abc import Callable
from math import inf
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import Any

from sqlalchemy import Engine

from db.metrics.collecting import COLLECTOR, QUERY
from db.metrics.sink import DONE

# What asks a statement for somebody else.
_PLUMBING = ("db.repositories.paging", "db.repositories.pages", "db.slow", "db.timing")
_ENGINE = "db.engine"
_OURS = ("db.repositories.", "db.services.", "db.", "jobs.", "ekost_cli.", "tui.")
OTHER = "other"
# So many texts are known by name; one with values in it is another one each time, and one of many rows is long.
MOST, LONGEST = 1000, 4000


def time_statements(engine: Engine, slow_log: Path | None, slowest: int) -> None:
    """Collect how long statements of an engine take; those of `slowest` milliseconds or more are written down."""
    limit = slowest / 1000 if slowest and slow_log is not None else inf
    names: dict[str, str] = {}
    note = COLLECTOR.note

    def ended(cursor: Any, statement: str, taken: float, frame: FrameType) -> None:
        name = names.get(statement)
        if name is None:
            name = asker(frame)
            if len(names) >= MOST:
                names.clear()
            if len(statement) <= LONGEST:
                names[statement] = name
        note(QUERY, name, DONE, taken)
        if taken >= limit and slow_log is not None:
            from db.slow import write_slow  # noqa: PLC0415 - seldom

            write_slow(slow_log, asker(frame), taken, cursor.rowcount)

    def timed(execute: Callable[..., None]) -> Callable[..., None]:
        def run(cursor: Any, statement: str, *what: object, **more: object) -> None:
            started = perf_counter()
            try:
                execute(cursor, statement, *what, **more)
            finally:
                ended(cursor, statement, perf_counter() - started, sys._getframe(1))

        return run

    dialect: Any = engine.dialect
    for name in ("do_execute", "do_executemany", "do_execute_no_params"):
        setattr(dialect, name, timed(getattr(dialect, name)))


def asker(frame: FrameType | None) -> str:
    """The repository or service that asks, else the nearest function of ours."""
    nearest = OTHER
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith(_OURS) and not module.startswith(_PLUMBING):
            function = frame.f_code.co_qualname.partition(".<locals>")[0]
            name = f"{module.split('.', 2)[2]}.{function}" if module.startswith(_OURS[:2]) else f"{module}.{function}"
            if module.startswith(_OURS[:2]) or (module == _ENGINE and nearest == OTHER):
                return name  # the limits of a transaction are the same whoever begins it
            nearest = name if nearest == OTHER else nearest
        frame = frame.f_back
    return nearest
