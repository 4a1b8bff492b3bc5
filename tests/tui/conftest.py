"""The screens in a terminal of their own making, on a real book."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from itertools import groupby

import pytest
from sqlalchemy import make_url
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from db.demo.large import load_demo
from db.engine import Database, Limits
from locales.catalogs import set_language
from tests.conftest import clone, command
from tui.app import EkostApp
from tui.link import State

Screens = Callable[..., AbstractAsyncContextManager[Pilot[None]]]
TENANTS = 900


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine in a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture(scope="session")
def lived_in_url(server_url: str, template: str) -> str:
    """A book with the demo and enough tenants for several pages; tests that change something clone it."""
    url = clone(server_url, template)
    load_demo(Database(url), TENANTS, lambda there, wanted: None)
    return url


@pytest.fixture
def lived_in(server_url: str, lived_in_url: str) -> Iterator[Database]:
    """A copy of that book for one test, where commits are real."""
    url = clone(server_url, str(make_url(lived_in_url).database))
    yield Database(url)
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Texts in English, whatever a test before has spoken."""
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def screens(lived_in_url: str) -> Screens:
    """`async with screens(size=(120, 40)) as pilot`: the application, on the book that nobody changes."""

    @asynccontextmanager
    async def run(
        url: str = lived_in_url, size: tuple[int, int] = (80, 24), **options: object
    ) -> AsyncIterator[Pilot[None]]:
        app = EkostApp(lambda: Database(url, Limits(pool_size=3)), **options)  # type: ignore[arg-type]
        async with app.run_test(size=size) as pilot:
            while app.book.link.state is State.OPENING:
                await pilot.pause(0.01)
            await settled(pilot)
            yield pilot
        if app.crash is not None:
            raise app.crash

    return run


async def settled(pilot: Pilot[None]) -> None:
    """Wait until every question is answered and painted."""
    app = pilot.app
    assert isinstance(app, EkostApp)
    while app.is_running and app.keys_ahead:
        await pilot.pause(0.01)
    await pilot.pause()
    while working := [
        worker for worker in app.workers if worker.group not in {"live", "keys"} and not worker.is_finished
    ]:
        with suppress(WorkerCancelled):  # a newer piece of work took its place: that one is waited for next
            await app.workers.wait_for_complete(working)
        await pilot.pause()
    await pilot.pause(0.02)  # a frame later all is painted


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait for what they bring; words are typed in one go, as a terminal gives them."""
    for typed, some in groupby(keys, lambda key: len(key) == 1):
        run = list(some)
        if typed and len(run) > 2:
            await type_words(pilot, run)
        else:
            await pilot.press(*run)
    await settled(pilot)


async def type_words(pilot: Pilot[None], letters: Sequence[str]) -> None:
    """Type without a pause between the letters: the pilot waits a twentieth of a second behind each."""
    for letter in letters:
        key = events.Key(letter if letter.isalnum() else _character_to_key(letter), letter)
        key.set_sender(pilot.app)
        pilot.app._driver.send_message(key)  # type: ignore[union-attr]
    await pilot.pause()


def text_of(pilot: Pilot[None]) -> list[str]:
    """What is on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]
