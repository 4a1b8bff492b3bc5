"""The servers around the database: the bundled ones, and Redis where one is used."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from db.doctor.finding import Finding, broken, doubtful, fine, guarded
from db.embedded.binaries import Program, find_postgres, find_valkey
from db.embedded.driver import ensure_valkey, status
from db.errors import N_
from db.redis_url import read_redis_url

PATIENCE = 2
"""Seconds to wait for Redis."""


class Bundle(NamedTuple):
    """What the bundled servers are like: `made`, there is a database; `queue_runs`, Redis answers."""

    made: bool
    queue_runs: bool
    findings: tuple[Finding, ...]


def examine_bundle(home: Path, *, database: bool, queue: bool) -> Bundle:
    """The bundled servers; `database` and `queue` tell which of them the configuration calls for."""
    rows = {row.name: row for row in status(home)}
    needs = {"postgresql": (database, find_postgres), "valkey": (queue, find_valkey)}
    findings = [finding for name, (needed, find) in needs.items() if needed for finding in _program(name, find)]
    for name, (needed, _find) in needs.items():
        if not needed:
            continue
        row = rows[name]
        if row.state == "running":
            told = N_("{name} {version} runs as process {pid}.")
            findings.append(fine(name, told, name=name, version=row.version, pid=row.pid))
        elif row.state == "busy":
            hint = N_("Wait a moment; its log is {log}.")
            findings.append(
                doubtful(name, N_("{name} is starting, recovering or stopping."), hint, name=name, log=row.log)
            )
        else:
            findings.append(fine(name, N_("{name} is stopped; it starts when it is needed."), name=name))
    made, runs = bool(rows["postgresql"].version), rows["valkey"].state == "running"
    return Bundle(made, runs, tuple(findings))


def examine_redis(url: str | None, home: Path, *, insecure: bool = False) -> Iterator[Finding]:
    """Redis at `url`, or without one the bundled one, which must be running."""
    yield from guarded("redis", lambda: _redis(url or ensure_valkey(home), insecure=insecure))


def _program(name: str, find: Callable[[], Program]) -> Iterator[Finding]:
    def examine() -> Iterator[Finding]:
        find()
        return
        yield

    return guarded(name, examine)


def _redis(url: str, *, insecure: bool) -> Iterator[Finding]:
    from redis import Redis  # noqa: PLC0415 - only where there is one
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.exceptions import RedisError  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    place = read_redis_url(url, insecure=insecure).place
    try:
        options = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
        with Redis.from_url(url, **options) as client:
            told = client.info()
    except (RedisError, ValueError, TypeError) as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            hint = N_("Add the certificate that it is to be known by to EKOST_REDIS_URL: ?ssl_ca_certs=FILE")
            yield broken(
                "redis", N_("Redis at {place} did not prove that it is the one that is named."), hint, place=place
            )
            return
        hint = N_("Check that it is running and that EKOST_REDIS_URL is right. Nothing of the book depends on it.")
        yield broken("redis", N_("Redis at {place} does not answer."), hint, place=place)
        return
    yield fine("redis", N_("Redis {version} at {place} answers."), version=told.get("redis_version", "?"), place=place)
    # Not by CONFIG, which the user of deploy/redis-acl.example may not.
    policy = told.get("maxmemory_policy", "")
    if policy not in ("noeviction", ""):
        hint = N_("Set maxmemory-policy to noeviction, or give the jobs a Redis of their own.")
        yield doubtful("redis", N_("Redis may drop jobs when its memory is full ({policy})."), hint, policy=policy)
