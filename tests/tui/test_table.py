"""The big table on a book with several pages of tenants."""

import pytest

from db.engine import Database
from db.repositories.tenants import Tenants
from tests.tui.conftest import Screens, press, settled, text_of
from tui.screens.tenants import TenantsScreen
from tui.widgets.table.table import KeysetTable


def table(pilot: object) -> KeysetTable:
    screen = pilot.app.screen  # type: ignore[attr-defined]
    assert isinstance(screen, TenantsScreen)
    return screen.table


def names_in(url: str) -> list[str]:
    """Every tenant's code, by name."""
    with Database(url).reading() as conn:
        return [row.code for row in Tenants(conn).page(sort="name", limit=100_000).items]


def code(pilot: object) -> str:
    line = table(pilot).current
    assert line is not None
    return str(line.row.code)


async def test_the_first_rows_are_there(screens: Screens, lived_in_url: str) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        shown = text_of(pilot)
        assert shown[1].split() == ["Name▲", "Code", "Balance", "Room", "Rent", "a", "month"]
        assert [line.split("  ")[0] for line in shown[2:4]] == ["", ""]
        assert all(code in line for code, line in zip(codes, shown[2:22], strict=False))
        assert "ekost tenant list --sort name" in shown[22]


async def test_every_row_is_reached_by_leafing_and_none_twice(screens: Screens, lived_in_url: str) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        seen = [code(pilot)]
        while len(seen) < len(codes):
            table(pilot).action_step(1)
            if code(pilot) == seen[-1]:
                await settled(pilot)  # faster than the next page
            else:
                seen.append(code(pilot))
        assert seen == codes
        table(pilot).action_step(1)
        assert code(pilot) == codes[-1]


async def test_the_end_is_read_from_the_end_and_leads_back_to_the_beginning(
    screens: Screens, lived_in_url: str
) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        await press(pilot, "end")
        seen = [code(pilot)]
        while len(seen) < len(codes):
            table(pilot).action_step(-1)
            if code(pilot) == seen[-1]:
                await settled(pilot)
            else:
                seen.append(code(pilot))
        assert seen == codes[::-1]
        assert table(pilot).cursor == 0
        assert table(pilot).known == (len(codes), True)


async def test_a_page_down_moves_what_is_seen(screens: Screens, lived_in_url: str) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        for page in range(1, 12):
            await press(pilot, "pagedown")
            assert code(pilot) == codes[page * 19]
        for page in range(10, -1, -1):
            await press(pilot, "pageup")
            assert code(pilot) == codes[page * 19]


async def test_two_pages_in_one_breath_are_two_pages(screens: Screens, lived_in_url: str) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        for page in (2, 4):
            table(pilot).action_leaf(1)
            table(pilot).action_leaf(1)
            assert table(pilot)._seen()[0] == table(pilot).cursor == page * 19
            await settled(pilot)
            assert codes[page * 19] in text_of(pilot)[2]


async def test_no_more_than_the_window_is_kept(screens: Screens, lived_in_url: str) -> None:
    async with screens() as pilot:
        feed = table(pilot)._feed
        assert feed is not None
        feed.window._most = 650  # room for what is seen and a page read ahead on either side
        while not table(pilot).known[1]:
            table(pilot).action_leaf(1)
            await settled(pilot)
            assert len(feed.window) < 850
        assert feed.window.start > 0
        await press(pilot, "home")
        assert table(pilot).cursor == 0
        assert table(pilot).current is not None


async def test_the_list_upside_down(screens: Screens, lived_in_url: str) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        await press(pilot, "S")
        assert code(pilot) == codes[-1]
        await press(pilot, "end")
        assert code(pilot) == codes[0]
        await press(pilot, *["pageup"] * 3)
        assert code(pilot) == codes[57]


async def test_the_filter_asks_the_server(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        expected = [row.code for row in Tenants(conn).page(sort="name", matching="siti", limit=1000).items]
    async with screens() as pilot:
        await press(pilot, "slash", *"siti")
        await press(pilot, "enter")
        assert [line.row.code for line in table(pilot).rows] == expected[: len(table(pilot).rows)]
        await press(pilot, "escape")
        assert len(table(pilot).rows) > len(expected)
        await press(pilot, "slash", *"nobody at all")
        assert "Nothing matches “nobody at all”." in text_of(pilot)[3]


async def test_the_cursor_stays_on_its_row_when_it_is_read_again(screens: Screens) -> None:
    async with screens() as pilot:
        await press(pilot, *["pagedown"] * 12)
        before, seen = code(pilot), text_of(pilot)
        await press(pilot, "r")
        assert (code(pilot), text_of(pilot)) == (before, seen)


async def test_the_cursor_goes_on_while_what_is_seen_is_read_again(screens: Screens, lived_in_url: str) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        for page in range(1, 4):
            table(pilot).reread()
            table(pilot).action_leaf(1)
            await settled(pilot)
            assert code(pilot) == codes[page * 19]


async def test_marked_rows_are_copied_as_lines_of_cells(screens: Screens, lived_in_url: str) -> None:
    codes = names_in(lived_in_url)
    async with screens() as pilot:
        await press(pilot, "space", "down", "space", "Y")
        copied = pilot.app.clipboard.splitlines()
        assert [line.split("\t")[1] for line in copied] == [codes[0], codes[2]]
        await press(pilot, "u", "right", "y")
        assert pilot.app.clipboard == codes[3]


async def test_hidden_columns_come_into_sight_sideways(screens: Screens) -> None:
    async with screens() as pilot:
        assert "E-mail" not in text_of(pilot)[1]
        await press(pilot, *["right"] * 14)
        assert text_of(pilot)[1].split()[0] == "Name▲"
        assert "Added" in text_of(pilot)[1]
        await press(pilot, *["left"] * 20)
        assert "Balance" in text_of(pilot)[1]


async def test_a_wide_terminal_shows_more(screens: Screens) -> None:
    async with screens(size=(160, 40)) as pilot:
        assert "Property" in text_of(pilot)[1]
        assert "In since" in text_of(pilot)[1]
        await pilot.resize_terminal(60, 20)
        await press(pilot)
        assert text_of(pilot)[1].split()[:3] == ["Name▲", "Code", "Balance"]


async def test_half_pages_whole_rows_and_how_long_the_list_is(screens: Screens, lived_in_url: str) -> None:
    count = f"{len(names_in(lived_in_url)):,}"
    async with screens() as pilot:
        assert text_of(pilot)[22].endswith(f" 1 of {count}")
        await press(pilot, "ctrl+d", "ctrl+d")
        assert text_of(pilot)[22].endswith(f" 21 of {count}")
        await press(pilot, "ctrl+u")
        assert text_of(pilot)[22].endswith(f" 11 of {count}")
        await press(pilot, "end")
        assert text_of(pilot)[22].endswith(f" {count} of {count}")
        await press(pilot, "up", "W")
        shown = "\n".join(text_of(pilot))
        line = pilot.app.screen_stack[-2].query_one(KeysetTable).current
        assert line is not None
        words = [words for words, _color in line.cells if words.strip()]
        assert [word for word in words[:5] if word not in shown] == []
        await press(pilot, "escape")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("db.repositories.extent.MOST", 500)
            await press(pilot, "S")
        assert text_of(pilot)[22].endswith(" 1 of 500+")
