"""What the commands of late say: how many failed, and whether payments could be recorded."""

import time
from collections.abc import Iterator
from pathlib import Path

from db.metrics.sink import ERROR
from db.metrics.thresholds import ENOUGH, WINDOW
from db.metrics.totals import read_samples
from db.repositories.gauges import Gauge

# The commands by which money comes in.
_PAYING = frozenset({"payment add", "import payments"})


def failures(folder: Path) -> Iterator[Gauge]:
    """Failures within the window; of the share of them nothing while there were few commands."""
    samples = read_samples(folder, time.time() - WINDOW * 60)
    failed = [sample for sample in samples if sample.outcome == ERROR]
    yield Gauge("ekost_payment_failures", sum(sample.name in _PAYING for sample in failed))
    if len(samples) >= ENOUGH:
        yield Gauge("ekost_command_error_ratio", len(failed) / len(samples))
