"""What is typed faster than the screen follows is neither lost nor heard by something else."""

from time import sleep
from typing import Any

import pytest
from sqlalchemy import Connection
from textual.events import Key
from textual.pilot import Pilot

from db.engine import Database
from db.repositories.pages import Page
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import balance_of
from tests.tui.test_details import SITI, open_siti
from tui.app import EkostApp
from tui.dialogs.paying import PayDialog
from tui.listings.balances import BALANCES
from tui.scope import Scope
from tui.screens.balances import BalancesScreen
from tui.widgets.table.feeding import Cut


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


async def test_a_key_waits_for_the_row_that_it_is_about(screens: Screens, lived_in_url: str) -> None:
    def slow(conn: Connection, scope: Scope, cut: Cut) -> Page[Any]:
        sleep(0.4)
        return BALANCES.read(conn, scope, cut)

    async with screens(lived_in_url) as pilot:
        app = pilot.app
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(BalancesScreen, "LISTING", BALANCES._replace(read=slow))
            burst(pilot, "5", "b")
            await settled(pilot)
        assert isinstance(app.screen, PayDialog)
        await press(pilot, "escape", "2", "slash")
        # Who goes on before the filter was asked for means its first row, not the one that was there before.
        burst(pilot, *"siti", "enter", "b")
        await settled(pilot)
        assert isinstance(app.screen, PayDialog)
        assert "Payment of Siti" in "\n".join(text_of(pilot))
