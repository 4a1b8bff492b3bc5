"""Run the checks: all of them, or those that are named, in the one moment that the transaction sees."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, text

from db.errors import N_, NotFoundError
from db.repositories.checks.catalog import CHECKS
from db.repositories.checks.check import Check, Violation, violation
from db.repositories.detached import Detached, detached_partitions, whole
from db.repositories.whole import require_whole

# Checks sort and hash whole tables; with the default memory they would do it on disk.
_SETTINGS = "set local work_mem = '64MB'; set local jit = off"
_BATCH = 500


class UnknownCheckError(NotFoundError):
    """No check has this name."""

    code = "check_unknown"
    message = N_("There is no check {name}.")
    hint = N_("`ekost check --list` shows the checks.")


def find_checks(names: Iterable[str] = ()) -> list[Check]:
    """The checks with these names, without names all of them. Raises UnknownCheckError."""
    known = {check.name: check for check in CHECKS}
    wanted = list(dict.fromkeys(names)) or list(known)
    for name in wanted:
        if name not in known:
            raise UnknownCheckError(name=name)
    return [known[name] for name in wanted]


def take_your_time(conn: Connection) -> None:
    """Let no question of this transaction be cut off: for who was given a connection with a limit of time."""
    conn.exec_driver_sql("set local statement_timeout = 0")


def run_checks(conn: Connection, checks: Iterable[Check] = CHECKS) -> Iterator[Violation]:
    """The rows that break an invariant, check by check, in constant memory.

    Rows that were detached are looked at too, where a check needs each; `left_out` tells what can't be told without
    those that were moved elsewhere. Give it `database.reading(statement_timeout_ms=0)`: all checks must see the same
    moment. Raises WholeBookError for a login that sees some of the properties: its sums would be wrong.
    """
    require_whole(conn)
    conn.exec_driver_sql(_SETTINGS)
    detached = detached_partitions(conn)
    for check in checks:
        needed = _needed(check, detached)
        if not all(one.here for one in needed):
            continue
        rows = conn.execute(text(whole(check.sql(), needed)), check.parameters, execution_options={"yield_per": _BATCH})
        for row in rows:
            yield violation(check, row)


def left_out(conn: Connection, checks: Iterable[Check]) -> list[tuple[str, str]]:
    """The checks that are not made, and the detached partition, moved elsewhere, without which they can't be."""
    away = [one for one in detached_partitions(conn) if not one.here]
    return [(check.name, one.name) for check in checks for one in _needed(check, away)[:1]]


def _needed(check: Check, detached: Sequence[Detached]) -> list[Detached]:
    """The detached partitions whose rows a check has to see."""
    if not check.every_row:
        return []
    sql = check.sql()
    return [one for one in detached if re.search(rf"\b{one.parent}\b", sql)]
