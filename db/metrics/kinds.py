"""What is measured in seconds, by kind: how fine, under which name Prometheus knows it, and by which labels."""

from collections.abc import Mapping
from typing import NamedTuple

from db.metrics.collecting import COMMAND, JOB, QUERY, SCREEN
from db.metrics.sink import DURATIONS, FILE


class Measured(NamedTuple):
    """A kind: the metric, its words, the label of a name, whether the outcome tells, and the upper bounds (seconds).

    No label may be called `job` or `instance`: Prometheus itself names what it asks by these.
    `file` is where it is left; what is longer than all bounds counts in none of them.
    """

    metric: str
    told: str
    label: str
    outcome: bool
    file: str
    bounds: tuple[float, ...]


KINDS: Mapping[str, Measured] = {
    COMMAND: Measured(
        "ekost_command_duration_seconds", "How long commands took, by what came of them.", "command", True, FILE,
        (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0, 30.0),
    ),
    QUERY: Measured(
        "ekost_db_query_duration_seconds", "How long statements took, by who asked.", "statement", False, DURATIONS,
        (0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    ),
    SCREEN: Measured(
        "ekost_screen_duration_seconds", "From the question of a screen to its answer on it.", "screen", False,
        DURATIONS, (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0),
    ),
    JOB: Measured(
        "ekost_job_duration_seconds", "How long jobs took, by what came of them.", "task", True, DURATIONS,
        (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0),
    ),
}  # fmt: skip
