"""The vital signs: is there a book to work with now, and does all around it work? Asked by machines, so never for long.

A server that hangs holds whoever asks it. So each question is asked in a thread of its own, which is left behind
when its time is up: it dies with the process.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from sqlalchemy import Connection

from db.doctor.cache import examine_cache
from db.doctor.database import examine_schema, examine_writable
from db.doctor.finding import Finding, broken, doubtful, fine, guarded
from db.doctor.servers import examine_redis
from db.embedded.driver import living
from db.engine import Database, Limits
from db.errors import N_
from db.repositories.balances import Balances
from db.repositories.checks.runner import find_checks, run_checks
from db.repositories.operations import Operations, QueueRow
from db.repositories.workers import SILENT, Workers
from db.settings import Settings

# Seconds for each question; they are asked at the same time.
LIMIT = 3.0
# Milliseconds from which a database is slow.
SLOW = 1000
Examine = Callable[[], Iterator[Finding]]


class Probe(NamedTuple):
    """A question. Without an answer to a `vital` one nothing can be done; without others some things wait."""

    check: str
    examine: Examine
    vital: bool = False


class Sign(NamedTuple):
    """A finding, and how many milliseconds it took."""

    finding: Finding
    ms: int


def probes(settings: Settings, home: Path) -> list[Probe]:
    """What this installation rests on; the bundled servers, in `home`, are not started. Raises EmbeddedServerError."""
    # Before there are threads: as root this forks.
    bundled = living(home) if None in (settings.database_url, settings.redis_url) else {}
    found = [_database(settings.database_url or bundled.get("postgresql"), insecure_tls=settings.insecure_tls)]
    # Without one there is no queue, and the bundled one starts when it is needed.
    if url := settings.redis_url or bundled.get("valkey"):
        found.append(Probe("redis", lambda: examine_redis(url, home, insecure=settings.insecure_tls)))
    if settings.cache_url is not None:
        found.append(Probe("cache", lambda: guarded("cache", lambda: examine_cache(settings, lambda: home))))
    return found


def ask(asked: Sequence[Probe], limit: float = LIMIT) -> list[Sign]:
    """The answers in the order of the questions, each within `limit` seconds, all at the same time."""
    end = time.monotonic() + limit
    answers = [_Answer(probe) for probe in asked]
    return [sign for answer in answers for sign in answer.by(end, limit)]


def ready(signs: Iterable[Sign]) -> bool:
    """Whether the book can be read and changed."""
    return all(sign.finding.status != "fail" for sign in signs)


class _Answer:
    """What a thread has found so far."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._found: list[Sign] = []
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def by(self, end: float, limit: float) -> list[Sign]:
        """What was found until then."""
        self._thread.join(max(0.0, end - time.monotonic()))
        late = self._thread.is_alive()
        found = [self._weighed(sign) for sign in self._found]
        if late:
            hint = N_("It hangs, or is far too busy: look at its log and at the load of its machine.")
            told = broken(self._probe.check, N_("No answer within {seconds} s."), hint, seconds=f"{limit:g}")
            found.append(self._weighed(Sign(told, round(limit * 1000))))
        return found

    def _run(self) -> None:
        begun = time.monotonic()
        for finding in self._told():
            now = time.monotonic()
            self._found.append(Sign(finding, round((now - begun) * 1000)))
            begun = now

    def _told(self) -> Iterator[Finding]:
        try:
            yield from guarded(self._probe.check, self._probe.examine)
        except Exception as error:
            hint = N_("`ekost doctor` looks closer.")
            yield broken(self._probe.check, N_("The question failed ({name})."), hint, name=type(error).__name__)

    def _weighed(self, sign: Sign) -> Sign:
        if sign.finding.status == "fail" and not self._probe.vital:
            return sign._replace(finding=sign.finding._replace(status="warn"))
        return sign


def _database(url: str | None, *, insecure_tls: bool) -> Probe:
    if url is None:
        return Probe("database", _stopped, vital=True)
    patience = max(1, int(LIMIT) - 1)
    limits = Limits(connect_timeout=patience, statement_timeout=patience * 1000, lock_timeout=patience * 1000)
    database = Database(url, replace(limits, insecure_tls=insecure_tls, slow_query_ms=0))
    return Probe("database", lambda: _book(database), vital=True)


def _stopped() -> Iterator[Finding]:
    yield broken("database", N_("The bundled PostgreSQL does not run."), N_("Start it: ekost up"))


def _book(database: Database) -> Iterator[Finding]:
    started = time.monotonic()
    with database.reading() as conn:
        ms = round((time.monotonic() - started) * 1000)
        if ms >= SLOW:
            hint = N_("Look at the load of its machine and at the way to it.")
            yield doubtful("database", N_("{place} answers within {ms} ms."), hint, place=database.place, ms=ms)
        else:
            yield fine("database", N_("{place} answers within {ms} ms."), place=database.place, ms=ms)
        yield examine_writable(conn, database.place)
        schema = examine_schema(conn)
        yield schema
        if schema.status == "pass":
            yield _question(conn)
            yield _partitions(conn)
            yield from _queues(conn)


def _question(conn: Connection) -> Finding:
    """What is asked most: a page of balances."""
    started = time.monotonic()
    rows = len(Balances(conn).page().items)
    ms = round((time.monotonic() - started) * 1000)
    told = N_("A page of {rows} balances takes {ms} ms.")
    if ms >= SLOW:
        hint = N_("`ekost db slow` shows the statements that take long; VACUUM ANALYZE may be due.")
        return doubtful("queries", told, hint, rows=rows, ms=ms)
    return fine("queries", told, rows=rows, ms=ms)


def _partitions(conn: Connection) -> Finding:
    missing = [row.id for row in run_checks(conn, find_checks(("partitions_ahead",)))]
    if missing:
        told = N_("Partitions for the coming month are missing: {about}.")
        return doubtful("partitions", told, N_("`ekost billing run` makes them."), about=", ".join(missing))
    return fine("partitions", N_("There is room for the coming months."))


def _queues(conn: Connection) -> Iterator[Finding]:
    """Each queue: how much waits, since when, and how many workers take from it."""
    workers = Workers(conn).rows()
    for row in Operations(conn).queues():
        yield _queue(row, sum(row.queue in worker.queues for worker in workers))


def _queue(row: QueueRow, workers: int) -> Finding:
    age = 0 if row.oldest is None else max(0, round((datetime.now(UTC) - row.oldest).total_seconds()))
    fields = {"waiting": row.ready, "leased": row.leased, "dead": row.dead, "workers": workers, "seconds": age}
    told = N_("{waiting} wait, {leased} are being done, {dead} are dead; workers: {workers}.")
    if row.dead:
        return doubtful(row.queue, told, N_("`ekost jobs list --state dead` shows why."), **fields)
    if age > SILENT and not workers:
        return doubtful(row.queue, told, N_("`ekost up --worker` starts a worker."), **fields)
    if age > SILENT:
        late = N_("{waiting} wait, the oldest for {seconds} s; workers: {workers}.")
        return doubtful(row.queue, late, N_("More workers do more at once; the log of a worker tells more."), **fields)
    return fine(row.queue, told, **fields)
