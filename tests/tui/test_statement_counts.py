"""Every screen asks each question once or twice, however many rows it shows: nothing is asked row by row."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from tests.tui.conftest import Screens, press
from tests.tui.forms import seek
from tui.details.detail import DetailScreen

# A screen may be read again while it is looked at, and each part of a detail finds its thing; rows would be fifty.
MOST = 6


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """What is asked of any database in the block, and how often; a transaction begins in the same words."""
    asked: Counter[str] = Counter()

    def note(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("set "):
            asked[statement] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_no_screen_asks_row_by_row(screens: Screens) -> None:
    asked: dict[str, Counter[str]] = {}
    async with screens(size=(120, 40)) as pilot:
        for key in "1234567":
            with counted() as asked[f"mode {key}"]:
                await press(pilot, key)
        for mode, words in (("2", "siti rahmawati"), ("3", "A1"), ("4", "siti rahmawati")):
            await seek(pilot, mode, words)
            with counted() as asked[f"detail of {mode}"]:
                await press(pilot, "enter")
            screen = pilot.app.screen
            assert isinstance(screen, DetailScreen)
            for number in range(1, len(screen.VIEWS)):
                with counted() as asked[f"detail of {mode}, list {number}"]:
                    await press(pilot, "tab")
            await press(pilot, "escape")
    # The rows of tenants were asked by the first frame.
    assert {name for name, counts in asked.items() if not counts} <= {"mode 2"}
    often = {name: {text: n for text, n in counts.items() if n > MOST} for name, counts in asked.items()}
    assert not any(often.values()), often
    assert all(len(counts) <= 12 for counts in asked.values()), {name: len(counts) for name, counts in asked.items()}
