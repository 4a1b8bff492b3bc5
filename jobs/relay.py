"""The relay: sees in PostgreSQL that there is work and rings for it, or does it by itself while Redis is away.

It remembers nothing: what is due is asked of the database at every turn, so that no restart of anything loses a ring.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from redis import RedisError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db import outbox
from db.engine import BELL, Database
from db.errors import N_, UnreachableError
from jobs import imports
from jobs.drain import EFFECTS, drain
from jobs.queues import Doorbell, Tell

# Seconds. A notice wakes it at once; this is for those that come with none, such as work whose pause is over.
POLL = 0.5
# Rung already and not heard: the worker may have looked just before. It is asked again, ever less often.
SOON, SLOWER = 0.02, 2
SILENT = 0.1
# So long Redis may be silent before the relay does the work itself.
SILENCE = 1.0
# By hand, Redis is asked so often; a server that hangs costs the client's patience every time.
PROBE = 1.0
# By hand, each consumer gets so long before the next one's turn.
HAND_BUDGET = 1.0
# Due deliveries per ring: a worker drains thousands a second, so that more hands help only with a heap.
HEAP, SHARDS = 500, 4

BY_HAND = N_("Redis does not answer: the relay does the work itself.")
BACK = N_("Redis answers again: the workers go on.")
DATABASE_AWAY = N_("The database at {place} does not answer: waiting for it.")
DATABASE_BACK = N_("The database answers again.")
RELAY_FAILED = N_("The relay met an error and starts over: {error}.")


class Relay:
    """Rings for the work of some queues until it is told to stop."""

    def __init__(self, database: Database, doorbell: Doorbell, queues: Sequence[str], tell: Tell) -> None:
        self._database = database
        self._doorbell = doorbell
        self._consumers = [name for name in queues if name in EFFECTS]
        self._imports = "imports" in queues
        self._tell = tell
        self._silent_since: float | None = None
        self._probed_at = 0.0
        self._importing: threading.Thread | None = None
        self._away = False
        self._wait = POLL
        self.stopping = False
        self.by_hand = False
        self.on_change: Callable[[], None] = lambda: None

    def run(self) -> None:
        """Ring, turn by turn. No error ends it: PostgreSQL is waited for, Redis done without."""
        while not self.stopping:
            self._run()
        if self._importing:
            self._importing.join()

    def _run(self) -> None:
        try:
            with self._database.engine.connect() as conn:
                self._listen(conn)
        except (UnreachableError, DBAPIError, psycopg.Error):
            self._miss_database()
        except Exception as error:
            self._tell(RELAY_FAILED, error=type(error).__name__)
            time.sleep(SILENCE)

    def _listen(self, conn: Connection) -> None:
        conn.execution_options(isolation_level="AUTOCOMMIT")
        conn.exec_driver_sql(f"listen {BELL}")
        driver: psycopg.Connection[Any] = conn.connection.driver_connection  # type: ignore[assignment]
        if self._away:
            self._away = False
            self._tell(DATABASE_BACK)
        while not self.stopping:
            pause = self.turn(conn)
            for _notice in driver.notifies(timeout=pause, stop_after=1):
                self._wait = SOON

    def turn(self, conn: Connection) -> float:
        """Look once and see to what is due; returns how many seconds nothing else has to be done."""
        due = outbox.due(conn, self._consumers)
        waiting = imports.waiting(conn) if self._imports else []
        if not self.by_hand or time.monotonic() >= self._probed_at + PROBE:
            try:
                heard = self._ring(due, waiting)
            except RedisError:
                self._miss_redis()
            else:
                self._find_redis()
                return self._pause(heard)
        if self.by_hand:
            return self._work(due, waiting)
        return SILENT

    def _ring(self, due: Mapping[str, int], waiting: Sequence[imports.Waiting]) -> bool:
        """Ring for everything; False if some of it had been rung for already."""
        self._probed_at = time.monotonic()
        rings = [self._doorbell.ring_drain(name, shard) for name in due for shard in range(_shards(due[name]))]
        rings += [self._doorbell.ring_import(*one) for one in waiting]
        if not rings:
            self._doorbell.answers()
        return all(rings)

    def _pause(self, heard: bool) -> float:
        self._wait = POLL if heard else min(self._wait * SLOWER, POLL)
        return self._wait

    def _miss_redis(self) -> None:
        now = time.monotonic()
        self._silent_since = self._silent_since or now
        if not self.by_hand and now - self._silent_since >= SILENCE:
            self._work_by_hand(True)
            self._tell(BY_HAND)

    def _find_redis(self) -> None:
        self._silent_since = None
        if self.by_hand:
            self._work_by_hand(False)
            self._tell(BACK)

    def _work_by_hand(self, by_hand: bool) -> None:
        self.by_hand = by_hand
        self.on_change()

    def _work(self, due: Mapping[str, int], waiting: Sequence[imports.Waiting]) -> float:
        """A turn of everything by ourselves; an import beside it, so that balances stay quick."""
        if waiting and not (self._importing and self._importing.is_alive()):
            self._importing = threading.Thread(target=self._import, args=(waiting[0].id,), name="import")
            self._importing.start()
        for consumer in due:
            drain(self._database, consumer, budget=HAND_BUDGET)
        return 0.0 if due else POLL

    def _import(self, import_id: int) -> None:
        """Carry an import to its end, also when Redis comes back meanwhile."""
        try:
            imports.carry_on(self._database, import_id, self._tell, may_go_on=lambda: not self.stopping)
        except UnreachableError:
            pass  # it is still open
        except Exception as error:
            self._tell(RELAY_FAILED, error=type(error).__name__)

    def _miss_database(self) -> None:
        if not self._away and not self.stopping:
            self._away = True
            self._tell(DATABASE_AWAY, place=self._database.place)
        time.sleep(POLL)


def _shards(count: int) -> int:
    return min(SHARDS, 1 + count // HEAP)
