"""Compiled catalogs of texts, `translations-{locale}`: made from a source that is newer than what was installed.

Making one takes a library that nothing else needs. The one that is kept tells of which file it is, so that a changed
file is compiled anew. It belongs to no book: texts are the same for all of them.
"""

from base64 import b64decode, b64encode

from db.cache.cache import HIT, MISS, Cache
from db.cache.client import CacheDownError
from db.cache.keys import LIFETIMES, TRANSLATIONS, prefix
from db.cache.values import packed, unpacked


class Texts:
    """Catalogs in the cache. Nothing here ever fails because of Redis."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def get(self, locale: str, file: str) -> bytes | None:
        """The catalog that was compiled from `file`, which names its content; None if there is none."""
        if self._cache.memory.is_away:
            return None
        try:
            text = self._cache.client.ask("GET", _name(locale))
            known, body = unpacked(text) if text is not None else ("", "")
            found = b64decode(body) if known == file else None
            if self._cache.memory.book:
                self._cache.count(TRANSLATIONS, HIT if found is not None else MISS)
        except CacheDownError:
            self._cache.memory.failed()
        except (ValueError, TypeError):
            return None  # of another program
        else:
            return found
        return None

    def put(self, locale: str, file: str, compiled: bytes) -> None:
        """Keep a catalog."""
        if self._cache.memory.is_away:
            return
        text = packed([file, b64encode(compiled).decode()])
        try:
            self._cache.client.ask("SET", _name(locale), text, "EX", LIFETIMES[TRANSLATIONS])
        except CacheDownError:
            self._cache.memory.failed()


def _name(locale: str) -> str:
    return f"{prefix(TRANSLATIONS)}translations-{locale}"
