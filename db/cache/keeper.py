"""Who tells the cache what a transaction has changed, right after its commit."""

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db.cache.cache import Cache
from db.cache.client import CacheDownError
from db.cache.fresh import Fresh, fresh_of
from db.cache.keys import SUBJECTS
from db.cache.stale import subjects_of
from db.writes import taken_types


class Keeper:
    """Hears of every commit of one process.

    A command's own next one must see what it did, so that is remembered; and where it wrote without an event, all is
    taken for changed. A worker (`minded` false) does much that nobody sees, and has no next command.
    """

    def __init__(self, cache: Cache, *, minded: bool = True) -> None:
        self._cache = cache
        self._minded = minded

    def committed(self, conn: Connection) -> None:
        """A transaction was committed. Never fails, since it is committed."""
        types = taken_types(conn)
        subjects = subjects_of(types) if types or not self._minded else SUBJECTS
        if not subjects:
            return
        memory = self._cache.memory
        if not memory.book and (fresh := _fresh(conn)) is not None:
            memory.learn(fresh)
        if not self._told(subjects):
            memory.untold(_fresh(conn))

    def _told(self, subjects: set[str] | frozenset[str]) -> bool:
        if not self._cache.ready():
            return False
        try:
            self._cache.drop(subjects)
        except CacheDownError:
            self._cache.memory.failed()
            return False
        return True


def _fresh(conn: Connection) -> Fresh | None:
    """A snapshot behind the commit."""
    driver: Any = conn.connection.driver_connection
    found = None
    with suppress(DBAPIError):
        found = fresh_of(conn)
    with suppress(DBAPIError):
        conn.rollback()
    return None if driver.closed else found
