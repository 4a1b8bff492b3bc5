"""Where the cache is: an address of a Redis, or `bundled`, which is a database of its own in the bundled server.

Never the database of the queue: what empties a cache would empty that too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from db.errors import N_, UsageError
from db.redis_url import DEFAULT_PORT, read_redis_url

BUNDLED = "bundled"
# Of the four databases of the bundled server the queue has the first.
BUNDLED_DATABASE = 1


class CacheURLError(UsageError):
    """The address of the cache can't be read. The text is never shown: it may hold a password."""

    code = "cache_url"
    message = N_("The address of the cache (EKOST_CACHE_URL) can't be read.")
    hint = N_("Write it as redis://user@host:6379/1, rediss://… or unix:///path/to/socket?db=1, or as “bundled”.")


class CacheSharedError(UsageError):
    """The cache has the address of the queue."""

    code = "cache_shared"
    message = N_("The cache must not have the address of the queue.")
    hint = N_("Give EKOST_CACHE_URL another database number, or better a Redis of its own.")


class Place(NamedTuple):
    """An address that was read: a socket's `path`, or host and port; and whom to be in which database."""

    path: str
    host: str
    port: int
    tls: bool
    user: str
    password: str
    database: int
    # The file of certificates that it is to be known by; without one those of the machine.
    authorities: str = ""

    @property
    def shown(self) -> str:
        """The address for people, without user and password."""
        return f"{self.path or f'{self.host}:{self.port}'}/{self.database}"

    @property
    def server(self) -> tuple[str, str, int]:
        """What tells one server from another."""
        return self.path, "localhost" if self.host == "127.0.0.1" else self.host, self.port


def find_place(url: str, redis_url: str | None, home: Callable[[], Path], *, insecure: bool) -> Place:
    """Where the cache of a configuration is. Raises CacheURLError, CacheSharedError; InsecureRedisError."""
    place = bundled_place(home()) if url == BUNDLED else read_place(url)
    if url != BUNDLED:
        read_redis_url(url, insecure=insecure)
    if is_queue(place, redis_url, home):
        raise CacheSharedError
    return place


def is_queue(place: Place, redis_url: str | None, home: Callable[[], Path], *, server: bool = False) -> bool:
    """Whether this is the database of the queue, or with `server` whether it is on the same server."""
    if redis_url is None and not place.path:
        return False  # the bundled one has a socket and nothing else
    try:
        queue = bundled_place(home(), 0) if redis_url is None else read_place(redis_url)
    except CacheURLError:
        return False  # whoever uses the queue will say so
    return place.server == queue.server and (server or place.database == queue.database)


def read_place(url: str) -> Place:
    """An address in its parts. Raises CacheURLError."""
    try:
        parts = urlsplit(url)
        said = parse_qs(parts.query)
        number = said.get("db", [""])[0]
        if parts.scheme not in ("redis", "rediss", "unix"):
            raise ValueError(parts.scheme)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if parts.scheme == "unix":
            return Place(unquote(parts.path), "", 0, False, user, password, int(number or 0))
        database = int(number or parts.path.strip("/") or 0)
        host, port, tls = parts.hostname or "localhost", parts.port or DEFAULT_PORT, parts.scheme == "rediss"
        return Place("", host, port, tls, user, password, database, said.get("ssl_ca_certs", [""])[0])
    except ValueError:
        raise CacheURLError from None  # the words of the other error hold a part of the address


def bundled_place(home: Path, database: int = BUNDLED_DATABASE) -> Place:
    """A database of the bundled server. It is not started: a cache is not worth waiting for."""
    from db.embedded.layout import Layout  # noqa: PLC0415 - only where it is the bundled one
    from db.embedded.places import find_place as find_files  # noqa: PLC0415
    from db.embedded.valkey import Valkey  # noqa: PLC0415

    found = find_files(home.resolve())
    socket = Valkey(Layout(found.base if found else home)).socket
    return Place(str(socket), "", 0, False, "", "", database)
