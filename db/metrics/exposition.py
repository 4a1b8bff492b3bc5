"""Numbers in the text format that Prometheus and node_exporter's textfile collector read."""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from db.metrics.kinds import KINDS, Measured
from db.metrics.totals import Total
from db.repositories.gauges import Gauge

HELP = {
    "ekost_up": "Whether the database answered.",
    "ekost_db_connections_ratio": "Connections taken, as a share of those that may be had.",
    "ekost_balance_calculation_seconds": "P95 of the seconds from a change to its balance, or what waits by now.",
    "ekost_queue_depth": "Work that waits or is being done.",
    "ekost_queue_dead": "Work that is out of attempts.",
    "ekost_queue_unattended": "Work that waits while nobody works.",
    "ekost_schedule_failures": "How often in a row the work of a day has failed.",
    "ekost_balance_drifts": "Tenants whose balance was found wrong within a week.",
    "ekost_partitions_missing": "Whether partitions for the coming month are missing.",
    "ekost_invariant_violations": "Rows that break a rule of the book.",
    "ekost_memory_ratio": "Memory in use, as a share.",
    "ekost_cache_miss_ratio": "Questions for lists of tenants that the cache did not answer, as a share.",
    "ekost_backup_age_seconds": "Age of the newest backup.",
    "ekost_backups_missing": "Whether there is no backup at all.",
    "ekost_payment_failures": "Payments of the last minutes that could not be recorded.",
    "ekost_command_error_ratio": "Commands of the last minutes that failed, as a share.",
    "ekost_queue_processing_seconds": "P95 of the seconds from a change to what follows from it, of the last minutes.",
    "ekost_db_pool_connections": "Connections of processes that last: in use at most within half a minute, or idle.",
    "ekost_db_pool_size": "Connections that these processes may have.",
    "ekost_replica_lag_seconds": "Seconds that a replica is behind.",
    "ekost_replica_usable": "Whether a replica may be read now.",
    "ekost_partition_months_ahead": "Months after this one that have a partition.",
    "ekost_import_rows_total": "Rows of imports, by what became of them.",
    "ekost_translation_bytes": "Memory of the texts of a language.",
    "ekost_translation_load_seconds": "Seconds that loading them takes.",
    "ekost_cache_requests_total": "Questions to the cache, by kind and whether it had the answer.",
    "ekost_cache_errors_total": "Questions that the cache did not answer in time.",
    "ekost_cache_keys": "Answers that are kept.",
    "ekost_cache_memory_bytes": "Memory of the server of the cache.",
    "ekost_cache_evictions_total": "Keys that the server of the cache threw away for want of memory.",
    "ekost_tenants": "People who live there.",
    "ekost_beds": "Beds.",
    "ekost_rooms": "Rooms.",
    "ekost_rooms_occupied": "Rooms without a free bed.",
    "ekost_debtors": "Tenants who owe something that was due before today.",
    "ekost_outstanding_amount": "What tenants owe.",
    "ekost_credit_amount": "What tenants have paid ahead.",
    "ekost_month_charged_amount": "What was charged for this month, as of last night.",
    "ekost_month_income_amount": "What came in this month without deposits, as of last night.",
}
# Every name there is: of gauges and counters, and of histograms.
METRICS = frozenset(HELP) | {measured.metric for measured in KINDS.values()}


def exposed(gauges: Iterable[Gauge], totals: Iterable[Total]) -> str:
    """The whole text."""
    return "".join(f"{line}\n" for lines in (_gauges(gauges), _histograms(totals)) for line in lines)


def write_textfile(path: Path, text: str) -> None:
    """Put it in the place of what was there, at once: who reads meanwhile sees one or the other. Raises OSError."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o644)  # read by another user; it tells of no person
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _gauges(gauges: Iterable[Gauge]) -> Iterator[str]:
    for metric, found in groupby(sorted(gauges, key=_place), key=lambda gauge: gauge.metric):
        yield f"# HELP {metric} {HELP[metric]}"
        yield f"# TYPE {metric} {'counter' if metric.endswith('_total') else 'gauge'}"
        for gauge in found:
            labels = dict([(gauge.label, gauge.about)] if gauge.about else []) | dict(gauge.more)
            yield f"{metric}{_labels(labels)} {gauge.value:.15g}"


def _place(gauge: Gauge) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return gauge.metric, gauge.about, gauge.more


def _histograms(totals: Iterable[Total]) -> Iterator[str]:
    known = list(totals)
    for kind, measured in KINDS.items():
        yield f"# HELP {measured.metric} {measured.told}"
        yield f"# TYPE {measured.metric} histogram"
        for total in known:
            if total.kind == kind:
                yield from _series(measured, total)


def _series(measured: Measured, total: Total) -> Iterator[str]:
    labels, sofar = {measured.label: total.name}, 0
    if measured.outcome:
        labels["outcome"] = total.outcome
    for bound, count in zip(measured.bounds, total.buckets, strict=True):
        sofar += count
        yield f"{measured.metric}_bucket{_labels(labels | {'le': f'{bound:g}'})} {sofar}"
    yield f"{measured.metric}_bucket{_labels(labels | {'le': '+Inf'})} {total.times}"
    yield f"{measured.metric}_sum{_labels(labels)} {total.seconds:.10g}"
    yield f"{measured.metric}_count{_labels(labels)} {total.times}"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_quoted(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _quoted(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
