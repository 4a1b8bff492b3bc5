"""What every screen looks like, as text that is read in a review.

Each file below `snapshots/` is one screen. After a change that is meant `make snapshots` writes them anew; what git
shows then is what people will see change. Below a line that is lit, the files without colour say how: `^` is reverse,
`*` bold, `_` underlined; everything else that a colour tells must stand there as a sign or a word.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.pilot import Pilot

from locales.catalogs import set_language
from tests.conftest import clone
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.frozen import freeze, stopped_clock

FOLDER = Path(__file__).with_name("snapshots")
WRITE = "EKOST_SNAPSHOTS"
# Each screen by the keys that lead to it from the one before it.
TOUR = {
    "1-overview": ["1"],
    "2-tenants": ["2"],
    "3-rooms": ["3"],
    "3-rooms-board": ["V"],
    "4-payments": ["4"],
    "5-balances": ["5"],
    "6-imports": ["6"],
    "7-operations": ["7"],
    "8-expenses": ["8"],
    "9-reminders": ["9"],
    "0-reports": ["0"],
    "tenant-periods": ["5", "down", "enter"],
    "tenant-ledger": ["tab"],
    "room": ["escape", "3", "enter"],
    "payment": ["escape", "4", "down", "down", "enter"],
    "import": ["escape", "6", "enter"],
    "pay": ["escape", "5", "b"],
    "help": ["escape", "question_mark"],
    "palette": ["escape", "colon", *"siti"],
    "meter-round": ["escape", "p", *"kosa", "enter", "3", "R", *"1327,8", "enter"],
}
SESSIONS = [
    ("en", (80, 24), "color"),
    ("id", (80, 24), "color"),
    ("en", (120, 40), "color"),
    ("en", (80, 24), "no-color"),
]


@pytest.fixture(scope="module")
def frozen_url(server_url: str, template: str) -> str:
    """A book that is of the same day for ever; nobody changes it."""
    url = clone(server_url, template)
    freeze(url)
    return url


async def tour(pilot: Pilot[None]) -> AsyncIterator[str]:
    """Go from screen to screen."""
    for name, keys in TOUR.items():
        await press(pilot, *keys)
        if name == "palette":
            await pilot.pause(0.6)
            await settled(pilot)
        yield name


def marks(pilot: Pilot[None]) -> Iterator[str]:
    """Every line of the screen, and below it where it is lit without a colour."""
    for strip in pilot.app.screen._compositor.render_strips():
        yield strip.text.rstrip()
        lit = "".join(mark(segment.text, segment.style) * cell_len(segment.text) for segment in strip).rstrip()
        if lit:
            yield lit


def mark(text: str, style: Style | None) -> str:
    """How something that can be read is lit."""
    if style is None or not text.strip():
        return " "
    return "^" if style.reverse else "_" if style.underline else "*" if style.bold else " "


def compare(folder: Path, shown: dict[str, str]) -> None:
    """Assert that the files of a folder hold this, or write them."""
    if os.environ.get(WRITE) == "write":
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, text in shown.items():
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    kept = {file.stem: file.read_text(encoding="utf-8") for file in folder.glob("*.txt")}
    for name, text in shown.items():
        assert text.splitlines() == kept.get(name, "").splitlines(), f"{folder.name}/{name}.txt; meant? make snapshots"
    assert kept.keys() == shown.keys()


@pytest.mark.parametrize(("language", "size", "color"), SESSIONS, ids=str)
async def test_every_screen_looks_as_it_did(
    screens: Screens, frozen_url: str, language: str, size: tuple[int, int], color: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if color == "no-color":
        monkeypatch.setenv("NO_COLOR", "1")
    set_language(language)
    name, shown = f"{size[0]}x{size[1]}-{language}", {}
    with stopped_clock():
        async with screens(frozen_url, size=size) as pilot:
            async for screen in tour(pilot):
                lines = text_of(pilot) if color == "color" else marks(pilot)
                shown[screen] = "\n".join(lines) + "\n"
    compare(FOLDER / (name if color == "color" else f"{name}-{color}"), shown)
