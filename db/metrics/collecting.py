"""How long statements, screens and jobs took: collected in this process, and left in the sink now and then.

Many of them end within a second, so that none is worth a line of its own: noting one is an append to a list, without
a lock or a file. A process that lasts leaves what came together every half minute, others at their end.
"""

import os
from pathlib import Path
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, cast
from weakref import WeakSet

if TYPE_CHECKING:
    from sqlalchemy import Engine, QueuePool

# The kinds of what is measured; a command is a line by itself.
COMMAND, QUERY, SCREEN, JOB, POOL = "command", "query", "screen", "job", "pool"
# Seconds after which a process that lasts leaves what it has.
EVERY = 30.0
# So many of one name at most are kept until they are added up.
MOST = 5000

# The seconds of each, by kind, name and outcome. No object is kept for one of them that Python would have to look
# through when it collects garbage.
Noted = dict[tuple[str, str, str], list[float]]


class Collector:
    """What one process has measured; nothing is collected before it is told where to leave it."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.process = ""
        self.due = perf_counter() + EVERY
        self._noted: Noted = {}
        self._leaving = Lock()
        self._engines: WeakSet[Engine] = WeakSet()
        self._busiest = 0

    def begin(self, folder: Path, process: str = "") -> None:
        """Collect from now on, for that folder; `process` is what this one is called."""
        if self.folder is None:
            os.register_at_fork(after_in_child=self._forget)
        self.folder, self.process = folder, process or self.process

    def note(self, kind: str, name: str, outcome: str, seconds: float) -> None:
        """Remember one. Raises nothing of the file system."""
        if self.folder is not None:
            key = kind, name, outcome
            taken = self._noted.get(key)
            if taken is None:
                taken = self._noted.setdefault(key, [])
            taken.append(seconds)
            if len(taken) >= MOST:
                self.leave()

    def watch(self, engine: "Engine") -> None:
        """Tell how many connections are in use of the pool of an engine."""
        self._engines.add(engine)

    def took(self) -> None:
        """A connection was taken: remember how many are in use when most of them are."""
        self._busiest = max(self._busiest, sum(pool.checkedout() for pool in self._pools()))

    def tick(self) -> None:
        """Leave what there is, if it is time to. Called often, by processes that last."""
        if perf_counter() >= self.due:
            self.leave()

    def leave(self) -> None:
        """Write what was collected down, and begin anew; what another thread leaves right now is left to it."""
        if self.folder is None or not self._leaving.acquire(blocking=False):
            return
        try:
            self.due = perf_counter() + EVERY
            noted, self._noted = self._noted, {}
            if noted or self._engines:
                from db.metrics.tallies import leave  # noqa: PLC0415 - what asks nothing does not load it

                leave(self.folder, noted, self._connections())
        finally:
            self._leaving.release()

    def _pools(self) -> "list[QueuePool]":
        return [cast("QueuePool", engine.pool) for engine in tuple(self._engines)]  # no others are watched

    def _connections(self) -> list[tuple[str, int]]:
        """The most connections in use since the last time, those that wait for work, and how many there may be."""
        pools = self._pools()
        if not pools:
            return []
        busy = sum(pool.checkedout() for pool in pools)
        busiest, self._busiest = max(self._busiest, busy), busy
        idle = sum(pool.checkedin() for pool in pools)
        most = sum(pool.size() + pool._max_overflow for pool in pools)
        name = f"{self.process}:{os.getpid()}"
        return [(f"{name}:in_use", busiest), (f"{name}:idle", idle), (f"{name}:size", most)]

    def _forget(self) -> None:
        """In a child: what its parent collected is left by the parent, and its connections are not ours."""
        self._noted, self._engines, self._busiest = {}, WeakSet(), 0
        self._leaving = Lock()


COLLECTOR = Collector()
