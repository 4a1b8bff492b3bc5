"""Start, attach, status, stop: what every command and `ekost up|down|status` rest on."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import NullPool, create_engine

from db.embedded import driver

from .conftest import Installation

pytestmark = pytest.mark.servers


def test_first_start_makes_a_usable_database_and_queue_and_the_next_attaches(each_user: Installation) -> None:
    urls = each_user.start()
    pids = [server.pid for server in each_user.status()]

    with create_engine(urls.database_url, poolclass=NullPool).connect() as conn:
        row = conn.exec_driver_sql(
            "SELECT current_user, d.datdba::regrole::text, pg_encoding_to_char(d.encoding),"
            " r.rolcreatedb, r.rolsuper, upper('é') FROM pg_database d, pg_roles r"
            " WHERE d.datname = current_database() AND r.rolname = current_user"
        ).one()
    with redis.Redis.from_url(urls.redis_url) as queue:
        assert queue.ping() is True

    assert tuple(row) == ("ekost", "ekost", "UTF8", True, False, "É")
    assert each_user.start() == urls
    assert [server.pid for server in each_user.status()] == pids


def test_one_server_can_be_started_alone(fresh: Installation) -> None:
    url = fresh.run(lambda: driver.ensure_valkey(fresh.home))

    assert url.startswith("unix:///")
    assert [server.state for server in fresh.status()] == ["stopped", "running", "stopped"]


def test_stop_ends_every_process_and_keeps_the_data(running: Installation) -> None:
    running.sql("DROP TABLE IF EXISTS kept")
    running.sql("CREATE TABLE kept AS SELECT 42 AS n")
    processes = running.processes()

    assert running.stop() == ("valkey", "postgresql")
    assert running.stop() == ()
    assert running.survivors(processes) == set()
    assert [server.state for server in running.status()] == ["stopped", "stopped", "stopped"]

    running.start()
    assert running.sql("SELECT n FROM kept") == [(42,)]


def test_attach_and_stop_need_no_programs(running: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EKOST_PG_BIN", "/nonexistent")
    monkeypatch.setenv("EKOST_REDIS_BIN", "/nonexistent")

    assert running.start().database_url
    assert running.stop() == ("valkey", "postgresql")


def test_status_and_stop_create_and_start_nothing(fresh: Installation) -> None:
    servers = fresh.status()

    assert [(server.name, server.state, server.pid) for server in servers] == [
        ("postgresql", "stopped", 0),
        ("valkey", "stopped", 0),
        ("worker", "stopped", 0),
    ]
    assert fresh.stop() == ()
    assert not fresh.home.exists()


def test_status_names_version_process_and_places(running: Installation) -> None:
    database, queue, _worker = running.status()

    assert (database.name, database.state, database.version) == ("postgresql", "running", "18")
    assert queue.version.startswith("valkey 9.")
    assert Path(database.data, "PG_VERSION").exists()
    assert Path(queue.data, "appendonlydir").exists()
    assert database.pid in running.processes()


def test_servers_outlive_the_process_and_the_session_that_started_them(running: Installation) -> None:
    running.stop()
    script = (
        "import sys, pathlib; from db.embedded import driver;"
        "print(driver.ensure_started(pathlib.Path(sys.argv[1])).database_url)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(running.home)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        start_new_session=True,
        check=True,
    )

    with psycopg.connect(done.stdout.strip().replace("+psycopg", "")) as conn:
        assert conn.execute("SELECT 1").fetchone() == (1,)


def test_attaching_takes_milliseconds(running: Installation) -> None:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        running.start()
        times.append(time.perf_counter() - began)

    # Measured: 1 to 2 ms, as root 3 to 4; tens on a machine that is busy. A copy of the programs takes a second.
    assert min(times) < 0.3
