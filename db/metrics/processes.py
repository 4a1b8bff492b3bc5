"""What processes that last have said of themselves within a minute: how many connections they hold."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from db.metrics.collecting import POOL
from db.metrics.sink import DURATIONS
from db.metrics.totals import read_samples
from db.repositories.gauges import Gauge

# Seconds after which a process that has said nothing is taken to be gone.
SILENT = 60.0
SIZE = "size"


def connections(folder: Path) -> Iterator[Gauge]:
    """The connections of all processes of one name together, in use and idle, and how many they may have."""
    said = {
        sample.name: sample.seconds
        for sample in read_samples(folder, time.time() - SILENT, DURATIONS)
        if sample.kind == POOL
    }
    together: Counter[tuple[str, str]] = Counter()
    for name, count in said.items():
        process, _pid, state = name.rsplit(":", 2)
        together[process, state] += int(count)
    for (process, state), count in sorted(together.items()):
        if state == SIZE:
            yield Gauge("ekost_db_pool_size", count, "process", process)
        else:
            yield Gauge("ekost_db_pool_connections", count, "process", process, (("state", state),))
