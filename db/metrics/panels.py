"""What the dashboards show: four of them, each a list of panels, as data."""

from collections.abc import Mapping
from typing import NamedTuple

from db.metrics.thresholds import THRESHOLDS

_LIMITS = {threshold.metric: threshold.limit for threshold in THRESHOLDS}


class Panel(NamedTuple):
    """A picture: what it tells, the unit as Grafana calls it, and its curves: their legends and questions in PromQL.

    `width` is in columns, of which there are 24; `limit` above which it is red, in the unit.
    """

    title: str
    told: str
    unit: str
    curves: Mapping[str, str]
    width: int = 12
    shape: str = "timeseries"
    limit: float | None = None


class Dashboard(NamedTuple):
    """Panels from left to right and top to bottom; `label` is one of the first metric to choose values of."""

    name: str
    title: str
    told: str
    panels: tuple[Panel, ...]
    label: str = ""


def _quantiles(metric: str, label: str, *, most: int = 0) -> dict[str, str]:
    """P95 and P99 by that label; with `most`, only of those that take longest."""

    def share(quantile: str) -> str:
        rates = f"sum by (le, {label}) (rate({metric}_bucket[$__rate_interval]))"
        curve = f"histogram_quantile({quantile}, {rates})"
        return f"topk({most}, {curve})" if most else curve

    return {f"{{{{{label}}}}} P95": share("0.95"), f"{{{{{label}}}}} P99": share("0.99")}


def _rate(metric: str, label: str, matching: str = "") -> dict[str, str]:
    return {f"{{{{{label}}}}}": f"sum by ({label}) (rate({metric}{matching}[$__rate_interval]))"}


def _book(metric: str, *labels: str) -> str:
    """A number of the book, once, however many machines hand it out."""
    return f"max by ({', '.join(labels)}) ({metric})"


def _now(title: str, told: str, unit: str, asked: str, metric: str = "") -> Panel:
    """A number of this moment; red above the limit of the metric that it is about."""
    return Panel(title, told, unit, {"__auto": asked}, 6, "stat", _LIMITS.get(metric or asked))


_COMMANDS, _QUERIES = "ekost_command_duration_seconds", "ekost_db_query_duration_seconds"
_HITS = 'ekost_cache_requests_total{result="hits"}'


def _houses(metric: str, *more: str) -> str:
    """A number of the properties that were chosen."""
    return _book(f'{metric}{{property=~"$property"}}', "property", *more)


_TENANTS, _BEDS = _houses("ekost_tenants"), _houses("ekost_beds")

PERFORMANCE = Dashboard(
    "performance", "E-Kost: performance", "How long people and the background wait, and how much fails.",
    (
        _now("Balances follow after", "P95 from a change to its balance, or what waits by now.", "s",
             "ekost_balance_calculation_seconds"),
        _now("Dead work", "Work that is out of attempts, and failed imports.", "short",
             f"sum({_book('ekost_queue_dead', 'queue')})", "ekost_queue_dead"),
        _now("Failed payments", "Payments of 15 minutes that could not be recorded.", "short",
             "sum(ekost_payment_failures)", "ekost_payment_failures"),
        _now("Memory", "Memory in use, of each machine.", "percentunit", "ekost_memory_ratio"),
        Panel("Commands", "How long commands take.", "s", _quantiles(_COMMANDS, "command", most=10)),
        Panel("Failed commands", "The share of commands that failed; a refusal is no failure.", "percentunit", {
            "failed": f'(sum(rate({_COMMANDS}_count{{outcome="error"}}[$__rate_interval])) or vector(0))'
                      f" / sum(rate({_COMMANDS}_count[$__rate_interval]))",
        }, limit=_LIMITS["ekost_command_error_ratio"]),
        Panel("Screens", "From a question of a screen to its answer on it.", "s",
              _quantiles("ekost_screen_duration_seconds", "screen")),
        Panel("Commands a second", "How many commands end, by what came of them.", "ops",
              _rate(f"{_COMMANDS}_count", "outcome")),
        Panel("Jobs", "How long the work of the background takes.", "s",
              _quantiles("ekost_job_duration_seconds", "task")),
        Panel("Jobs a second", "How many jobs end, by what they are.", "ops",
              _rate("ekost_job_duration_seconds_count", "task")),
        Panel("Queues", "Work that waits or is being done.", "short", {
            "{{queue}}": _book("ekost_queue_depth", "queue"),
        }, limit=_LIMITS["ekost_queue_depth"]),
        Panel("Delay of queues", "P95 from a change to what follows from it.", "s",
              {"{{queue}}": _book("ekost_queue_processing_seconds", "queue")}),
        Panel("Texts in memory", "Memory of the texts of a language.", "bytes",
              {"{{language}}": _book("ekost_translation_bytes", "language")}),
        Panel("Loading texts", "How long loading the texts of a language takes.", "s",
              {"{{language}}": _book("ekost_translation_load_seconds", "language")}),
    ),
)  # fmt: skip
DATABASE = Dashboard(
    "database", "E-Kost: database", "Connections, statements, standbys, and what keeps the book safe.",
    (
        _now("Database", "1 while it answers.", "short", "ekost_up"),
        _now("Broken rules", "Rows that break a rule of the book.", "short",
             f"sum({_book('ekost_invariant_violations', 'check')})", "ekost_invariant_violations"),
        _now("Months ahead", "Months after this one that have a partition.", "short",
             "min(ekost_partition_months_ahead)"),
        _now("Newest backup", "Its age; nothing where none is looked for.", "s", "ekost_backup_age_seconds"),
        Panel("Connections", "Connections taken, as a share of those that the server gives.", "percentunit",
              {"taken": "max(ekost_db_connections_ratio)"}, limit=_LIMITS["ekost_db_connections_ratio"]),
        Panel("Pools", "Connections in use of those that processes of a name may have together.", "percentunit", {
            "{{process}}": 'sum by (process) (ekost_db_pool_connections{state="in_use"})'
                           " / sum by (process) (ekost_db_pool_size)",
        }, limit=_LIMITS["ekost_db_connections_ratio"]),
        Panel("Longest statements", "By the function that asks.", "s", _quantiles(_QUERIES, "statement", most=10)),
        Panel("Time spent in statements", "Seconds of each second, all connections together.", "percentunit", {
            "{{statement}}": f"topk(10, sum by (statement) (rate({_QUERIES}_sum[$__rate_interval])))",
        }),
        Panel("Statements a second", "The most frequent ones.", "ops", {
            "{{statement}}": f"topk(10, sum by (statement) (rate({_QUERIES}_count[$__rate_interval])))",
        }),
        Panel("Slow statements", "Statements of more than a second, as a share.", "percentunit", {
            "slow": f'1 - sum(rate({_QUERIES}_bucket{{le="1"}}[$__rate_interval]))'
                    f" / sum(rate({_QUERIES}_count[$__rate_interval]))",
        }),
        Panel("Standbys", "Seconds that each is behind.", "s",
              {"{{replica}}": _book("ekost_replica_lag_seconds", "replica")}),
        Panel("Usable standbys", "1 where a reader may be sent.", "short", {
            "{{replica}}": _book("ekost_replica_usable", "replica"),
        }),
        Panel("Wrong balances", "Found and put right within a week.", "short",
              {"balances": "max(ekost_balance_drifts)"}, limit=_LIMITS["ekost_balance_drifts"]),
        Panel("Failing days", "How often in a row the work of a day has failed.", "short",
              {"{{schedule}}": _book("ekost_schedule_failures", "schedule")},
              limit=_LIMITS["ekost_schedule_failures"]),
    ),
)  # fmt: skip
BUSINESS = Dashboard(
    "business", "E-Kost: business", "Tenants, occupancy and money; handed out with --business.",
    (
        _now("Tenants", "People who live there.", "short", f"sum({_TENANTS})"),
        _now("Beds taken", "Of all beds.", "percentunit", f"sum({_TENANTS}) / sum({_BEDS})"),
        _now("Rooms without a free bed", "Of all rooms.", "percentunit",
             f"sum({_houses('ekost_rooms_occupied')}) / sum({_houses('ekost_rooms')})"),
        _now("Debtors", "Tenants who owe something that was due before today.", "short",
             f"sum({_houses('ekost_debtors')})"),
        Panel("Tenants by property", "People who live there.", "short", {"{{property}}": _TENANTS}),
        Panel("Occupancy by property", "Beds taken, of all beds.", "percentunit",
              {"{{property}}": f"{_TENANTS} / {_BEDS}"}),
        Panel("Outstanding", "What tenants owe.", "locale",
              {"{{property}} {{currency}}": _houses("ekost_outstanding_amount", "currency")}),
        Panel("Debtors by property", "Tenants who owe something that was due before today.", "short",
              {"{{property}}": _houses("ekost_debtors")}),
        Panel("Income of the month", "What came in without deposits, and what was charged; of last night.", "locale", {
            "{{currency}} received": f"sum by (currency) ({_houses('ekost_month_income_amount', 'currency')})",
            "{{currency}} charged": f"sum by (currency) ({_houses('ekost_month_charged_amount', 'currency')})",
        }),
        Panel("Paid ahead", "What tenants have paid ahead.", "locale",
              {"{{property}} {{currency}}": _houses("ekost_credit_amount", "currency")}),
        Panel("Imported rows", "Of all properties, in an hour, by what became of them.", "short", {
            "{{result}}": "max by (result) (increase(ekost_import_rows_total[1h]))",
        }, 24),
    ),
    "property",
)  # fmt: skip
CACHE = Dashboard(
    "cache", "E-Kost: cache", "What the cache answers, what it costs, and what it throws away.",
    (
        _now("Answered", "Of all questions since ever, those that the cache had an answer to.", "percentunit",
             f'sum({_HITS}) / sum(ekost_cache_requests_total{{result=~"hits|misses"}})'),
        _now("Lists not answered", "Of the questions for lists of tenants, since ever.", "percentunit",
             "ekost_cache_miss_ratio"),
        _now("Kept answers", "How many there are.", "short", "sum(ekost_cache_keys)"),
        _now("Memory", "Memory of the server.", "bytes", "ekost_cache_memory_bytes"),
        Panel("Hit rate", "By kind: of the questions of late, those that the cache had an answer to.", "percentunit", {
            "{{kind}}": f"sum by (kind) (rate({_HITS}[$__rate_interval]))"
                        ' / sum by (kind) (rate(ekost_cache_requests_total{result=~"hits|misses"}[$__rate_interval]))',
        }),
        Panel("Questions a second", "By what came of them; an answer is refused that is older than a change.", "ops",
              _rate("ekost_cache_requests_total", "result")),
        Panel("Kept answers by kind", "How many there are.", "short", {"{{kind}}": "ekost_cache_keys"}),
        Panel("Memory of the server", "All that is in it.", "bytes", {"used": "ekost_cache_memory_bytes"}),
        Panel("Thrown away", "Keys a second that went for want of memory.", "ops",
              {"keys": "rate(ekost_cache_evictions_total[$__rate_interval])"}, limit=0),
        Panel("Not answered in time", "Questions a second that the book had to answer instead.", "ops",
              {"questions": "rate(ekost_cache_errors_total[$__rate_interval])"}),
    ),
)  # fmt: skip
DASHBOARDS = (PERFORMANCE, DATABASE, BUSINESS, CACHE)
