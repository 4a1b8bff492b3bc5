"""The thresholds as alerting rules of Prometheus: `python -m db.metrics.rules > deploy/prometheus/rules.yml`."""

import json
from collections.abc import Iterator

from db.metrics.alarms import SCALE
from db.metrics.thresholds import THRESHOLDS, Threshold

# Which label tells one series of a metric from another.
_LABELS = {
    "ekost_queue_depth": "queue",
    "ekost_queue_dead": "queue",
    "ekost_queue_unattended": "queue",
    "ekost_schedule_failures": "schedule",
    "ekost_invariant_violations": "check",
}
# How long it must last: what goes by itself is given time.
_LASTS = {"warning": "5m", "critical": "1m"}
_WATCHING = """\
  - alert: EkostDown
    expr: ekost_up == 0
    for: 1m
    labels: {severity: critical}
    annotations:
      summary: "The database of E-Kost does not answer."
      hint: "`ekost health` tells what does not work."
  - alert: EkostUnwatched
    expr: absent(ekost_up)
    for: 5m
    labels: {severity: critical}
    annotations:
      summary: "E-Kost hands over no numbers."
      hint: "Look whether `ekost metrics serve` runs, or cron calls `ekost metrics export`."
"""


def prometheus_rules() -> str:
    """The whole file, in English: one alert for each threshold, and two for numbers that do not come."""
    rules = "".join(f"{line}\n" for threshold in THRESHOLDS for line in _rule(threshold))
    return f"groups:\n- name: ekost\n  rules:\n{_WATCHING}{rules}"


def alert_name(threshold: Threshold) -> str:
    """`queue_depth` is EkostQueueDepth."""
    return "Ekost" + threshold.name.title().replace("_", "")


def _rule(threshold: Threshold) -> Iterator[str]:
    scale = SCALE[threshold.unit]
    divided = "" if scale == 1 else f" / {scale:g}"
    words = {
        "value": '{{ $value | printf "%.0f" }}',
        "limit": f"{threshold.limit / scale:.0f}",
        "about": f"{{{{ $labels.{_LABELS.get(threshold.metric, 'instance')} }}}}",
    }
    yield f"  - alert: {alert_name(threshold)}"
    yield f"    expr: {threshold.metric}{divided} > {words['limit']}"
    yield f"    for: {_LASTS[threshold.severity]}"
    yield f"    labels: {{severity: {threshold.severity}}}"
    yield "    annotations:"
    yield f"      summary: {json.dumps(threshold.told.format_map(words))}"
    yield f"      hint: {json.dumps(threshold.hint)}"


if __name__ == "__main__":
    print(prometheus_rules(), end="")
