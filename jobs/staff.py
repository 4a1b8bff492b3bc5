"""Everything that `ekost worker` starts: one relay, and for each queue as many workers as wanted."""

import gc
import math
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import FrameType

from sqlalchemy import make_url

from db.cache.keeper import Keeper
from db.engine import Database, Limits
from db.errors import N_, ExitCode
from jobs import imports
from jobs.drain import EFFECTS, drain
from jobs.heartbeat import Heartbeat
from jobs.queues import DRAIN, IMPORT, Doorbell, Task, Tell, book_of, connect
from jobs.relay import Relay
from jobs.schedules import Calendar, schedules_for
from jobs.supervisor import Child, Supervisor
from jobs.worker import Stop, serve

# Connections that one process keeps: the relay listens on one, and works, gives signs of life and looks at the calendar
# with others.
POOL = 6

# Parameters of libpq: a server that vanished without a word is missed soon. TCP alone takes a quarter of an hour.
WATCHED = {"keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3", "tcp_user_timeout": "15000"}
# Seconds of one drain job: whoever stops the worker waits for the end of it.
BUDGET = 5.0

STARTED = N_("Working on {queues} (process {pid}). Ctrl-C stops.")


@dataclass(frozen=True)
class Staff:
    """What the processes of one `ekost worker` share: addresses and settings, but never a connection."""

    database_url: str
    limits: Limits
    redis_url: str
    book: str
    queues: Sequence[str]
    tell: Tell
    audit_keep_years: int = 0
    keeper: Keeper | None = None

    def database(self) -> Database:
        """A database for the process that asks: connections don't survive a fork."""
        url = make_url(self.database_url)
        watched = url.update_query_dict({name: value for name, value in WATCHED.items() if name not in url.query})
        database = Database(watched.render_as_string(hide_password=False), self.limits)
        database.keeper = self.keeper
        return database

    def children(self, count: int) -> list[Child]:
        """The relay, and `count` workers for each queue."""
        workers = [
            Child(f"{queue}-{number}", partial(self.work, queue))
            for queue in self.queues
            for number in range(1, count + 1)
        ]
        return [Child("relay", self.relay), *workers]

    def relay(self) -> None:
        """Be the relay until SIGTERM."""
        database = self.database()
        heartbeat = Heartbeat(database, self.queues)
        relay = Relay(database, Doorbell(self.redis_url, self.book), self.queues, self.tell)
        relay.on_change = lambda: heartbeat.work_by_hand(relay.by_hand)
        calendar = Calendar(database, self.tell, schedules_for(self.audit_keep_years))

        def stop(_number: int, _frame: FrameType | None) -> None:
            relay.stopping = True

        signal.signal(signal.SIGTERM, stop)
        heartbeat.start()
        calendar.start()
        relay.run()
        heartbeat.stop()
        calendar.stop()

    def work(self, queue: str) -> None:
        """Be a worker on one queue until SIGTERM."""
        serve(self.redis_url, self.book, queue, self._tasks, self.tell)

    def _tasks(self, stop: Stop) -> Mapping[str, Task]:
        database = self.database()
        return {
            DRAIN: lambda consumer: drain(database, str(consumer), budget=BUDGET),
            IMPORT: lambda number: imports.carry_on(database, int(number), self.tell, may_go_on=lambda: not stop),
        }


def run_staff(
    database: Database,
    redis_url: str,
    queues: Sequence[str],
    count: int,
    tell: Tell,
    *,
    audit_keep_years: int = 0,
    pool_size: int = 0,
) -> ExitCode:
    """Work with `count` workers a queue until a signal; the exit status says which.

    Raises UnreachableError when the database is away at the start, RedisURLError; Redis itself may come later.
    """
    connect(redis_url)
    with database.transaction() as conn:
        book = book_of(conn)
    database.engine.dispose()
    limits = replace(database.limits, pool_size=pool_size or POOL)
    staff = Staff(database.url, limits, redis_url, book, queues, tell, audit_keep_years, database.keeper)
    gc.collect()
    gc.freeze()  # what is there now is shared with the children, as long as nobody writes to it
    tell(STARTED, queues=", ".join(queues), pid=os.getpid())
    return Supervisor(staff.children(count), tell).run()


def work_once(database: Database, queues: Sequence[str], tell: Tell) -> Mapping[str, int]:
    """Do in this process, without Redis, what is due; how many deliveries or imports of each queue were done.

    An import that fails is kept with its reason, told, and counts like the others.
    """
    done = dict.fromkeys(queues, 0)
    if "imports" in queues:
        done["imports"] = _import_once(database, tell)
    # After the imports, which are events too.
    for queue in queues:
        if queue in EFFECTS:
            done[queue] = drain(database, queue, budget=math.inf)
    return done


def _import_once(database: Database, tell: Tell) -> int:
    with database.transaction() as conn:
        found = imports.waiting(conn)
    for one in found:
        imports.carry_on(database, one.id, tell, may_go_on=lambda: True)
    return len(found)
