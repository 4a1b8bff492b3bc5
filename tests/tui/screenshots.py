"""The pictures of the README, drawn by the screens themselves: `make screenshots`.

They show the kos of the examples on a day of its own, so that they change only when a screen does.
"""

import asyncio
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from db.embedded import driver
from db.engine import Database, Limits
from db.migrations.runner import migrate
from locales.catalogs import set_language
from tests.tui.conftest import press, settled
from tests.tui.frozen import freeze, stopped_clock
from tui.app import EkostApp
from tui.link import State

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
SIZE = (100, 30)
# Each picture by the keys that lead to it from the one before it.
TOUR = {
    "overview": ["1"],
    "tenants": ["2"],
    "rooms": ["3", "V"],
    "tenant": ["5", "down", "enter"],
    "payment": ["escape", "b"],
}


async def draw(url: str, folder: Path, language: str) -> None:
    """Go from screen to screen and save a picture of each."""
    set_language(language)
    app = EkostApp(lambda: Database(url, Limits(pool_size=3)))
    with stopped_clock():
        async with app.run_test(size=SIZE) as pilot:
            while app.book.link.state is State.OPENING:
                await pilot.pause(0.01)
            await settled(pilot)
            for name, keys in TOUR.items():
                await press(pilot, *keys)
                save(pilot, folder / f"{name}-{language}.svg")


def save(pilot: Pilot[None], file: Path) -> None:
    """What is seen, with equal cells drawn together, in a font that the reader has: none is fetched from elsewhere."""
    picture = pilot.app.export_screenshot(title="ekost tui", simplify=True)
    file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    """Draw all of them over a server of our own."""
    os.environ.pop("NO_COLOR", None)
    home = Path(tempfile.mkdtemp(prefix="ekost-screens-", dir="/tmp"))
    home.chmod(0o711)  # as root the server's own user must get through
    try:
        url = driver.ensure_postgres(home / "home")
        migrate(Database(url))
        freeze(url)
        FOLDER.mkdir(parents=True, exist_ok=True)
        for language in ("en", "id"):
            asyncio.run(draw(url, FOLDER, language))
    finally:
        driver.stop(home / "home")
        shutil.rmtree(home, ignore_errors=True)
    sys.stderr.write(f"{len(TOUR) * 2} pictures in {FOLDER}\n")


if __name__ == "__main__":
    main()
