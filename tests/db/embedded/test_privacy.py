"""Nobody but the owner gets at the books: no TCP, closed folders, a password that is nowhere to be read."""

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from db.embedded.files import load_secrets

from .conftest import Installation

pytestmark = pytest.mark.servers


def _files(folder: Path) -> Iterator[Path]:
    yield folder
    yield from folder.rglob("*")


def test_only_the_owner_may_see_any_file(running: Installation) -> None:
    layout = running.layout
    open_to_others = [
        path for path in (*_files(layout.base), layout.sockets) if stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]

    assert open_to_others == []
    assert stat.S_IMODE(layout.secrets.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.sockets.stat().st_mode) == 0o700


def test_the_servers_do_not_run_as_root(running: Installation) -> None:
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in running.processes()}

    assert owners == {running.layout.base.stat().st_uid}
    assert 0 not in owners


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc")
def test_no_process_listens_on_tcp(running: Installation) -> None:
    listening = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
            listening |= {row[9] for row in rows if row[3] == "0A"}
    held = set()
    for pid in running.processes():
        for link in Path(f"/proc/{pid}/fd").iterdir():
            if inode := re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink())):
                held.add(inode[1])

    assert held
    assert held & listening == set()
    assert running.sql("SHOW listen_addresses") == [("",)]


def test_the_database_wants_the_password_even_on_its_socket(running: Installation) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=str(running.layout.sockets), dbname="ekost", user="ekost", password="wrong", connect_timeout=5
        )
    stored = running.sql("SELECT left(rolpassword, 14) FROM pg_authid WHERE rolcanlogin", admin=True)
    assert stored == [("SCRAM-SHA-256$",)] * 2


def test_the_password_is_on_no_command_line_and_in_no_log(running: Installation) -> None:
    secrets = load_secrets(running.layout.secrets)
    logs = [path for path in _files(running.layout.base) if path.suffix == ".log"]
    texts = [*running.processes().values(), *(path.read_text() for path in logs)]

    assert logs
    assert not [text for text in texts if secrets.app in text or secrets.admin in text]


def test_a_commit_is_on_disk_and_a_job_is_never_evicted(running: Installation) -> None:
    settings = dict(
        running.sql(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            ["fsync", "synchronous_commit", "full_page_writes", "data_checksums", "TimeZone"],
        )
    )
    with redis.Redis(unix_socket_path=str(running.layout.sockets / "valkey.sock")) as queue:
        wanted = {"appendonly", "appendfsync", "maxmemory-policy", "port", "save"}
        kept = {name: queue.config_get(name)[name] for name in wanted}

    assert settings == {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "TimeZone": "UTC",
    }
    assert kept == {
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "port": "0",
        "save": "",
    }


def test_statistics_of_statements_are_collected(running: Installation) -> None:
    assert running.sql("SELECT count(*) > 0 FROM pg_stat_statements", admin=True) == [(True,)]
