"""How the cache does: what came out of it, what did not, and how much is in it. Also the way to empty it."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from db.cache.cache import ERROR, HIT, MISS, REFUSED, Cache
from db.cache.client import CacheDownError, Client
from db.cache.keys import BALANCE, NAMES, ROOMS, TENANT_LIST, TRANSLATIONS, prefix
from db.errors import N_, UnreachableError, UsageError

# Seconds for who asks for the cache itself.
PATIENCE = 2.0
_BATCH = 1000
_BEGINS = {
    TENANT_LIST: ("tenant-list-",), BALANCE: ("balance-",), ROOMS: ("available-rooms", "room-status-", "rooms-of-"),
    TRANSLATIONS: ("translations-",), NAMES: ("named-",),
}  # fmt: skip
EVERYTHING = "all"


class CacheOffError(UsageError):
    """No cache is configured."""

    code = "cache_off"
    message = N_("There is no cache: EKOST_CACHE_URL is not set.")
    hint = N_("`ekost config set cache_url bundled` uses the bundled server.")


class CacheUnreachableError(UnreachableError):
    """The cache does not answer; nothing but its own commands needs it."""

    code = "cache_unreachable"
    message = N_("The cache at {place} does not answer.")
    hint = N_("`ekost up` starts the bundled one; else look at EKOST_CACHE_URL. Nothing of the book depends on it.")


class KindRow(NamedTuple):
    """One kind of answers: `hits` came out of the cache, `misses` out of the book. `refused`: kept, but older than what
    had been changed, or of another program. `errors` are of all kinds together. `rate` is of hits, in percent."""

    kind: str
    hits: int
    misses: int
    refused: int
    errors: int
    rate: int | None
    kept: int


def read_stats(cache: Cache) -> list[KindRow]:
    """Every kind, and all together. Raises CacheUnreachableError."""
    client = patient(cache)
    try:
        counts = _counts(client, cache)
        kept = Counter(_kind_of(key) for key in _keys(client, cache))
    except CacheDownError as error:
        raise CacheUnreachableError(place=client.place.shown) from error
    finally:
        client.close()
    rows = [_row(kind, counts, kept[kind]) for kind in _BEGINS]
    hits, misses = sum(row.hits for row in rows), sum(row.misses for row in rows)
    refused = sum(row.refused for row in rows)
    errors = counts[f"{EVERYTHING}:{ERROR}"] + cache.memory.failures
    return [
        *rows,
        KindRow(EVERYTHING, hits, misses, refused, errors, _rate(hits, misses), sum(row.kept for row in rows)),
    ]


def clear(cache: Cache) -> int:
    """Throw away what is kept of this book, generations first; how many keys. Raises CacheUnreachableError."""
    client, gone = patient(cache), 0
    try:
        for keys in _batches(client, cache):
            gone += int(client.ask("DEL", *keys)) if keys else 0
    except CacheDownError as error:
        raise CacheUnreachableError(place=client.place.shown) from error
    finally:
        client.close()
    cache.memory.settled(cache.memory.owed, cache.memory.failures)
    return gone


def patient(cache: Cache) -> Client:
    """A client for who wants to know, and waits."""
    return Client(cache.client.place, PATIENCE)


def _counts(client: Client, cache: Cache) -> Counter[str]:
    words = client.ask("HGETALL", cache.name("counts"))
    return Counter({words[at].decode(): int(words[at + 1]) for at in range(0, len(words), 2)})


def _row(kind: str, counts: Counter[str], kept: int) -> KindRow:
    hits, misses = counts[f"{kind}:{HIT}"], counts[f"{kind}:{MISS}"]
    return KindRow(kind, hits, misses, counts[f"{kind}:{REFUSED}"], 0, _rate(hits, misses), kept)


def _rate(hits: int, misses: int) -> int | None:
    return round(100 * hits / (hits + misses)) if hits + misses else None


def _kind_of(key: bytes) -> str:
    name = key.decode(errors="replace").split(":", 3)[-1]
    return next((kind for kind, begins in _BEGINS.items() if name.startswith(begins)), "")


def _keys(client: Client, cache: Cache) -> Iterator[bytes]:
    for keys in _batches(client, cache):
        yield from keys


def _batches(client: Client, cache: Cache) -> Iterator[list[bytes]]:
    """The keys of the book, some of them perhaps twice; those of translations are of every book."""
    for pattern in (f"{prefix(cache.memory.book)}*", f"{prefix(TRANSLATIONS)}*"):
        cursor = b"0"
        while True:
            cursor, keys = client.ask("SCAN", cursor, "MATCH", pattern, "COUNT", _BATCH)
            yield keys
            if cursor == b"0":
                break
