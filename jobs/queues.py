"""Queues in Redis, which only say that there is work: what there is to do stands in PostgreSQL.

Redis may lose everything at any moment. Whatever it still holds of an old day is a doorbell without a visitor.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Protocol

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.job import Job
from sqlalchemy import Connection, text

from db.errors import N_, EkostError
from db.policies import POLICIES
from db.redis_url import RedisURLError

QUEUES = tuple(POLICIES)
# Names on the wire; they are looked up in a list and never imported.
DRAIN, IMPORT = "ekost.drain", "ekost.import"
# A ring that was lost in Redis is repeated with another name after so many seconds.
AGAIN = 3
# Who waits for a queue server waits longer than the work takes: what it can't answer at once is done by hand.
PATIENCE = 0.3
_WAITS, _FAILED_KEPT, _DRAIN_LIMIT, _NO_LIMIT = 10, 5, 120, -1

Task = Callable[..., object]


class Tell(Protocol):
    """Says a line to whoever runs the worker; the edge chooses the language."""

    def __call__(self, message: str, **fields: object) -> None:
        """Tell a message with its fields."""


class JobRefusedError(EkostError):
    """A job in Redis names something that is not on the list: somebody else put it there."""

    code = "job_refused"
    message = N_("A job that is not ours was refused: it is on no list.")


class JobFailedError(EkostError):
    """A job failed; only the kind of the error is told, since its words may hold somebody's data."""

    code = "job_failed"
    message = N_("A job failed ({error}).")


def connect(url: str, *, patience: float = PATIENCE) -> Redis:
    """A client that gives up after `patience` seconds; connects when first used. Raises RedisURLError."""
    try:
        client = Redis.from_url(
            url, socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 0)
        )
        # A parameter that there is not would be found only when the first connection is made.
        client.connection_pool.connection_class(**client.connection_pool.connection_kwargs)
    except (ValueError, TypeError, RedisError):
        raise RedisURLError from None
    return client


def book_of(conn: Connection) -> str:
    """A short name of this database, so that two of them may share a Redis without hearing each other's bell."""
    return str(conn.execute(_BOOK).scalar_one())


_BOOK = text("""
select left(md5(s.system_identifier || '/' || d.oid), 8)
  from pg_control_system() s, pg_database d where d.datname = current_database()
""")


def queue_of(redis: Redis, name: str, book: str, job_class: type[Job] = Job) -> Queue:
    """The queue `name` of the database `book`."""
    return Queue(f"{name}-{book}", connection=redis, serializer="json", job_class=job_class)


class Doorbell:
    """Rings the workers of one database. Methods raise redis.RedisError when Redis does not answer at once."""

    def __init__(self, url: str, book: str) -> None:
        self._redis = connect(url)
        self._book = book
        self._queues = {name: queue_of(self._redis, name, book) for name in QUEUES}

    def answers(self) -> None:
        """Ask whether Redis is there."""
        self._redis.ping()

    def ring_drain(self, consumer: str, shard: int = 0) -> bool:
        """Say that deliveries are due; False when that has been said and not been heard yet."""
        name = f"drain-{consumer}-{self._book}-{shard}"
        return self._ring(consumer, DRAIN, (consumer,), name, _DRAIN_LIMIT)

    def ring_import(self, import_id: int, key: str) -> bool:
        """Say that an import is to be carried on; `key` is its idempotency key."""
        return self._ring("imports", IMPORT, (import_id,), f"{key}-{self._book}-{import_id}", _NO_LIMIT)

    def _ring(self, queue: str, task: str, args: tuple[object, ...], name: str, limit: int) -> bool:
        # RQ never forgets the name of a job that was lost half-way; the time in it makes the next one another.
        job_id = f"{name}-{int(time.time() // AGAIN)}"
        try:
            self._queues[queue].enqueue_call(
                task,
                args,
                job_id=job_id,
                unique=True,
                timeout=limit,
                ttl=_WAITS,
                result_ttl=0,
                failure_ttl=_FAILED_KEPT,
            )
        except DuplicateJobError:
            return False
        return True


class ListedJob(Job):
    """A job that may only name what is on the list: whoever can write to Redis must not be able to run code here.

    Everything else that RQ would look up by a name out of Redis (callbacks, methods, webhooks) is left out.
    """

    tasks: ClassVar[Mapping[str, Task]] = {}

    @property
    def func(self) -> Task:
        """The task named. Raises JobRefusedError."""
        name = self.func_name
        if self.instance is not None or not isinstance(name, str) or name not in self.tasks:
            raise JobRefusedError
        return self.tasks[name]

    @property
    def success_callback(self) -> None:
        """None, whatever Redis says."""

    @property
    def failure_callback(self) -> None:
        """None, whatever Redis says."""

    @property
    def stopped_callback(self) -> None:
        """None, whatever Redis says."""

    def restore(self, raw_data: Any) -> None:
        """Take what Redis says of the job, but for the addresses to which RQ would send its result."""
        super().restore({key: value for key, value in raw_data.items() if key != b"webhooks"})

    def _execute(self) -> None:
        task = self.func
        try:
            task(*self.args)
        except Exception as error:
            # RQ keeps the words of an error in Redis, and those of the database hold people's data.
            raise JobFailedError(error=getattr(error, "code", type(error).__name__)) from None


def listed(tasks: Mapping[str, Task]) -> type[ListedJob]:
    """The class of jobs that may name these tasks and nothing else."""
    return type("BookJob", (ListedJob,), {"tasks": dict(tasks)})
