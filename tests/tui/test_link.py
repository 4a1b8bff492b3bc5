"""A book that goes away and comes back, and one that is never there."""

import os
import signal
from pathlib import Path
from threading import Event

import pytest
from textual.pilot import Pilot
from textual.worker import WorkerFailed

from db.connecting import DatabaseUnreachableError
from db.demo.large import load_demo
from db.embedded import driver
from db.engine import Database, Limits
from db.migrations.runner import ensure_current
from tests.conftest import quick_place
from tests.tui.conftest import Screens, press, settled, text_of
from tui.app import EkostApp
from tui.link import Link, State


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(text_of(pilot))


def test_every_try_waits_a_little_longer() -> None:
    link, states = Link(), []
    link.listen(states.append)
    waits = []
    for _try in range(8):
        link.lost(DatabaseUnreachableError(place="here"))
        waits.append(link.wait)
        while not link.tick():
            pass
    assert waits == [1, 2, 3, 5, 8, 15, 15, 15]
    link.heard()
    assert states == [State.DOWN, State.UP]
    assert not link.tick()


async def test_nobody_answers(screens: Screens) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    async with screens(nowhere) as pilot:
        assert "The book can't be reached." in shown(pilot)
        assert "Nothing could be read." in shown(pilot)
        await press(pilot, "5", "b", "1", "q")


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import tempfile

    home = Path(tempfile.mkdtemp(prefix="ekost-test-", dir=quick_place()))
    home.chmod(0o711)
    return home / "home"


async def until(pilot: Pilot[None], app: EkostApp, state: State) -> None:
    """Wait for the link to notice: on a busy machine a killed server's children answer for a while."""
    for _turn in range(100):
        await pilot.pause(0.2)
        if app.book.link.state is state:
            return
    pytest.fail(f"still {app.book.link.state}")


@pytest.mark.servers
async def test_a_killed_server_leaves_its_rows_in_sight_and_is_started_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.link.PAUSES", (60,))
    may_start = Event()
    may_start.set()

    def opened() -> Database:
        if not may_start.is_set():
            raise DatabaseUnreachableError(place="here")
        database = Database(driver.ensure_postgres(home), Limits(pool_size=3))
        ensure_current(database, automatic=True)
        return database

    demo = opened()
    load_demo(demo, 0, lambda there, wanted: None)
    demo.engine.dispose()
    app = EkostApp(opened)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            before = text_of(pilot)[2:10]
            may_start.clear()
            pid = int(next(home.rglob("postmaster.pid")).read_text().split()[0])
            os.kill(pid, signal.SIGKILL)
            await until(pilot, app, State.DOWN)
            await press(pilot, "slash", "s", "i")
            assert "The book can't be reached. Shown as of" in text_of(pilot)[22]
            assert text_of(pilot)[2:10] == before
            assert text_of(pilot)[21] == "si"  # what was typed is still there
            may_start.set()
            app.book.link.wait = 1
            await until(pilot, app, State.UP)
            await settled(pilot)
            assert "Siti" in text_of(pilot)[2]
            assert "The book can't be reached" not in text_of(pilot)[22]
    finally:
        driver.stop(home)
    assert app.crash is None


async def test_a_crash_tells_no_variables(lived_in_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    secret = "3201234567890001"

    def broken() -> Database:
        raise KeyError(secret)

    app = EkostApp(broken)
    with pytest.raises(WorkerFailed):
        async with app.run_test() as pilot:
            await settled(pilot)
    assert isinstance(app.crash, KeyError)
    assert secret not in "".join(capsys.readouterr())
