"""What is typed faster than the screen follows is neither lost nor heard by something else."""

from textual.events import Key
from textual.pilot import Pilot

from db.engine import Database
from tests.tui.conftest import Screens, settled
from tests.tui.forms import balance_of
from tests.tui.test_details import SITI, open_siti
from tui.app import EkostApp


def burst(pilot: Pilot[None], *keys: str) -> None:
    """Keys as a slow line brings them: all at once."""
    driver = pilot.app._driver
    assert driver is not None
    for key in keys:
        event = Key(key, key if len(key) == 1 else None)
        event.set_sender(pilot.app)
        driver.send_message(event)


async def test_an_amount_typed_ahead_of_its_form_is_complete(screens: Screens, lived_in: Database) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await open_siti(pilot)
        burst(pilot, "b", *"71234", "enter", "enter")
        await settled(pilot)
    assert balance_of(lived_in, *SITI) == before - 71_234


async def test_keys_behind_a_form_go_to_what_is_below_it(screens: Screens, lived_in: Database) -> None:
    async with screens(lived_in.url) as pilot:
        burst(pilot, "3", "1", "question_mark", "escape", "2", "down", "b", "escape", "4")
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, EkostApp)
        assert app.screen is app.frame
        assert app.current_mode == "payments"
