"""What the screens say can be done elsewhere is true, and their keys are the user's."""

import json
import os
import shlex
import subprocess
import sys
from typing import Any

from locales.catalogs import set_language
from tests.conftest import clone
from tests.tui.conftest import Screens, press, settled, text_of
from tui.screens.listed import ListScreen
from tui.widgets.bars import StatusLine

# A view, by its keys; the words in it come after "slash". What identifies its rows; and what its command must name.
VIEWS = [
    (("2", "S", "slash", *"tan"), "id", ("--sort name", "--match tan", "--reverse")),
    (("5", "t", "s", "slash", *"s"), "tenant", ("--sort name", "--status unpaid", "--match s")),
    (("5", "a", "slash", *"bu"), "tenant", ("aging", "--sort outstanding", "--match bu")),
    (("4", *["left_square_bracket"] * 2, "S", "slash", *"s"), "id", ("--from", "--until", "--match s", "--reverse")),
    (("3", "t", "V", "slash", *"a"), "number", ("--status available", "--match a")),
]


def listed(pilot: Any) -> ListScreen:
    screen = pilot.app.screen
    assert isinstance(screen, ListScreen)
    return screen


def run_shown(command: str, url: str, *more: str, **variables: str) -> str:
    """What the command prints in a shell; its first word is our own."""
    program, *words = shlex.split(command)
    assert program == "ekost"
    return subprocess.run(
        [sys.executable, "-c", "from ekost_cli.main import main; main()", *words, *more],
        env={**os.environ, "EKOST_DATABASE_URL": url, "EKOST_LANG": "en", **variables},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


async def test_the_command_shown_gives_the_same_rows(screens: Screens, lived_in_url: str) -> None:
    async with screens(size=(160, 40)) as pilot:
        for keys, name, named in VIEWS:
            await press(pilot, *keys)
            await pilot.pause(0.3)
            await press(pilot, "enter")
            screen = listed(pilot)
            command = screen.query_one(StatusLine).command
            assert all(word in command for word in named), command
            expected = [getattr(line.row, name) for line in screen.table.rows[:50]]
            assert expected, command
            printed = json.loads(run_shown(command, lived_in_url, "-o", "json"))["items"]
            assert [item[name] for item in printed] == expected, command
            screen.query_one("#filter").value = ""  # type: ignore[attr-defined]
            await pilot.pause(0.3)
            await settled(pilot)


async def test_where_a_property_is_configured_the_command_names_all(screens: Screens, lived_in_url: str) -> None:
    async with screens(size=(160, 40), property_code="KOSA", usual_property="KOSA") as pilot:
        assert {line.row.property for line in listed(pilot).table.rows} == {"KOSA"}
        await press(pilot, "p", "enter")
        screen = listed(pilot)
        command = screen.query_one(StatusLine).command
        expected = [line.row.id for line in screen.table.rows[:50]]
        printed = json.loads(run_shown(command, lived_in_url, "-o", "json", EKOST_PROPERTY="KOSA"))["items"]
        assert [item["id"] for item in printed] == expected, command
        assert {item["property"] for item in printed} > {"KOSA"}


async def test_an_empty_book_tells_how_to_begin(screens: Screens, server_url: str, template: str) -> None:
    async with screens(clone(server_url, template)) as pilot:
        for key in "1235":
            await press(pilot, key)
            shown = "\n".join(text_of(pilot))
            assert "`ekost property add` begins a book," in shown, key
            assert "`ekost demo` shows a made-up one." in shown, key
            # There is nothing to open, and the help is always in sight.
            assert "Open" not in text_of(pilot)[-1]
            assert "? Help" in text_of(pilot)[-1]


async def test_days_stand_in_forms_as_they_are_said(screens: Screens) -> None:
    async with screens() as pilot:
        set_language("id")
        await press(pilot, "b")
        shown = "\n".join(text_of(pilot))
        assert "hari ini" in shown
        assert "--on" not in shown
