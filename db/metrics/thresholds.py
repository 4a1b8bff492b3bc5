"""How much is too much: the one place for it, for `ekost alerts check` and for whatever else watches."""

from typing import Literal, NamedTuple

from db.errors import N_

# Minutes over which latencies and failures are looked at.
WINDOW = 15
# Below so many commands, or questions to the cache, a share of them says nothing.
ENOUGH = 20
Unit = Literal["count", "seconds", "hours", "percent"]


class Threshold(NamedTuple):
    """`metric` above `limit`, in its own unit (seconds, a share of 1, a count), needs a person.

    `told` and `hint` say so; they know `value` and `limit` in the `unit`, and `about`: the queue or the like.
    """

    name: str
    metric: str
    limit: float
    unit: Unit
    severity: Literal["critical", "warning"]
    told: str
    hint: str


THRESHOLDS = (
    Threshold(
        "connections", "ekost_db_connections_ratio", 0.80, "percent", "warning",
        N_("{value} % of the database's connections are taken (limit {limit} %)."),
        N_("Close what is not needed, raise max_connections, or put PgBouncer in front."),
    ),
    Threshold(
        "balance_calculation", "ekost_balance_calculation_seconds", 5, "seconds", "critical",
        N_("Balances follow after {value} s (limit {limit} s)."),
        N_("`ekost health` shows whether workers are there; the log of a worker tells more."),
    ),
    Threshold(
        "payment_failures", "ekost_payment_failures", 0, "count", "critical",
        N_("Payments that could not be recorded within the last minutes: {value}."),
        N_("`ekost health` shows what does not work; with the same --key it is safe to repeat."),
    ),
    Threshold(
        "cache_misses", "ekost_cache_miss_ratio", 0.50, "percent", "warning",
        N_("{value} % of the questions for lists of tenants are not answered by the cache (limit {limit} %)."),
        N_("`ekost cache stats` tells more; `ekost cache warm` fills it."),
    ),
    Threshold(
        "queue_depth", "ekost_queue_depth", 1000, "count", "warning",
        N_("{value} pieces of work wait ({about}; limit {limit})."),
        N_("More workers do more at once: ekost up --worker"),
    ),
    Threshold(
        "error_rate", "ekost_command_error_ratio", 0.05, "percent", "critical",
        N_("{value} % of the commands within the last minutes failed (limit {limit} %)."),
        N_("`ekost metrics show` tells which; `ekost doctor` looks for the reason."),
    ),
    Threshold(
        "memory", "ekost_memory_ratio", 0.85, "percent", "warning",
        N_("{value} % of the memory of this machine is used (limit {limit} %)."),
        N_("Look for what takes it; without memory the database is killed first."),
    ),
    Threshold(
        "dead_work", "ekost_queue_dead", 0, "count", "critical",
        N_("Dead work ({about}): {value}."),
        N_("`ekost jobs list --state dead` shows why; `ekost jobs retry` tries again."),
    ),
    Threshold(
        "no_worker", "ekost_queue_unattended", 0, "count", "critical",
        N_("Work without a worker ({about}): {value}."),
        N_("`ekost up --worker` starts a worker."),
    ),
    Threshold(
        "schedule", "ekost_schedule_failures", 0, "count", "critical",
        N_("Due by the day, but failing ({about}): {value} times."),
        N_("The log of a worker says why."),
    ),
    Threshold(
        "drifts", "ekost_balance_drifts", 0, "count", "critical",
        N_("Wrong balances that were put right within a week: {value}."),
        N_("`ekost check` examines the whole book."),
    ),
    Threshold(
        "invariants", "ekost_invariant_violations", 0, "count", "critical",
        N_("Rows that break a rule of the book ({about}): {value}."),
        N_("`ekost check` shows them."),
    ),
    Threshold(
        "partitions", "ekost_partitions_missing", 0, "count", "critical",
        N_("Partitions for the coming months are missing: {value}."),
        N_("`ekost billing run` makes them."),
    ),
    Threshold(
        "backup_missing", "ekost_backups_missing", 0, "count", "critical",
        N_("There is no backup of this book in that folder."),
        N_("`ekost db backup` makes one; look why cron did not."),
    ),
    Threshold(
        "backup_age", "ekost_backup_age_seconds", 26 * 3600, "hours", "critical",
        N_("The newest backup is {value} hours old (limit {limit})."),
        N_("`ekost db backup` makes one; look why cron did not."),
    ),
)  # fmt: skip
