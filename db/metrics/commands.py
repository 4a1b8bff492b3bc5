"""What the commands of late say: how long each took, how many failed, and whether payments could be recorded."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from db.metrics.sink import ERROR, REFUSED
from db.metrics.thresholds import ENOUGH, WINDOW
from db.metrics.totals import Sample, read_samples
from db.repositories.gauges import Gauge

# The commands by which money comes in.
_PAYING = frozenset({"payment add", "import payments"})


class CommandRow(NamedTuple):
    """A command of late: how often it ran, was refused and failed, and its milliseconds."""

    name: str
    times: int
    refused: int
    errors: int
    p50_ms: int
    p95_ms: int
    p99_ms: int
    max_ms: int


def failures(folder: Path) -> Iterator[Gauge]:
    """Failures within the window; of the share of them nothing while there were few commands."""
    samples = read_samples(folder, time.time() - WINDOW * 60)
    failed = [sample for sample in samples if sample.outcome == ERROR]
    yield Gauge("ekost_payment_failures", sum(sample.name in _PAYING for sample in failed))
    if len(samples) >= ENOUGH:
        yield Gauge("ekost_command_error_ratio", len(failed) / len(samples))


def command_rows(samples: Iterable[Sample]) -> list[CommandRow]:
    """By name, what took longest in all first."""
    named: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        named[sample.name].append(sample)
    return [_row(name, found) for name, found in sorted(named.items(), key=lambda item: (-_spent(item[1]), item[0]))]


def _spent(samples: Iterable[Sample]) -> float:
    return sum(sample.seconds for sample in samples)


def _row(name: str, samples: list[Sample]) -> CommandRow:
    ms = [sample.seconds * 1000 for sample in samples]
    cuts = quantiles(ms, n=100, method="inclusive") if len(ms) > 1 else ms * 99
    outcomes = [sample.outcome for sample in samples]
    return CommandRow(
        name, len(ms), outcomes.count(REFUSED), outcomes.count(ERROR),
        round(cuts[49]), round(cuts[94]), round(cuts[98]), round(max(ms)),
    )  # fmt: skip
