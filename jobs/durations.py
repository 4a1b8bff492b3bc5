"""How long the work of the background takes, by what it is and what came of it; `ekost metrics` tells."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from db.metrics.collecting import COLLECTOR, JOB
from db.metrics.sink import DONE, ERROR

# There was nothing to do, which is no job.
IDLE = "idle"


@dataclass
class Timed:
    """One piece of work; what raises has failed, unless it said otherwise before."""

    outcome: str = ""


@contextmanager
def timed(job: str) -> Iterator[Timed]:
    """Note how long the block takes; `outcome` may be set in it, to DONE, ERROR or IDLE."""
    work, begun = Timed(), perf_counter()
    try:
        yield work
        work.outcome = work.outcome or DONE
    finally:
        if work.outcome != IDLE:
            COLLECTOR.note(JOB, job, work.outcome or ERROR, perf_counter() - begun)
