"""The address of a Redis: whether it can be read, and whether what is said there is safe from who sits between.

Only the standard library: commands look at the address of a cache, and redis-py takes as long to load as they run.
"""

from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from db.addresses import is_here
from db.errors import N_, UsageError

DEFAULT_PORT = 6379
# What redis-py would no longer compare, by the name of the parameter; each with the one value that takes nothing away.
_PROOFS = {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}


class RedisURLError(UsageError):
    """The configured address can't be read. The text is never shown: it may hold a password."""

    code = "redis_url"
    message = N_("The address of Redis (EKOST_REDIS_URL) can't be read.")
    hint = N_("Write it as redis://user@host:6379/0, rediss://… or unix:///path/to/socket.")


class InsecureRedisError(UsageError):
    """What is said to a Redis elsewhere, the password first, could be read or taken over."""

    code = "insecure_redis"
    message = N_("The connection to Redis at {place} would not be safe: it is in clear text, or not verified.")
    hint = N_("Write rediss://…?ssl_ca_certs=FILE, or allow it: EKOST_INSECURE_TLS=true.")


class RedisAddress(NamedTuple):
    """Where a Redis is, and whether a connection to it needs TLS and gets it."""

    place: str
    remote: bool
    verified: bool


def read_redis_url(url: str, *, insecure: bool) -> RedisAddress:
    """What an address says. Raises RedisURLError; InsecureRedisError unless `insecure`."""
    try:
        address = _read(url)
    except ValueError:
        raise RedisURLError from None  # the words of the other error hold a part of the address
    if address.remote and not address.verified and not insecure:
        raise InsecureRedisError(place=address.place)
    return address


def _read(url: str) -> RedisAddress:
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss", "unix"):
        raise ValueError(parts.scheme)
    if parts.scheme == "unix":
        return RedisAddress(unquote(parts.path), remote=False, verified=False)
    said = parse_qs(parts.query)
    # As redis-py reads it: a host in the parameters counts where none stands before them.
    host = unquote(parts.hostname or "") or said.get("host", ["localhost"])[0]
    lax = any(value != most for name, most in _PROOFS.items() for value in said.get(name, []))
    verified = parts.scheme == "rediss" and not lax
    return RedisAddress(f"{host}:{parts.port or DEFAULT_PORT}", remote=not is_here(host), verified=verified)
