"""One RQ worker: one process, one queue.

One queue, because RQ takes a job from several queues in two steps and loses it when it is killed between them. No
child per job, because a fork costs more than most jobs; what a killed worker had begun, PostgreSQL undoes.
"""

import logging
import signal
import time
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from redis import RedisError
from rq import SimpleWorker
from rq.job import Job

from db.errors import N_, EkostError
from db.metrics.collecting import COLLECTOR
from jobs.queues import JobFailedError, Task, Tell, connect, listed, queue_of

# Seconds. RQ's own figures would leave an idle worker without maintenance for minutes.
WORKER_TTL, MAINTENANCE = 20, 10
# How long one question for a job stays open. The client waits a little longer, and no more: a connection that was cut
# without a word makes the worker deaf for that long.
ASKS, PATIENCE = 2, 3
PAUSE = 0.5

# What may be run, made in the worker's own process; a long task looks now and then whether it has to stop.
Tasks = Callable[["Stop"], Mapping[str, Task]]

CRASHED = N_("A job in the queue {queue} failed: {error}")


def serve(redis_url: str, book: str, queue: str, tasks: Tasks, tell: Tell) -> None:
    """Work on a queue until SIGTERM; Redis may come and go. The job at hand is finished first."""
    _silence()
    asked_to_stop = Stop()
    job_class = listed(tasks(asked_to_stop))
    while not asked_to_stop:
        try:
            redis = connect(redis_url, patience=PATIENCE)
            worker = QueueWorker(queue_of(redis, queue, book, job_class), connection=redis, job_class=job_class)
            worker.tell, worker.asked_to_stop = tell, asked_to_stop
            worker.work(logging_level="CRITICAL")
        except RedisError:
            pass  # the relay sees that too, and says so once
        asked_to_stop.wait(PAUSE)


class Stop:
    """Whether SIGTERM has come. Ctrl-C is for the supervisor, which tells its children in its own time."""

    def __init__(self) -> None:
        self._asked = False
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self.note)

    def __bool__(self) -> bool:
        return self._asked

    def note(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """Remember it."""
        self._asked = True

    def wait(self, seconds: float) -> None:
        """Wait, but not once it has come."""
        end = time.monotonic() + seconds
        while not self._asked and time.monotonic() < end:
            time.sleep(0.05)


class QueueWorker(SimpleWorker):
    """RQ's worker, without what it does behind our back: threads, commands from Redis, logs with people's data."""

    max_connection_wait_time = 1.0
    log_result_lifespan = False
    dequeue_timeout = ASKS
    connection_timeout = PATIENCE
    tell: Tell
    asked_to_stop: Stop

    def __init__(self, queue: Any, **options: Any) -> None:
        options |= {"worker_ttl": WORKER_TTL, "maintenance_interval": MAINTENANCE, "serializer": "json"}
        super().__init__([queue], log_job_description=False, **options)

    def subscribe(self) -> None:
        """Take no commands from Redis."""

    def unsubscribe(self) -> None:
        """Nothing to leave."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Stop when the job at hand is done; asked again, go on doing that."""
        again = bool(self.asked_to_stop)
        self.asked_to_stop.note()
        if not again:
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """A second SIGTERM is no reason to drop a job: SIGKILL does that."""

    def set_shutdown_requested_date(self) -> None:
        """Nothing: a Redis that hangs would break the job at hand from within the signal handler."""

    def _install_signal_handlers(self) -> None:
        signal.signal(signal.SIGTERM, self.request_stop)
        if self.asked_to_stop:  # it came while the worker was being made
            self._stop_requested = True

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """A sign of life in Redis, also while there is nothing to do; what was measured is left then."""
        COLLECTOR.tick()
        super().heartbeat(timeout, pipeline)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Say in one line that a job failed; that Redis is away, the relay says."""
        error = exc_info[1]
        if not isinstance(error, RedisError):
            told = error.fields["error"] if isinstance(error, JobFailedError) else error
            told = told if isinstance(told, EkostError | str) else type(error).__name__
            self.tell(CRASHED, queue=job.origin.rpartition("-")[0], error=told)


def _silence() -> None:
    """RQ logs tracebacks and addresses; what is worth knowing is told by ourselves."""
    logger = logging.getLogger("rq")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
