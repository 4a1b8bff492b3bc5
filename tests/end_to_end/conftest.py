"""The demo kos for whoever plays through the real command, and a way to run command lines without starting a process."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event, make_url

from db.embedded import driver
from db.engine import Database
from ekost_cli.main import run
from tests.conftest import clone, command

Run = Callable[[list[str]], int]


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """An empty folder for bundled servers; not pytest's own, through which the servers' account may not pass."""
    made = Path(tempfile.mkdtemp(prefix="ekost-e2e-", dir="/tmp"))
    made.chmod(0o711)
    yield made / "home"
    driver.stop(made / "home")
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> Callable[[str], None]:
    """`surroundings(url)`: the environment and the working folder of somebody whose book is at `url`."""
    for name in [name for name in os.environ if name.startswith(("EKOST_", "XDG_", "LC_", "LANG"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    for name, value in {"HOME": str(tmp_path), "LANG": "C.UTF-8", "COLUMNS": "100", "EKOST_HOME": str(home)}.items():
        monkeypatch.setenv(name, value)
    return lambda url: monkeypatch.setenv("EKOST_DATABASE_URL", url)


@pytest.fixture
def ekost() -> Iterator[Run]:
    """Run a command line in this process; what it connected to is let go afterwards, as the end of a process does."""
    engines: list[Engine] = []

    def remember(connection: Connection) -> None:
        engines.append(connection.engine)

    event.listen(Engine, "engine_connect", remember)

    def play(words: list[str]) -> int:
        try:
            return run(words)
        finally:
            while engines:
                engines.pop().dispose()

    yield play
    event.remove(Engine, "engine_connect", remember)


@pytest.fixture
def own_copy(server_url: str, demo: str) -> Iterator[str]:
    """The demo in a database of the test's own."""
    url = clone(server_url, str(make_url(demo).database))
    yield url
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


@pytest.fixture(scope="session")
def demo(server_url: str, template: str) -> str:
    """The URL of the demo kos; many tests look at it, none changes it."""
    url = clone(server_url, template)
    database = Database(url)
    with database.transaction() as conn:
        _build(conn)
    database.engine.dispose()
    return url


def _build(conn: Connection) -> None:
    from datetime import date, timedelta
    from decimal import Decimal

    from db.repositories.lookup import find_property, find_room, find_tenant
    from db.services.charges import post_charge
    from db.services.deposits import add_deposit
    from db.services.leases import assign_tenant
    from db.services.payments import record_payment
    from db.services.properties import add_property
    from db.services.rooms import add_room
    from db.services.tenants import add_tenant

    for code in ("KOSA", "KOSB"):
        add_property(conn, code, "Kos " + code)
        for number in range(1, 13):
            add_room(conn, find_property(conn, code), f"{code[-1]}{number}", Decimal(1500000))
    kosa = find_property(conn, "KOSA")
    for name in ("Budi", "Ani", "Candidate"):
        add_tenant(conn, kosa, name)
    assign_tenant(conn, find_tenant(conn, "BUDI"), find_room(conn, "KOSA/A1"), kosa.today - timedelta(days=100))
    assign_tenant(conn, find_tenant(conn, "ANI"), find_room(conn, "KOSA/A2"), kosa.today - timedelta(days=100))
    record_payment(conn, find_tenant(conn, "BUDI"), Decimal(1500000), kosa.today - timedelta(days=90))
    add_deposit(conn, find_tenant(conn, "BUDI"), Decimal(1500000), kosa.today - timedelta(days=90))
