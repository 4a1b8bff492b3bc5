"""The cache: whether it answers in time, and whether it could take memory or jobs away from the queue."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from db.cache.client import PATIENCE, CacheDownError, Client
from db.cache.place import find_place, is_queue
from db.doctor.finding import Finding, broken, doubtful, fine
from db.errors import N_
from db.settings import Settings

CHECK = "cache"
_LOOKS = 5
_WAIT = 2.0


def examine_cache(settings: Settings, home: Callable[[], Path]) -> Iterator[Finding]:
    """What is configured. Raises what `find_place` raises."""
    place = find_place(settings.cache_url or "", settings.redis_url, home, insecure=settings.insecure_tls)
    client = Client(place, _WAIT)
    try:
        slowest = max(_seconds(client) for _look in range(_LOOKS))
        told = dict(line.split(":", 1) for line in client.ask("INFO").decode().splitlines() if ":" in line)
    except CacheDownError:
        hint = N_("Check that it is running and that EKOST_CACHE_URL is right. Until then the book is read.")
        yield doubtful(CHECK, N_("The cache at {place} does not answer."), hint, place=place.shown)
        return
    finally:
        client.close()
    ms = f"{slowest * 1000:.1f}"
    if slowest > PATIENCE:
        hint = N_("After {limit} ms the book is read: a cache that is farther away than the book gains nothing.")
        yield doubtful(CHECK, N_("The cache takes {ms} ms."), hint, ms=ms, limit=f"{PATIENCE * 1000:.0f}")
    else:
        yield fine(CHECK, N_("The cache at {place} answers within {ms} ms."), place=place.shown, ms=ms)
    yield from _memory(told, shared=is_queue(place, settings.redis_url, home, server=True))


def _seconds(client: Client) -> float:
    begun = time.monotonic()
    client.ask("PING")
    return time.monotonic() - begun


def _memory(told: dict[str, str], *, shared: bool) -> Iterator[Finding]:
    policy, most = told.get("maxmemory_policy", ""), int(told.get("maxmemory", "0"))
    used = int(told.get("used_memory", "0"))
    if shared and policy != "noeviction":
        hint = N_("Set maxmemory-policy to noeviction, or give the cache a server of its own.")
        told_ = N_("The cache shares a server with the queue, which may drop jobs when its memory is full ({policy}).")
        yield broken(CHECK, told_, hint, policy=policy)
    elif shared and most and used > most // 2:
        hint = N_("Give the cache a server of its own, or empty it: ekost cache clear")
        told_ = N_(
            "The server that cache and queue share has used {percent} % of its memory; when it is full no job fits."
        )
        yield doubtful(CHECK, told_, hint, percent=100 * used // most)
    elif not shared and (policy == "noeviction" or not most):
        hint = N_("Set maxmemory, and maxmemory-policy to allkeys-lru.")
        yield doubtful(CHECK, N_("The cache has no limit, or keeps what nobody asks for when it is full."), hint)
