"""Work beside the screen ends quietly with what it was for, and is told when it fails otherwise."""

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.widgets import Static
from textual.worker import WorkerFailed

from tui.work import start


class Lingering(Static):
    """Takes its time to go, while what stood beside it is gone."""

    async def on_unmount(self) -> None:
        """Wait."""
        await asyncio.sleep(0.2)


class Host(App[None]):
    """A box of two things."""

    def compose(self) -> ComposeResult:
        """One of them is slow."""
        with Vertical(id="box"), Vertical():
            yield Lingering()
            yield Static(id="quick")


async def test_a_closed_form_asks_for_nothing() -> None:
    app = Host()
    async with app.run_test():
        box = app.query_one("#box")

        async def look() -> None:
            while True:
                box.query_one("#quick")
                await asyncio.sleep(0.01)

        start(box, look, "look")
        await asyncio.sleep(0.05)
        await box.remove()


async def ask_in_vain(app: Host) -> None:
    """Look for what an open form does not have."""
    async with app.run_test() as pilot:

        async def look() -> None:
            app.query_one("#nowhere")

        start(app.query_one("#box"), look, "look")
        await pilot.pause(0.1)


async def test_what_is_missing_in_an_open_form_is_told() -> None:
    with pytest.raises(WorkerFailed) as caught:
        await ask_in_vain(Host())
    assert isinstance(caught.value.error, NoMatches)
