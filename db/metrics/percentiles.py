"""Durations of late, by name: how often, what came of it, and how long most of them took."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil, inf
from statistics import quantiles
from typing import NamedTuple

from db.metrics.kinds import KINDS
from db.metrics.sink import ERROR, REFUSED
from db.metrics.totals import Sample, added


class DurationRow(NamedTuple):
    """A command, statement, screen or job of late: how often it ran, was refused and failed, and its milliseconds."""

    name: str
    times: int
    refused: int
    errors: int
    p50_ms: int
    p95_ms: int
    p99_ms: int
    max_ms: int


def duration_rows(samples: Iterable[Sample]) -> list[DurationRow]:
    """By name, what took longest in all first. Of what was added up, percentiles are read off the buckets."""
    named: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        named[sample.name].append(sample)
    return [_row(name, found) for name, found in sorted(named.items(), key=lambda item: (-_spent(item[1]), item[0]))]


def _spent(samples: Iterable[Sample]) -> float:
    return sum(sample.seconds for sample in samples)


def _row(name: str, samples: Sequence[Sample]) -> DurationRow:
    longest = max(sample.longest or sample.seconds for sample in samples)
    cuts = _estimated(samples, longest) if any(sample.counts for sample in samples) else _exact(samples)
    came = {
        outcome: sum(sample.times for sample in samples if sample.outcome == outcome) for outcome in (REFUSED, ERROR)
    }
    times = sum(sample.times for sample in samples)
    # Rounded up: what takes less than a millisecond does not take none.
    p50, p95, p99, most = (ceil(round(seconds * 1000, 3)) for seconds in (*cuts, longest))
    return DurationRow(name, times, came[REFUSED], came[ERROR], p50, p95, p99, most)


def _exact(samples: Sequence[Sample]) -> tuple[float, float, float]:
    taken = [sample.seconds for sample in samples]
    cuts = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else taken * 99
    return cuts[49], cuts[94], cuts[98]


def _estimated(samples: Sequence[Sample], longest: float) -> tuple[float, float, float]:
    """As histogram_quantile does: as if those of a bucket lay evenly in it; none is beyond the longest."""
    (total,) = added((), [sample._replace(name="", outcome="") for sample in samples])
    p50, p95, p99 = (min(_quantile(share, total.buckets, total.kind, total.times), longest) for share in _SHARES)
    return p50, p95, p99


_SHARES = (0.50, 0.95, 0.99)


def _quantile(share: float, buckets: Sequence[int], kind: str, times: int) -> float:
    rank, sofar, lower = share * times, 0, 0.0
    for bound, count in zip(KINDS[kind].bounds, buckets, strict=True):
        if count and sofar + count >= rank:
            return lower + (bound - lower) * (rank - sofar) / count
        sofar, lower = sofar + count, bound
    return inf
