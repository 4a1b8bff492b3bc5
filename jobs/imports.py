"""Open imports: which ones nobody works on, and carrying one on as long as the worker may."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.engine import Database
from db.errors import N_, EkostError, UnreachableError
from db.metrics.sink import ERROR
from db.policies import IMPORTS, import_key
from db.repositories.imports import ImportRow
from db.services.imports.run import run_import
from jobs.durations import timed
from jobs.queues import Tell

FAILED = N_("Import {id} failed: {error}")


class Waiting(NamedTuple):
    """An open import that nobody works on; `key` is its idempotency key."""

    id: int
    key: str


class _Paused(Exception):  # noqa: N818 - no failure: the import stays open and goes on later
    """The worker may not go on."""


# A step may take longer than a lease; while it runs, the import is locked.
_WAITING = text("""
select id, file_hash, actor from imports
 where state in ('queued', 'running')
   and (worked_at is null or worked_at < clock_timestamp() - make_interval(secs => :lease))
 order by id limit 100 for no key update skip locked
""")


def waiting(conn: Connection) -> list[Waiting]:
    """The imports that wait, or whose worker has fallen silent; oldest first."""
    rows = conn.execute(_WAITING, {"lease": IMPORTS.lease})
    return [Waiting(row.id, import_key(row.file_hash, row.actor)) for row in rows]


def carry_on(database: Database, import_id: int, tell: Tell, *, may_go_on: Callable[[], bool]) -> bool:
    """Work on an import, at least one step, as long as `may_go_on`; False when it is at its end, good or bad.

    Why one failed is kept with it, and told. Raises UnreachableError, which leaves it open.
    """

    def look(row: ImportRow) -> None:
        if row.is_open() and not may_go_on():
            raise _Paused

    with timed("imports") as job:
        try:
            run_import(database, import_id, progress=look)
        except _Paused:
            return True
        except UnreachableError:
            raise
        except EkostError as error:
            job.outcome = ERROR
            tell(FAILED, id=import_id, error=error)
    return False
