"""Addresses of several servers as PostgreSQL's own programs write them: `postgresql://user@a:5432,b:5433/database`."""

import re
from urllib.parse import quote

_SEVERAL = re.compile(
    r"(?P<front>[^:/?#]+://(?:[^/?#]*@)?)(?P<hosts>[^/?#@]*,[^/?#@]*)(?P<path>/[^?#]*)?(?:\?(?P<query>.*))?"
)
_HOST = re.compile(r"(?:\[(?P<ipv6>[^]]*)\]|(?P<name>[^:]*))(?::(?P<port>\d*))?")
DEFAULT_PORT = "5432"


def hosts_apart(url: str) -> str:
    """The same address with its servers in `host=a,b&port=5432,5433`, as SQLAlchemy reads them; others as they are."""
    found = _SEVERAL.fullmatch(url)
    servers = [_HOST.fullmatch(one) for one in found["hosts"].split(",")] if found else []
    if found is None or not all(servers):
        return url
    named = [server for server in servers if server is not None]
    hosts = quote(",".join(server["ipv6"] or server["name"] for server in named), safe=",")
    ports = ",".join(server["port"] or DEFAULT_PORT for server in named)
    more = f"&{found['query']}" if found["query"] else ""
    return f"{found['front']}{found['path'] or '/'}?host={hosts}&port={ports}{more}"
