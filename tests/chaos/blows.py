"""What happens to a site: each blow falls at once, and may return the hand that mends it later."""

import random
import signal
from collections.abc import Callable
from contextlib import suppress

import redis
from sqlalchemy import text

from db.errors import UnreachableError
from tests.chaos.crew import those_of
from tests.chaos.site import Site
from tests.processes import all_processes

Mend = Callable[[], None]
Blow = Callable[[Site, random.Random], Mend | None]


def _victim(pids: list[int], chance: random.Random) -> list[int]:
    return [chance.choice(pids)] if pids else []


# -- the worker


def worker_child(site: Site, chance: random.Random) -> None:
    """A relay, or who works on a queue."""
    site.kill(_victim(site.crew.children(), chance))


def worker_whole(site: Site, _chance: random.Random) -> Mend:
    """All processes of all workers at once."""
    site.kill(site.crew.everybody())
    return site.crew.start


def supervisor(site: Site, chance: random.Random) -> Mend:
    """A supervisor alone; its children are told by the kernel."""
    site.kill(_victim(site.crew.supervisors(), chance))
    return site.crew.start


def worker_stopped(site: Site, chance: random.Random) -> Mend:
    """A process of the worker sleeps while others take its work over, and wakes up in the middle of it."""
    victim = _victim(site.crew.everybody(), chance)
    site.kill(victim, signal.SIGSTOP)
    return lambda: site.kill(victim, signal.SIGCONT)


def client(site: Site, chance: random.Random) -> None:
    """A command that somebody types, or who types it."""
    site.kill(_victim(those_of(site.folder, "producer", "importer"), chance))


def new_day(site: Site, _chance: random.Random) -> None:
    """All that is due by the day is due once more: rent, balances, closings, partitions, cleaning up."""
    with suppress(UnreachableError), site.database.transaction() as conn:
        conn.execute(text("delete from schedules"))


# -- Redis


def redis_killed(site: Site, _chance: random.Random) -> Mend:
    """Comes back with what its append-only file holds."""
    site.kill(site.valkey())
    return site.start_valkey


def redis_lost(site: Site, _chance: random.Random) -> Mend:
    """Comes back empty."""
    site.kill(site.valkey())

    def mend() -> None:
        if not site.valkey():
            site.forget_queue()
        site.start_valkey()

    return mend


def redis_flushed(site: Site, _chance: random.Random) -> None:
    with suppress(redis.RedisError):
        site.flush_queue()


def redis_stopped(site: Site, _chance: random.Random) -> Mend:
    """Connected, and silent."""
    victims = site.valkey()
    site.kill(victims, signal.SIGSTOP)
    return lambda: site.kill(victims, signal.SIGCONT)


# -- PostgreSQL

RECOVERING = "postgres: startup"


def postgres_killed(site: Site, _chance: random.Random) -> Mend:
    """Every process of it, as when the machine goes down."""
    site.kill(site.postgres())
    return site.start_postgres


def postgres_backend(site: Site, chance: random.Random) -> None:
    """One process of it; the others are restarted by their parent.

    Any but the one that reads the log after a crash: PostgreSQL 18.6 waits for that one for ever, 15 gives up.
    """
    everybody = all_processes()
    victims = [pid for pid in _below_postmaster(site) if pid in everybody and RECOVERING not in everybody[pid].command]
    site.kill(_victim(victims, chance))


def postgres_restarted(site: Site, _chance: random.Random) -> Mend:
    """Stopped at once, open transactions rolled back."""
    site.kill([pid for pid in site.postgres() if pid not in _below_postmaster(site)], signal.SIGINT)
    return site.start_postgres


def session_ended(site: Site, chance: random.Random) -> None:
    """One connection, ended by an administrator."""
    everybody = all_processes()
    sessions = [
        pid for pid in _below_postmaster(site) if pid in everybody and "postgres: ekost" in everybody[pid].command
    ]
    site.kill(_victim(sessions, chance), signal.SIGTERM)


def _below_postmaster(site: Site) -> list[int]:
    ours, everybody = set(site.postgres()), all_processes()
    return sorted(pid for pid in ours if pid in everybody and everybody[pid].parent in ours)


# -- the network


def network(server: str, mode: str) -> Blow:
    """The way to `redis` or `postgres`: `cut`, `hang` or `deaf`."""

    def blow(site: Site, _chance: random.Random) -> Mend | None:
        if server not in site.networks:
            return None
        site.networks[server].be(mode)
        return lambda: site.networks[server].be("pass")

    return blow
