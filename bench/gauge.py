"""What every row of the table needs: medians taken in turn, the SQL that was sent, and a line that tells of it."""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection, event

from db.engine import Database


class Sent(NamedTuple):
    """A statement as it went to the driver."""

    text: str
    parameters: Any


def tell(what: str, ours: str, peer: str, ratio: float | None, wanted: str, *, met: bool) -> None:
    """A line of the table."""
    told = "" if ratio is None else f"{ratio:9.2f}"
    print(f"{what:<58} {ours:>12} {peer:>12} {told:>9}  {wanted:<12} {'yes' if met else 'NO'}", flush=True)


def heading() -> None:
    """What the columns are."""
    print(f"{'what':<58} {'ours':>12} {'peer':>12} {'ratio':>9}  {'wanted':<12} met")


def note(text: str) -> None:
    """Something beside the table."""
    print(f"  ({text})", flush=True)


def compare(what: str, ours: float, peer: float, most: float) -> None:
    """Seconds of ours and of a peer; ours may take so many times as long."""
    tell(what, span(ours), span(peer), ours / peer, f"<= {most}", met=ours <= most * peer)


def span(seconds: float) -> str:
    """A time for people."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


def seconds(work: Callable[[], object]) -> float:
    """How long it takes once."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turn(*works: Callable[[], object], runs: int, warm: int = 5) -> list[float]:
    """The median seconds of each, A B A B, after some that do not count."""
    for _ in range(warm):
        for work in works:
            work()
    rounds = [[seconds(work) for work in works] for _ in range(runs)]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


@contextmanager
def sent_by(conn: Connection) -> Iterator[list[Sent]]:
    """The statements that are sent meanwhile."""
    found: list[Sent] = []

    def hear(_conn: object, _cursor: object, text: str, parameters: Any, _context: object, _many: object) -> None:
        found.append(Sent(text, parameters))

    event.listen(conn, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(conn, "before_cursor_execute", hear)


def plain_url(url: str) -> str:
    """The address as libpq reads it."""
    return url.replace("+psycopg", "")


def connect(database: Database, **options: Any) -> psycopg.Connection[Any]:
    """A connection without SQLAlchemy, with the settings of the product's transactions."""
    return psycopg.connect(plain_url(database.url), autocommit=True, options="-c timezone=UTC", **options)


def run_raw(raw: psycopg.Connection[Any], sent: Sequence[Sent]) -> None:
    """The same statements, prepared, with nothing around them."""
    for statement in sent:
        raw.execute(statement.text, statement.parameters, prepare=True).fetchall()


def server_time(raw: psycopg.Connection[Any], sent: Sequence[Sent], runs: int = 9) -> tuple[float, float]:
    """Seconds of planning and of execution of all the statements together, as the server counts them; medians."""
    found = []
    for _ in range(runs + 2):
        plans = [_explained(raw, statement) for statement in sent]
        found.append((sum(plan["Planning Time"] for plan in plans), sum(plan["Execution Time"] for plan in plans)))
    planning, execution = (statistics.median(column) for column in zip(*found[2:], strict=True))
    return planning / 1000, execution / 1000


def _explained(raw: psycopg.Connection[Any], sent: Sent) -> dict[str, Any]:
    row = raw.execute(f"explain (analyze, timing off, format json) {sent.text}", sent.parameters).fetchone()
    plans = row[0] if row else "[]"
    return dict((json.loads(plans) if isinstance(plans, str) else plans)[0])
