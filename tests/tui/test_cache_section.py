"""How the cache does, beside the other lists of the operations, where there is one."""

import time

from db.cache.stats import CacheUnreachableError, KindRow
from tests.tui.conftest import Screens, press, settled, text_of
from tui.screens.operations import OperationsScreen

ROWS = [KindRow("tenant-list", 30, 10, 2, 0, 75, 4), KindRow("all", 30, 10, 2, 1, 75, 4)]


async def test_the_cache_has_a_list_where_there_is_one_and_is_asked_beside_the_screen(screens: Screens) -> None:
    async with screens() as pilot:
        await press(pilot, "7")
        assert isinstance(pilot.app.screen, OperationsScreen)
        assert "Cache" not in pilot.app.screen.tabs

    answers = [ROWS, CacheUnreachableError(place="kos.example:6379/1")]

    def slowly() -> list[KindRow]:
        time.sleep(0.6)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with screens(cache_stats=slowly) as pilot:
        await press(pilot, "7")
        begun = time.monotonic()
        await pilot.press("shift+tab")
        await pilot.pause()
        assert time.monotonic() - begun < 0.6, "nobody waits for it"
        await settled(pilot)
        shown = "\n".join(text_of(pilot))
        assert "lists of tenants" in shown
        assert "75" in shown
        await press(pilot, "r")
        assert "kos.example:6379/1" in "".join(note.message for note in pilot.app._notifications)
