"""Questions about workers: who is at work, and since when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, any_, func, select

from db.tables import workers

# Seconds without a sign of life after which a worker is taken for dead; it gives one every five.
SILENT = 15


class WorkerRow(NamedTuple):
    """A worker: `pid` of its supervisor on `host`; `by_hand` while its relay does the work without Redis."""

    id: int
    host: str
    pid: int
    queues: Sequence[str]
    started_at: datetime
    seen_at: datetime
    by_hand: bool


_w = workers.c


class Workers:
    """Questions about workers, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def alive(self, queue: str | None = None) -> bool:
        """Whether somebody works, on that queue if one is named."""
        return self._conn.execute(_living(queue).limit(1)).first() is not None

    def rows(self) -> list[WorkerRow]:
        """The workers that live, oldest first."""
        return [WorkerRow._make(row) for row in self._conn.execute(_living(None).order_by(_w.started_at, _w.id))]


def _living(queue: str | None) -> Select[Any]:
    # By the clock of the moment: a caller may have been waiting in one transaction for a while.
    since = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, SILENT)
    query = select(*(_w[name] for name in WorkerRow._fields)).where(_w.seen_at > since)
    return query if queue is None else query.where(any_(_w.queues) == queue)
