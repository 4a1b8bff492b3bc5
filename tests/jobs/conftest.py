"""A real Valkey, and `ekost worker` in processes of its own."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from db.embedded import driver
from db.engine import Database
from tests.conftest import clone, command, quick_place
from tests.jobs.running import Bell, RunningWorker
from tests.jobs.town import found_town


@pytest.fixture(scope="session")
def _bell() -> Iterator[Bell]:
    folder = Path(tempfile.mkdtemp(prefix="ekost-bell-", dir=quick_place()))
    folder.chmod(0o711)
    # As root the server runs as a user that every system has: a test adds none to the machine.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKOST_RUN_AS", "daemon") if os.geteuid() == 0 else None
        yield Bell(folder / "home")
        driver.stop(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def bell(_bell: Bell) -> Iterator[Bell]:
    """A Valkey that runs; the test may do to it what it likes."""
    _bell.start()
    yield _bell
    _bell.thaw()


@pytest.fixture
def redis_url(bell: Bell) -> str:
    """The address of `bell`."""
    return bell.url


@pytest.fixture(scope="session")
def _town_template(server_url: str, template: str) -> Iterator[str]:
    url = clone(server_url, template)
    database = Database(url)
    found_town(database)
    database.engine.dispose()
    yield database_of(url)
    command(server_url, f'drop database "{database_of(url)}" with (force)')


@pytest.fixture
def town(server_url: str, _town_template: str) -> Iterator[Database]:
    """A database with a few tenants in rooms, and nothing left to do."""
    url = clone(server_url, _town_template)
    yield Database(url)
    command(server_url, f'drop database "{database_of(url)}" with (force)')


def database_of(url: str) -> str:
    """The name of the database in an address."""
    return str(make_url(url).database)


@pytest.fixture
def start_worker(tmp_path: Path, redis_url: str) -> Iterator[Callable[..., RunningWorker]]:
    """`start_worker(database, "-n", "2")`: a worker that is at work; it ends with the test."""
    started: list[RunningWorker] = []

    def start(database: Database, *words: str, **variables: str) -> RunningWorker:
        env = {"EKOST_DATABASE_URL": database.url, "EKOST_REDIS_URL": redis_url, "HOME": str(tmp_path)} | variables
        started.append(RunningWorker(tmp_path / f"worker-{len(started)}.log", words, env))
        started[-1].wait_until_told("Working on")
        return started[-1]

    yield start
    for worker in started:
        worker.end()
