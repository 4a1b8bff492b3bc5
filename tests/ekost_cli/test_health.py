"""`ekost health` on servers that stand, hang and are gone: an answer within seconds, and the right status."""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from db.embedded import driver
from tests.conftest import quick_place
from tests.ekost_cli.conftest import Ekost

pytestmark = pytest.mark.servers


@pytest.fixture
def ekost(swift: Ekost) -> Ekost:
    return swift


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ekost-health-", dir=quick_place()))
    folder.chmod(0o711)  # as root the server's own user must get through
    try:
        yield folder / "home"
    finally:
        driver.stop(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def hanging(home: Path, name: str) -> Iterator[None]:
    pid = next(row.pid for row in driver.status(home) if row.name == name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_health_tells_ready_degraded_and_not_ready_apart_whatever_hangs(ekost: Ekost, home: Path) -> None:
    def health(status: int, **variables: str) -> dict[str, Any]:
        begun = time.monotonic()
        done = ekost("health", "-o", "json", EKOST_HOME=str(home), **variables)
        assert time.monotonic() - begun < 5
        assert (done.returncode, done.stderr) == (status, "")
        told = json.loads(done.stdout)
        return {"": told["status"]} | {row["check"]: row["status"] for row in told["checks"] if row["status"] != "pass"}

    assert health(1) == {"": "not_ready", "database": "fail"}
    assert not home.exists()
    assert ekost("up", EKOST_HOME=str(home)).returncode == 0
    url = driver.ensure_postgres(home)
    assert health(0) == {"": "ready"}
    with hanging(home, "valkey"):
        assert health(0, EKOST_CACHE_URL="bundled") == {"": "degraded", "redis": "warn", "cache": "warn"}
    assert health(0, EKOST_REDIS_URL="redis://127.0.0.1:1/0") == {"": "degraded", "redis": "warn"}
    with hanging(home, "postgresql"):
        assert health(1) == {"": "not_ready", "database": "fail"}

    driver.stop(home)
    assert health(1) == health(1, EKOST_DATABASE_URL=url) == {"": "not_ready", "database": "fail"}
    assert health(1, EKOST_LOCK_TIMEOUT="soon") == {"": "not_ready", "configuration": "fail"}
    lines = ekost("health", "-o", "table", EKOST_HOME=str(home)).stdout.splitlines()
    assert lines[0] == "broken       database: The bundled PostgreSQL does not run."
    assert lines[-1] == "Not ready: the book can't be worked with."
