"""Numbers against their thresholds: what fires."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from db.metrics.thresholds import THRESHOLDS, Threshold, Unit
from db.repositories.gauges import Gauge

# What one of a unit is, in the unit of the metric.
SCALE: Mapping[Unit, float] = {"count": 1, "seconds": 1, "hours": 3600, "percent": 0.01}


class Alarm(NamedTuple):
    """A threshold that is passed, by which value, and which queue or the like it is about."""

    threshold: Threshold
    value: float
    about: str

    @property
    def fields(self) -> dict[str, str]:
        """What the sentences of the threshold know, in its unit."""
        scale = SCALE[self.threshold.unit]
        return {
            "value": f"{self.value / scale:.0f}",
            "limit": f"{self.threshold.limit / scale:.0f}",
            "about": self.about,
        }


def firing(gauges: Iterable[Gauge]) -> Iterator[Alarm]:
    """The alarms in the order of the gauges."""
    known = {threshold.metric: threshold for threshold in THRESHOLDS}
    for gauge in gauges:
        threshold = known.get(gauge.metric)
        if threshold is not None and gauge.value > threshold.limit:
            yield Alarm(threshold, gauge.value, gauge.about)
