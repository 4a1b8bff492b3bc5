"""Whatever stands in the book, no screen lets it steer the terminal, and nothing in it can be clicked."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from db.engine import Database
from tests.conftest import clone, command
from tests.poison import COMMANDS, furnish
from tests.tui.conftest import Screens, press, settled, text_of

# From screen to screen by keys; what people wrote stands on each but the first.
TOUR = {
    "overview": ["1"],
    "tenants": ["2"],
    "rooms": ["3"],
    "board": ["V"],
    "payments": ["4"],
    "balances": ["5"],
    "imports": ["6"],
    "operations": ["7"],
    "tenant": ["2", "enter"],
    "ledger": ["tab"],
    "more": ["tab", "tab"],
    "room": ["escape", "3", "enter"],
    "payment": ["escape", "4", "enter"],
    "import": ["escape", "6", "enter"],
    "pay": ["escape", "5", "b"],
    "palette": ["escape", "colon", *"budi"],
}


@pytest.fixture(scope="module")
def poisoned_url(server_url: str, template: str) -> Iterator[str]:
    url = clone(server_url, template)
    furnish(Database(url))
    yield url
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


async def test_nothing_in_the_book_commands_who_looks_at_the_screens(screens: Screens, poisoned_url: str) -> None:
    read = set()
    async with screens(poisoned_url, (160, 45)) as pilot:
        for name, keys in TOUR.items():
            await press(pilot, *keys)
            if name == "palette":
                await pilot.pause(0.6)
                await settled(pilot)
            shown = "\n".join(text_of(pilot))
            assert not COMMANDS.search(shown.replace("\n", "")), name
            strips = pilot.app.screen._compositor.render_strips()
            actions = {str(segment.style.meta.get("@click")) for strip in strips for segment in strip if segment.style}
            assert not re.search("quit", "".join(actions)), (name, actions)
            if "[/][@click" in shown:
                read.add(name)
    assert read == set(TOUR) - {"board"}  # there a name has no room for so much
