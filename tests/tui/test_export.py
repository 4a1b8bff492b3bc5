"""What is seen can be taken away as a file: the bytes of the command line, for its owner alone, or nothing."""

import stat
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.widgets import Input, Static

from db.engine import Database
from tests.tui.conftest import Screens, press, settled
from tests.tui.test_comfort import listed, run_shown
from tui.dialogs import exporting
from tui.dialogs.exporting import ExportDialog
from tui.exporting import ExportStoppedError, write_list
from tui.listings.tenants import TENANTS
from tui.scope import Scope


def form(pilot: Any) -> ExportDialog:
    screen = pilot.app.screen
    assert isinstance(screen, ExportDialog), screen
    return screen


def told(pilot: Any, where: str) -> str:
    return str(form(pilot).query_one(where, Static).content)


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def done(pilot: Any) -> None:
    """Wait until the file is written."""
    for _ in range(500):
        if not isinstance(pilot.app.screen, ExportDialog):
            return
        await pilot.pause(0.02)
    raise AssertionError(told(pilot, ".dialog--error"))


async def test_a_list_is_written_as_the_command_line_prints_it(
    screens: Screens, lived_in_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with screens(size=(120, 40)) as pilot:
        await press(pilot, "2", "S", "x")
        name = form(pilot).query_one(Input).value
        assert name.startswith("tenants-20")
        assert name.endswith(".csv")
        for suffix in ("csv", "ndjson"):
            form(pilot).query_one(Input).value = f"my {suffix}.{suffix}"
            await settled(pilot)
            shown, _, target = told(pilot, "#command").removeprefix("$ ").partition(" > ")
            assert target == f"'my {suffix}.{suffix}'"
            await press(pilot, "enter")
            await done(pilot)
            file = tmp_path / f"my {suffix}.{suffix}"
            assert file.read_text() == run_shown(shown, lived_in_url)
            assert len(file.read_text().splitlines()) >= 900
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert listed(pilot)
            await press(pilot, "x")
        # What is there is never replaced, what can't be is said while it is typed, and Esc leaves.
        before = file.read_bytes()
        for name, words in ((file.name, "already"), ("a.xls", "does not say"), ("none/a.csv", "No such file")):
            form(pilot).query_one(Input).value = name
            await settled(pilot)
            assert words in told(pilot, ".dialog--error")
            await press(pilot, "enter")
            assert words in told(pilot, ".dialog--error")
        assert file.read_bytes() == before
        await press(pilot, "escape")
        assert listed(pilot)
        assert len(names(tmp_path)) == 2


async def test_esc_stops_it_and_leaves_nothing(
    screens: Screens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begun, stopped = Event(), Event()

    def slowly(database: Any, listing: Any, scope: Any, path: Path, told: Any) -> int:
        def look(count: int) -> None:
            if count:
                begun.set()
                stopped.wait(5)
            told(count)

        return write_list(database, listing, scope, path, look)

    monkeypatch.setattr(exporting, "write_list", slowly)
    async with screens() as pilot:
        await pilot.press("2", "x", "enter")
        while not begun.is_set():
            await pilot.pause(0.01)
        assert len(names(tmp_path)) == 1
        await pilot.press("escape")
        stopped.set()
        await settled(pilot)
        assert "Stopped" in told(pilot, ".dialog--error")
    assert names(tmp_path) == []


def test_rows_are_read_page_by_page(lived_in_url: str, tmp_path: Path) -> None:
    counts: list[int] = []
    count = write_list(Database(lived_in_url), TENANTS, Scope(sort="name"), tmp_path / "a.tsv", counts.append)
    assert counts == [0, 500]
    assert count >= 900

    def refuse(count: int) -> None:
        if count:
            raise ExportStoppedError

    with pytest.raises(ExportStoppedError):
        write_list(Database(lived_in_url), TENANTS, Scope(), tmp_path / "b.json", refuse)
    assert names(tmp_path) == ["a.tsv"]
