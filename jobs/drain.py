"""Deliver what is due to a consumer: in batches while all goes well, one by one around what does not.

A queue or a relay only says that there is work; this finds it in PostgreSQL. A batch is claimed and committed, then
its effects and its end are one transaction: a process that dies in between has done nothing, or everything.
"""

import time
import traceback
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db import outbox
from db.engine import Database, DatabaseBusyError, constraint_name, sqlstate
from db.errors import EkostError, UnreachableError
from db.outbox import Delivery
from jobs import audit, balances

BATCH = 1000
# Another transaction may hold the same rows: the batch is tried again, then in halves.
TRIES = 3
# What is in use is looked at again after so many seconds.
IN_USE = 0.05
LOCK_TIMEOUT = "set local lock_timeout = '2s'"

# The effect of a batch, in the caller's transaction. It may return what it could not touch, because it is in use.
Effect = Callable[[Connection, Sequence[Delivery]], Sequence[Delivery] | None]
EFFECTS: Mapping[str, Effect] = {"balances": balances.deliver, "audit": audit.deliver}


def drain(database: Database, consumer: str, *, budget: float = 20.0, batch: int = BATCH) -> int:
    """Deliver until nothing is due or `budget` seconds have passed; returns how many were done.

    A delivery that fails waits for its next attempt or is dead, and holds up no other one. Raises UnreachableError
    when the database is away; what was claimed is taken over when its lease has passed.
    """
    end = time.monotonic() + budget
    done = 0
    while time.monotonic() < end:
        with database.transaction() as conn:
            claimed = outbox.claim(conn, consumer, batch)
            waiting = not claimed and outbox.due(conn, [consumer], within=IN_USE)
        if claimed:
            done += _deliver(database, claimed)
        elif waiting:
            time.sleep(IN_USE)
        else:
            break
    return done


def _deliver(database: Database, deliveries: Sequence[Delivery]) -> int:
    """All in one transaction; when that fails, each half, down to the one that is to blame."""
    error: Exception | None = None
    for attempt in range(TRIES):
        try:
            return _deliver_together(database, deliveries)
        except DatabaseBusyError as busy:
            error = busy
            time.sleep(IN_USE * 2**attempt)
        except UnreachableError:
            raise
        except Exception as failure:
            error = failure
            break
    if error is not None and len(deliveries) == 1:
        with database.transaction() as conn:
            outbox.fail(conn, deliveries[0], told(error))
        return 0
    middle = len(deliveries) // 2
    return _deliver(database, deliveries[:middle]) + _deliver(database, deliveries[middle:])


def _deliver_together(database: Database, deliveries: Sequence[Delivery]) -> int:
    with database.transaction() as conn:
        conn.exec_driver_sql(LOCK_TIMEOUT)
        held = outbox.hold(conn, deliveries)
        in_use = set(EFFECTS[held[0].consumer](conn, held) or ()) if held else set()
        done = [delivery for delivery in held if delivery not in in_use]
        outbox.complete(conn, done)
        outbox.postpone(conn, sorted(in_use), IN_USE)
    return len(done)


def told(error: Exception) -> str:
    """What may be kept of an error: its class, where it happened, the database's code; never a value of a row."""
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
