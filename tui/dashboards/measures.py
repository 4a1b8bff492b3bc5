"""Performance and database: numbers of now from the book and the machine, durations of the last hour from the sink."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from db.metrics.commands import failures
from db.metrics.kinds import KINDS
from db.metrics.machine import memory
from db.metrics.percentiles import duration_rows
from db.metrics.totals import Sample, read_samples
from db.settings_path import state_folder
from locales.catalogs import N_, _
from locales.formats import number
from tui.dashboards.lines import Curve, Group, Line, Past

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.gauges import Gauge

# Seconds that are looked back at, and the parts that a curve shows of them.
HOUR, SLOTS = 3600.0, 60
NOW, NOTHING = N_("Now, and while this is open"), N_("Nothing was measured within the hour.")


class Shown(NamedTuple):
    """A metric: its words, what is made of several values, and how one is written."""

    metric: str
    name: str
    gathered: Callable[[Iterable[float]], float] = sum
    unit: str = "count"


PERFORMANCE = (
    Shown("ekost_balance_calculation_seconds", N_("Balances follow after"), max, "seconds"),
    Shown("ekost_queue_depth", N_("Work that waits or is being done")),
    Shown("ekost_queue_dead", N_("Dead work")),
    Shown("ekost_payment_failures", N_("Failed payments")),
    Shown("ekost_command_error_ratio", N_("Failed commands"), max, "share"),
    Shown("ekost_memory_ratio", N_("Memory"), max, "share"),
)
DATABASE = (
    Shown("ekost_db_connections_ratio", N_("Connections taken"), max, "share"),
    Shown("ekost_invariant_violations", N_("Broken rules")),
    Shown("ekost_balance_drifts", N_("Wrong balances of a week")),
    Shown("ekost_schedule_failures", N_("Failures of the calendar")),
    Shown("ekost_partition_months_ahead", N_("Months with room ahead"), min),
)
# Of each kind, its title and how many names are shown.
SPENT = {
    "performance": (
        ("command", N_("Commands, ms"), 5),
        ("screen", N_("Screens, ms"), 4),
        ("job", N_("Jobs, ms"), 3),
    ),
    "database": (("query", N_("Statements, ms"), 12),),
}


def read_numbers(conn: "Connection") -> "list[Gauge]":
    """What the book tells."""
    from db.repositories.gauges import read_gauges, read_more

    return [*read_gauges(conn), *read_more(conn)]


def measured(name: str, gauges: "Sequence[Gauge]", past: Past) -> list[Group]:
    """The groups of `performance` or `database`; reads files, so it belongs into a thread."""
    shown, folder, now = (PERFORMANCE if name == "performance" else DATABASE), state_folder(), time.time()
    if name == "performance":
        gauges = [*gauges, *memory(), *failures(folder)]
    groups = [Group(NOW, list(_numbers(shown, gauges, past)))]
    for kind, title, most in SPENT[name]:
        samples = [one for one in read_samples(folder, now - HOUR, KINDS[kind].file) if one.kind == kind]
        groups.append(Group(title, list(_durations(samples, now, most)), NOTHING))
    return groups


def _numbers(shown: Iterable[Shown], gauges: "Sequence[Gauge]", past: Past) -> Iterator[Line]:
    for one in shown:
        if values := [gauge.value for gauge in gauges if gauge.metric == one.metric]:
            value, top = one.gathered(values), 1.0 if one.unit == "share" else None
            yield Line(_(one.name), _written(value, one.unit), past.with_this(one.metric, value), None, top)


def _written(value: float, unit: str) -> str:
    if unit == "share":
        return f"{round(value * 100)} %"
    if unit == "seconds":
        return f"{number(ceil(value * 1000))} ms"
    return number(round(value))


def _durations(samples: Sequence[Sample], now: float, most: int) -> Iterator[Line]:
    named: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        named[sample.name].append(sample)
    for row in duration_rows(samples)[:most]:
        p50, p95, p99 = (number(cut) for cut in (row.p50_ms, row.p95_ms, row.p99_ms))
        yield Line(row.name, number(_milliseconds(named[row.name][-1:])), _slots(named[row.name], now), (p50, p95, p99))


def _slots(samples: Iterable[Sample], now: float) -> Curve:
    """The mean of each minute."""
    slots: list[list[Sample]] = [[] for _slot in range(SLOTS)]
    for sample in samples:
        slots[min(max(int((sample.at - now + HOUR) * SLOTS / HOUR), 0), SLOTS - 1)].append(sample)
    return [_milliseconds(slot) if slot else None for slot in slots]


def _milliseconds(samples: Sequence[Sample]) -> int:
    return ceil(1000 * sum(one.seconds for one in samples) / max(sum(one.times for one in samples), 1))
