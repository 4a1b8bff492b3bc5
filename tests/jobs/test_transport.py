"""Queue and cache elsewhere are spoken to only over TLS, with a certificate for the name that was used."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from redis import ConnectionError as RedisConnectionError

from db.cache.client import CacheDownError, Client
from db.cache.place import find_place, read_place
from db.doctor.servers import examine_redis
from db.redis_url import InsecureRedisError, RedisURLError, read_redis_url
from jobs.queues import connect
from tests.jobs.running import Bell
from tests.tls import certify, tunnel

# Another spelling of 127.0.0.1, which counts as somewhere else.
ELSEWHERE = "127.1"
HOME = Path("/nonexistent")


def test_queue_and_cache_are_used_over_tls_and_a_wrong_certificate_is_told(bell: Bell, tmp_path: Path) -> None:
    good = certify(tmp_path, f"DNS:{ELSEWHERE}", "IP:127.0.0.1")
    socket = read_place(bell.url).path
    with tunnel(socket, good) as gate:
        url = f"rediss://{ELSEWHERE}:{gate.port}/1?ssl_ca_certs={good.file}"
        with connect(url, patience=2) as queue:
            assert queue.ping()
        with closing(Client(find_place(url, None, lambda: HOME, insecure=False), 2)) as cache:
            assert cache.ask("PING") == b"PONG"
        assert [row.status for row in examine_redis(url, HOME)] == ["pass"]
        heard = len(gate.heard)
        for unknown in (f"rediss://{ELSEWHERE}:{gate.port}/1", url.replace(ELSEWHERE, "localhost")):
            with pytest.raises(RedisConnectionError):
                connect(unknown, patience=2).ping()
            with pytest.raises(CacheDownError):
                Client(read_place(unknown), 2).ask("PING")
            (row,) = examine_redis(unknown, HOME)
            assert (row.status, "ssl_ca_certs" in row.hint) == ("fail", True)
        assert len(gate.heard) == heard


def told(url: str) -> str:
    return read_redis_url(url, insecure=False).place


@pytest.mark.parametrize("read", [told, lambda url: find_place(url, None, lambda: HOME, insecure=False)])
@pytest.mark.parametrize(
    "url",
    [
        "redis://u:s3cret@queue.example/0",
        "redis://10.0.0.1:6380",
        f"redis://{ELSEWHERE}",
        "redis:///0?host=queue.example",
        "rediss://queue.example?ssl_cert_reqs=none",
        "rediss://queue.example?ssl_cert_reqs=required&ssl_cert_reqs=optional",
        "rediss://queue.example?ssl_check_hostname=no",
    ],
)
def test_less_is_refused_unless_it_is_allowed(url: str, read: Callable[[str], object]) -> None:
    with pytest.raises(InsecureRedisError) as refused:
        read(url)
    assert "s3cret" not in str(refused.value)
    assert read_redis_url(url, insecure=True).remote
    assert find_place(url, None, lambda: HOME, insecure=True)
    (row,) = examine_redis(url, HOME)
    assert (row.status, row.message) == ("fail", InsecureRedisError.message)


def test_what_stays_on_the_machine_needs_none() -> None:
    for url in ("redis://", "redis://:pw@localhost/1", "redis://[::1]:7000", "redis://127.0.0.1", "unix:///run/x?db=1"):
        told(url)
    assert told("rediss://queue.example:7000/0?ssl_check_hostname=true") == "queue.example:7000"


@pytest.mark.parametrize("url", ["nonsense", "redis://u:s3/cret@h/0", "redis://h:port/0", "http://h", "redis://[::1"])
def test_what_cannot_be_read_is_not_told(url: str) -> None:
    with pytest.raises(RedisURLError) as refused:
        told(url)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
