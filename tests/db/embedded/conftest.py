"""Homes with real servers, run by whoever runs the tests and, for root, by an ordinary user too."""

import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg
import pytest

from db.embedded import driver
from db.embedded.account import Account
from db.embedded.driver import Servers
from db.embedded.files import load_secrets
from db.embedded.layout import PORT, Layout
from db.embedded.places import find_place
from db.embedded.privileges import run_as
from db.embedded.server import ServerStatus
from tests.processes import all_processes, signal_all

T = TypeVar("T")
ROOT = os.geteuid() == 0
SERVICE_NAME, ORDINARY_NAME = "daemon", "nobody"


@dataclass(frozen=True)
class Installation:
    """A home and the user who calls ekost: `caller` None is the user of the test run."""

    home: Path
    caller: Account | None

    def run(self, work: Callable[[], T]) -> T:
        return run_as(self.caller, work)

    def start(self) -> Servers:
        return Servers(*self.run(lambda: driver.ensure_started(self.home)))

    def stop(self) -> tuple[str, ...]:
        return tuple(self.run(lambda: driver.stop(self.home)))

    def status(self) -> list[ServerStatus]:
        return [ServerStatus(*row) for row in self.run(lambda: driver.status(self.home))]

    def pid(self, name: str = "postgresql") -> int:
        return next(server.pid for server in self.status() if server.name == name)

    @property
    def layout(self) -> Layout:
        """As the owner of the files sees it: the name of a socket folder in /tmp has its number."""
        place = find_place(self.home.resolve())
        assert place
        return Layout(place.base)

    def sql(self, statement: str, *values: object, admin: bool = False) -> list[tuple[object, ...]]:
        secrets = load_secrets(self.layout.secrets)
        user, password = ("ekost_admin", secrets.admin) if admin else ("ekost", secrets.app)
        host = next(status.socket for status in self.status()).rpartition("/")[0]
        with psycopg.connect(
            host=host, port=PORT, dbname="ekost", user=user, password=password, autocommit=True
        ) as conn:
            cursor = conn.execute(statement.encode(), values or None)
            return cursor.fetchall() if cursor.description else []

    def processes(self) -> dict[int, str]:
        """Every process of both servers with its command line."""
        found = all_processes()
        pids = {server.pid for server in self.status()} - {0}
        pids |= {pid for pid, process in found.items() if process.parent in pids}
        return {pid: found[pid].command for pid in pids}

    def survivors(self, pids: Iterable[int]) -> set[int]:
        return all_processes().keys() & set(pids)

    def kill_everything(self) -> None:
        signal_all(self.processes(), signal.SIGKILL)


@pytest.fixture(scope="session", autouse=True)
def _service_account() -> Iterator[None]:
    """Tests add no user to the machine: as root they use one that every system has."""
    with pytest.MonkeyPatch.context() as patch:
        if ROOT:
            patch.setenv("EKOST_RUN_AS", SERVICE_NAME)
        for name in ("EKOST_HOME", "EKOST_PG_BIN", "EKOST_REDIS_BIN"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def make_folder() -> Iterator[Callable[[Account | None], Path]]:
    """Short folders outside pytest's own, which no other user may enter."""
    made: list[Path] = []

    def make(owner: Account | None = None) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="ekost-servers-", dir="/tmp"))
        folder.chmod(0o711)
        if owner:
            os.chown(folder, *owner)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def ordinary() -> Account:
    """An ordinary user that root can become."""
    if not ROOT:
        pytest.skip("only root can become somebody else")
    entry = pwd.getpwnam(ORDINARY_NAME)
    return Account(entry.pw_uid, entry.pw_gid)


Maker = Callable[..., Installation]


@pytest.fixture(scope="session")
def install(make_folder: Callable[[Account | None], Path]) -> Iterator[Maker]:
    """Make installations; their servers end with the module."""
    made: list[Installation] = []

    def make(caller: Account | None = None, name: str = "home") -> Installation:
        made.append(Installation(make_folder(caller) / name, caller))
        return made[-1]

    yield make
    for installation in made:
        _remove(installation)


def _remove(installation: Installation) -> None:
    if find_place(installation.home):
        # Killed first: what is thrown away needs no orderly shutdown. `stop` waits for the end.
        installation.kill_everything()
        installation.stop()
        sockets = Path(installation.status()[0].socket).parent
        shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(installation.home, ignore_errors=True)


@pytest.fixture(params=["caller", "ordinary user"])
def each_user(request: pytest.FixtureRequest, install: Maker) -> Iterator[Installation]:
    """A fresh home: of the user of the test run and, when that is root, of an ordinary one."""
    caller = request.getfixturevalue("ordinary") if request.param == "ordinary user" else None
    made = install(caller)
    yield made
    _remove(made)


@pytest.fixture
def fresh(install: Maker) -> Iterator[Installation]:
    """A home where nothing was started yet."""
    made = install()
    yield made
    _remove(made)


@pytest.fixture(scope="session")
def _shared(install: Maker) -> Installation:
    return install()


@pytest.fixture
def running(_shared: Installation) -> Installation:
    """One installation for all tests that can do with any; it runs, whatever the last test did."""
    _shared.start()
    return _shared
