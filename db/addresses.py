"""Addresses of servers: several as PostgreSQL's own programs write them, and which of them are on this machine."""

import re
from urllib.parse import quote

_SEVERAL = re.compile(
    r"(?P<front>[^:/?#]+://(?:[^/?#]*@)?)(?P<hosts>[^/?#@]*,[^/?#@]*)(?P<path>/[^?#]*)?(?:\?(?P<query>.*))?"
)
_HOST = re.compile(r"(?:\[(?P<ipv6>[^]]*)\]|(?P<name>[^:]*))(?::(?P<port>\d*))?")
DEFAULT_PORT = "5432"
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1", re.IGNORECASE)


def hosts_apart(url: str) -> str:
    """`postgresql://user@a:5432,b:5433/database` as SQLAlchemy reads it: `?host=a,b&port=5432,5433`; others as is."""
    found = _SEVERAL.fullmatch(url)
    servers = [_HOST.fullmatch(one) for one in found["hosts"].split(",")] if found else []
    if found is None or not all(servers):
        return url
    named = [server for server in servers if server is not None]
    hosts = quote(",".join(server["ipv6"] or server["name"] for server in named), safe=",")
    ports = ",".join(server["port"] or DEFAULT_PORT for server in named)
    more = f"&{found['query']}" if found["query"] else ""
    return f"{found['front']}{found['path'] or '/'}?host={hosts}&port={ports}{more}"


def is_here(host: str) -> bool:
    """Whether a host, or a socket, is on this machine, so that no network lies between."""
    found = _HOST.fullmatch(host)
    name = (found["ipv6"] or found["name"]) if found else host
    return not host or host.startswith(("/", "@")) or _LOOPBACK.fullmatch(name) is not None
