"""The cache of a configuration, or none."""

from collections.abc import Callable
from pathlib import Path

from db.cache.cache import Cache
from db.cache.client import Client
from db.cache.memory import Memory
from db.cache.place import find_place
from db.settings import Settings


def open_cache(settings: Settings, home: Callable[[], Path]) -> Cache | None:
    """The cache, not yet connected; None where none is configured. Raises what `find_place` raises.

    `home` tells the folder of the bundled servers, and is asked only where one of them is used.
    """
    if settings.cache_url is None:
        return None
    place = find_place(settings.cache_url, settings.redis_url, home, insecure=settings.insecure_tls)
    return Cache(Client(place), Memory(settings.database_url or f"home:{home()}"))
