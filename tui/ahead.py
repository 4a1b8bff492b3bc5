"""The first rows, read by a process of its own: they are there when this one has painted its first frame.

Loading what speaks to the database takes longer than painting. Both at once in one process only wait for each other.
"""

import os
import pickle
from collections.abc import Callable, Hashable
from select import select
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.engine import Database

# What was asked, and the answer to it.
Answers = dict[Hashable, Any]
# Seconds after which it is looked whether anybody still waits.
SLICE = 0.1


class Ahead:
    """Answers that a child of this process works out. Made before there are threads, since it forks."""

    def __init__(self, work: Callable[[], Answers]) -> None:
        self._told, writer = os.pipe()
        self._answers: Answers | None = None
        self._lock = Lock()
        self._closed = False
        self.child = os.fork()
        if not self.child:
            _tell(writer, work)
        os.close(writer)

    def answers(self) -> Answers:
        """What the child found; nothing if it failed, and then everything is asked anew. Blocks."""
        with self._lock:
            if self._answers is None:
                self._answers = self._heard()
            return self._answers

    def close(self) -> None:
        """Wait no longer. A child that is starting a server goes on until that is done."""
        self._closed = True

    def _heard(self) -> Answers:
        told = b""
        with os.fdopen(self._told, "rb", buffering=0) as pipe:
            while not self._closed:
                if select([pipe], [], [], SLICE)[0]:
                    if not (more := pipe.read(1 << 20)):
                        break
                    told += more
        if self._closed or os.waitpid(self.child, 0)[1]:
            return {}
        answers: Answers = pickle.loads(told)  # noqa: S301 - written by our own child
        return answers


def first_rows(open_database: "Callable[[int], Database]", property_code: str | None) -> Answers:
    """What the first screen is going to ask. Raises what opening the book raises."""
    from tui.houses import find_house
    from tui.listings.tenants import TENANTS
    from tui.scope import Scope
    from tui.widgets.table.feeding import BEGINNING

    database = open_database(1)
    with database.reading() as conn:
        house = find_house(conn, property_code) if property_code else None
        scope = Scope(house=house, sort=TENANTS.sorts[0].name)
        answers: Answers = {(TENANTS.command, scope, BEGINNING): TENANTS.lines(conn, scope, BEGINNING)}
    database.engine.dispose()
    return answers | ({("property", property_code): house} if house else {})


def _tell(writer: int, work: Callable[[], Answers]) -> None:
    """The life of the child: it never returns, writes to no terminal, and has no word for what went wrong."""
    status = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        told = memoryview(pickle.dumps(work()))
        while told:
            told = told[os.write(writer, told) :]
        status = 0
    finally:
        os._exit(status)
