"""`ekost up --worker`, `status` and `down`: a worker of the home, without a terminal."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Database
from tests.conftest import quick_place
from tests.jobs.running import EKOST, wait_until
from tests.processes import all_processes, descendants, signal_all


class Home:
    """A home whose worker uses the database and the Valkey of the tests."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"} | env

    def ekost(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [EKOST, *words], env=self.env, capture_output=True, text=True, timeout=60, check=False, cwd=self.folder
        )

    def worker(self, *words: str) -> dict[str, Any]:
        done = self.ekost(*words, "-o", "json")
        assert done.returncode == 0, done
        return next(row for row in json.loads(done.stdout)["items"] if row["name"] == "worker")


@pytest.fixture
def home(town: Database, redis_url: str) -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="ekost-up-", dir=quick_place()))
    folder.chmod(0o711)
    env = {"EKOST_DATABASE_URL": town.url, "EKOST_REDIS_URL": redis_url, "EKOST_HOME": str(folder / "home")}
    made = Home(folder, env)
    yield made
    made.ekost("down")
    shutil.rmtree(folder)


def test_up_starts_one_worker_and_down_stops_it(home: Home) -> None:
    assert home.worker("status")["state"] == "stopped"
    started = home.worker("up", "--worker")
    assert started["state"] == "running"
    family = [started["pid"], *descendants(started["pid"])[0]]
    again = home.worker("up", "--worker")
    assert (again["state"], again["pid"]) == ("running", started["pid"])
    assert Path(started["log"]).stat().st_mode & 0o777 == 0o600
    assert home.worker("status") == again
    down = home.ekost("down", "-o", "json")
    assert [row["name"] for row in json.loads(down.stdout)["items"]] == ["worker"]
    assert not all_processes().keys() & set(family)
    assert home.worker("status")["state"] == "stopped"
    assert "Stopping" in Path(started["log"]).read_text()


@pytest.mark.slow
def test_up_replaces_a_worker_that_was_killed(home: Home) -> None:
    first = home.worker("up", "--worker")
    children = descendants(first["pid"])[0]
    signal_all([first["pid"]], signal.SIGKILL)
    wait_until(lambda: not all_processes().keys() & {first["pid"], *children}, 3)
    assert home.worker("status")["state"] == "stopped"
    second = home.worker("up", "--worker")
    assert second["state"] == "running"
    assert second["pid"] != first["pid"]


def test_a_worker_that_cannot_start_says_why(home: Home) -> None:
    home.env["EKOST_REDIS_URL"] = "no-scheme:secret@host"
    done = home.ekost("up", "--worker")
    assert done.returncode == 3
    assert "worker did not start" in done.stderr
    assert "address of Redis" in done.stderr
    assert "secret" not in done.stderr
