"""Every mode shows what the book holds, of the property that was chosen, in the language of now."""

import pytest

from db.engine import Database
from db.repositories.balances import Balances
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_property
from db.repositories.rooms import Rooms
from tests.tui.conftest import Screens, press, settled, text_of
from tui.screens.listed import ListScreen

MODES = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]


def listed(pilot: object) -> ListScreen:
    screen = pilot.app.screen  # type: ignore[attr-defined]
    assert isinstance(screen, ListScreen)
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_every_mode_fits_its_terminal(screens: Screens, size: tuple[int, int]) -> None:
    async with screens(size=size) as pilot:
        for key in MODES:
            await press(pilot, key)
            shown = text_of(pilot)
            assert len(shown) == size[1]
            assert f" {key} " in f"{shown[0]} "
            assert shown[-2].startswith(" $ ekost ")
            assert shown[-1].strip()


async def test_balances_begin_with_the_worst(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        expected = Balances(conn).page(limit=20).items
    async with screens() as pilot:
        await press(pilot, "5")
        rows = [line.row for line in listed(pilot).table.rows[:20]]
        assert rows == expected
        assert "! unpaid" in text_of(pilot)[2]


async def test_balances_are_narrowed_and_aged(screens: Screens) -> None:
    async with screens() as pilot:
        await press(pilot, "5", "t")
        assert {line.row.status for line in listed(pilot).table.rows} == {"unpaid"}
        assert "ekost balance list --status unpaid" in text_of(pilot)[22]
        await press(pilot, "a")
        assert "Over 90 days" in text_of(pilot)[1]
        assert "ekost balance aging --sort outstanding" in text_of(pilot)[22]
        totals = [line.row.total for line in listed(pilot).table.rows]
        assert totals == sorted(totals, reverse=True)
        await press(pilot, "s")
        names = [line.row.tenant_name.lower() for line in listed(pilot).table.rows]
        assert names == sorted(names)
        assert text_of(pilot)[22].startswith(" $ ekost balance aging  ")
        await press(pilot, "a")
        assert "Status" in text_of(pilot)[1]


async def test_payments_of_some_days(screens: Screens, lived_in_url: str) -> None:
    async with screens() as pilot:
        await press(pilot, "4", "right_square_bracket", "left_square_bracket")
        scope = listed(pilot).scope
        assert scope.since is not None
        assert scope.until is not None
        with Database(lived_in_url).reading() as conn:
            expected = Ledger(conn).payments(since=scope.since, until=scope.until, limit=50).items
        assert [line.row for line in listed(pilot).table.rows[:50]] == expected
        assert f"--from {scope.since} --until {scope.until}" in text_of(pilot)[22]


async def test_days_are_read_as_on_the_command_line(screens: Screens) -> None:
    async with screens() as pilot:
        await press(pilot, "4", "d", *"2026-13-01")
        assert any("“2026-13-01” is not a date." in line for line in text_of(pilot))
        await press(pilot, "enter")
        await press(pilot, *["backspace"] * 10, *"kemarin", "enter")
        assert listed(pilot).scope.since is not None
        assert listed(pilot).scope.until is None


async def test_rooms_stand_in_the_order_of_their_numbers_with_a_sign_for_their_state(
    screens: Screens, lived_in_url: str
) -> None:
    with Database(lived_in_url).reading() as conn:
        expected = Rooms(conn).page(limit=20).items
    async with screens() as pilot:
        await press(pilot, "3")
        assert [line.row for line in listed(pilot).table.rows[:20]] == expected
        assert any("x in renovation" in line for line in text_of(pilot))


async def test_another_property_is_chosen_for_all_modes(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        house = find_property(conn, "KOSB")
        codes = [row.code for row in __tenants(conn, house.id)]
    async with screens() as pilot:
        await press(pilot, "5", "2")
        await press(pilot, "p", *"kosb", "enter")
        assert [line.row.code for line in listed(pilot).table.rows] == codes
        assert text_of(pilot)[0].endswith("KOSB")
        await press(pilot, "5")
        assert {line.row.property for line in listed(pilot).table.rows} == {"KOSB"}
        await press(pilot, "p", "enter")
        assert len({line.row.property for line in listed(pilot).table.rows}) > 1


def __tenants(conn: object, property_id: int) -> list[object]:
    from db.repositories.tenants import Tenants

    return list(Tenants(conn).page(property_id=property_id, sort="name", limit=500).items)  # type: ignore[arg-type]


async def test_the_command_line_names_a_property(screens: Screens) -> None:
    async with screens(property_code="kosa") as pilot:
        await settled(pilot)
        assert {line.row.property for line in listed(pilot).table.rows} == {"KOSA"}
        assert text_of(pilot)[0].endswith("KOSA")
    async with screens(property_code="NONE") as pilot:
        await settled(pilot)
        assert [note.message for note in pilot.app._notifications] == [
            "There is no property NONE. `ekost property list` shows the codes."
        ]


async def test_the_other_language_is_spoken_at_once(screens: Screens) -> None:
    async with screens() as pilot:
        await press(pilot, "down", "down", "L")
        shown = text_of(pilot)
        assert "Penyewa" in shown[0]
        assert shown[1].split()[0] == "Nama▲"
        assert "Rp1.800.000" in "".join(shown)
        assert listed(pilot).table.cursor == 2
        await press(pilot, "5")
        assert "Nama" in text_of(pilot)[1]
        await press(pilot, "L")
        assert "Name" in text_of(pilot)[1]


async def test_the_overview_adds_up(screens: Screens) -> None:
    async with screens(size=(120, 40)) as pilot:
        await press(pilot, "1")
        shown = "\n".join(text_of(pilot))
        for title in ("Rooms", "Charged and received", "Largest debts", "Last payments", "Due today", "Leaving soon"):
            assert title in shown
        assert "█" in shown


async def test_keys_are_told_where_one_is(screens: Screens) -> None:
    async with screens(size=(120, 40)) as pilot:
        await press(pilot, "5", "question_mark")
        shown = "\n".join(text_of(pilot))
        assert "Aging" in shown
        assert "Copy the cell" in shown
        await press(pilot, "escape", "ctrl+c")
        assert [note.message for note in pilot.app._notifications] == ["Press ^q to quit."]
        await press(pilot, "q")
