"""Deliver what is due to a consumer: in batches while all goes well, in ever smaller ones around what does not.

A queue or a relay only says that there is work; this finds it in PostgreSQL. A batch is claimed and committed, then
its effects and its end are one transaction: a process that dies in between has done nothing, or everything.
"""

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db import outbox
from db.engine import Database, DatabaseBusyError, constraint_name, sqlstate
from db.errors import EkostError, UnreachableError
from db.metrics.sink import DONE
from db.outbox import Delivery
from jobs import audit, balances
from jobs.durations import IDLE, timed

BATCH = 1000
# Events that concern many tenants; these may be fifty thousand each.
WIDE_BATCH = 8
# Another transaction may hold the same rows: the batch is tried again, then in halves.
TRIES = 3
# What is in use is looked at again after so many seconds.
IN_USE = 0.05
LOCK_TIMEOUT = "set local lock_timeout = '2s'"

# The effect of a batch, in the caller's transaction. It may return what it could not touch, because it is in use.
Effect = Callable[[Connection, Sequence[Delivery]], Sequence[Delivery] | None]
EFFECTS: Mapping[str, Effect] = {"balances": balances.deliver, "audit": audit.deliver}


class Wide(NamedTuple):
    """How events that concern many tenants are delivered without holding all of these at once.

    `ahead` has the effect in transactions of its own, calling back between them; `conclude` is what remains to be
    done in the one that closes the deliveries.
    """

    ahead: Callable[[Database, Sequence[Delivery], Callable[[], object]], None]
    conclude: Effect


WIDE: Mapping[str, Wide] = {"balances": Wide(balances.work_ahead, balances.conclude)}


def drain(database: Database, consumer: str, *, budget: float = 20.0, batch: int = BATCH) -> int:
    """Deliver until nothing is due or `budget` seconds have passed; returns how many were done.

    A delivery that fails waits for its next attempt or is dead, and holds up no other one. Raises UnreachableError
    when the database is away; what was claimed is taken over when its lease has passed.
    """
    with timed(consumer) as job:
        done = _Drain(database, consumer, batch, time.monotonic() + budget).run()
        job.outcome = DONE if done else IDLE
    return done


@dataclass
class _Drain:
    database: Database
    consumer: str
    batch: int
    end: float
    done: int = 0
    given_back: bool = False
    claimed: Sequence[Delivery] = ()

    def run(self) -> int:
        while self.claimed or time.monotonic() < self.end:
            due = self.deliver_due()
            # Behind a heap of quick ones the others wait, behind a trickle they do not.
            if due < self.batch:
                due += self.deliver_wide()
            if not due and not self.wait_for_tenants():
                break
        return self.done

    def deliver_due(self) -> int:
        """Deliver a batch, without the events that concern many tenants if these take longer; how many were due."""
        claimed, self.claimed = self.claimed, ()
        if not claimed:
            with self.database.transaction() as conn:
                claimed = self.claim_batch(conn)
        self.deliver(claimed)
        return len(claimed)

    def deliver_wide(self) -> int:
        """Deliver events that concern many tenants; how many were due."""
        if self.consumer not in WIDE:
            return 0
        with self.database.transaction() as conn:
            claimed = outbox.claim(conn, self.consumer, WIDE_BATCH, wide=True)
        self.deliver(claimed, wide=WIDE[self.consumer])
        return len(claimed)

    def claim_batch(self, conn: Connection) -> Sequence[Delivery]:
        return outbox.claim(conn, self.consumer, self.batch, wide=False if self.consumer in WIDE else None)

    def wait_for_tenants(self) -> bool:
        """Wait a moment for what had to be given back; False if there was nothing."""
        if self.given_back:
            self.given_back = False
            time.sleep(IN_USE)
            return True
        return False

    def deliver(self, deliveries: Sequence[Delivery], *, wide: Wide | None = None) -> None:
        """All at once; when that fails, each half, down to the one that is to blame."""
        error = self.failure(deliveries, wide) if deliveries else None
        if error is None:
            return
        if len(deliveries) == 1:
            with self.database.transaction() as conn:
                outbox.fail(conn, deliveries[0], told(error))
            return
        middle = len(deliveries) // 2
        self.deliver(deliveries[:middle], wide=wide)
        self.deliver(deliveries[middle:], wide=wide)

    def failure(self, deliveries: Sequence[Delivery], wide: Wide | None) -> Exception | None:
        """Try it; why it could not be done, if it could not. Raises UnreachableError."""
        error: Exception | None = None
        for attempt in range(TRIES):
            try:
                if wide is not None:
                    # What concerns a single tenant does not wait meanwhile.
                    wide.ahead(self.database, deliveries, self.deliver_due)
                self.deliver_together(deliveries, wide.conclude if wide is not None else EFFECTS[self.consumer])
            except DatabaseBusyError as busy:
                error = busy
                time.sleep(IN_USE * 2**attempt)
            except UnreachableError:
                raise
            except Exception as failure:
                return failure
            else:
                return None
        return error

    def deliver_together(self, deliveries: Sequence[Delivery], effect: Effect) -> None:
        following: Sequence[Delivery] = ()
        with self.database.transaction() as conn:
            conn.exec_driver_sql(LOCK_TIMEOUT)
            held = outbox.hold(conn, deliveries)
            in_use = set(effect(conn, held) or ()) if held else set()
            done = [delivery for delivery in held if delivery not in in_use]
            outbox.complete(conn, done)
            outbox.postpone(conn, sorted(in_use), IN_USE)
            if len(deliveries) == self.batch and not self.claimed and time.monotonic() < self.end:
                # There is a heap of them: one commit ends this batch and claims the next.
                following = self.claim_batch(conn)
        self.done += len(done)
        self.given_back |= bool(in_use)
        self.claimed = following or self.claimed


def told(error: Exception) -> str:
    """What may be kept of an error: its class, the database's code, where it happened; never a value of a row."""
    parts = [type(error).__name__]
    cause = error.__cause__ if isinstance(error.__cause__, DBAPIError) else error
    if isinstance(cause, DBAPIError):
        parts += [sqlstate(cause), constraint_name(cause)]
    elif isinstance(error, EkostError):
        parts.append(error.code)
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        parts.append(f"{frames[-1].name}:{frames[-1].lineno}")
    return " ".join(part for part in parts if part)
