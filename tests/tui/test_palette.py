"""Everything by name: what keys do, and what the book holds."""

import pytest
from textual.pilot import Pilot

from db.engine import Database
from db.repositories.balances import Balances
from tests.tui.conftest import Screens, press, settled, text_of
from tui.details.tenant import TenantDetail
from tui.screens.listed import ListScreen


async def say(pilot: Pilot[None], words: str) -> None:
    """Open the palette, type, wait for what is found, choose the first."""
    await press(pilot, "colon", *words)
    await pilot.pause(0.6)
    await settled(pilot)
    await press(pilot, "enter")
    await pilot.pause(0.1)
    await settled(pilot)


async def test_a_key_by_its_name_in_the_language_of_now(screens: Screens) -> None:
    async with screens() as pilot:
        await say(pilot, "balances")
        assert text_of(pilot)[22].startswith(" $ ekost balance list")
        await press(pilot, "L")
        await say(pilot, "kamar")
        assert text_of(pilot)[22].startswith(" $ ekost room list")


async def test_a_tenant_a_property_and_a_room_by_name(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        debtor = Balances(conn).page(limit=1).items[0]
    async with screens() as pilot:
        await say(pilot, debtor.tenant.lower())
        assert isinstance(pilot.app.screen, TenantDetail)
        assert debtor.tenant_name in text_of(pilot)[1]
        await press(pilot, "escape")
        await say(pilot, "anggrek")
        assert text_of(pilot)[0].endswith("KOSB")
        await say(pilot, "kosb/b1")
        screen = pilot.app.screen
        assert isinstance(screen, ListScreen)
        assert {line.row.number[:2] for line in screen.table.rows} == {"B1"}


@pytest.mark.parametrize("theme", ["textual-light", "ansi-dark"])
async def test_another_theme_shows_the_same(screens: Screens, theme: str) -> None:
    async with screens() as pilot:
        before = text_of(pilot)
        pilot.app.theme = theme
        await settled(pilot)
        assert text_of(pilot) == before


async def test_without_colour_states_and_the_cursor_are_told_apart(
    screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with screens() as pilot:
        await press(pilot, "5")
        assert pilot.app.no_color
        assert "! unpaid" in text_of(pilot)[2]
        strips = pilot.app.screen._compositor.render_strips()
        assert [segment.style for segment in strips[2]] != [segment.style for segment in strips[3]]


async def test_a_name_that_looks_like_markup_or_a_command_to_the_terminal_is_shown_as_it_is(
    screens: Screens, lived_in: Database
) -> None:
    from db.repositories.lookup import find_property
    from db.services.tenants import add_tenant

    with lived_in.transaction() as conn:
        add_tenant(conn, find_property(conn, "KOSA"), "[bold red]Aaa[/] $HOME [@click=app.quit]x[/]", code="EVIL")
    async with screens(lived_in.url, size=(120, 40)) as pilot:
        assert "[bold red]Aaa[/]" in text_of(pilot)[2]
        await press(pilot, "home", "enter")
        assert "[bold red]Aaa[/] $HOME [@click=app.quit]x[/]" in text_of(pilot)[1]
        await press(pilot, "b")
        assert any("Payment of [bold red]Aaa[/]" in line for line in text_of(pilot))
