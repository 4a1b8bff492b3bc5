"""Rooms on a board: in the order of their numbers, floor by floor, moved over by arrows, as long as a house is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from textual.pilot import Pilot

from db.engine import Database
from db.repositories.lookup import find_property
from db.repositories.rooms import Rooms
from tests.tui.conftest import Screens, press, settled, text_of
from tui.details.room import RoomDetail
from tui.dialogs.roomstatus import RoomStatusDialog
from tui.listings.floors import floor_of
from tui.screens.rooms import RoomsScreen
from tui.widgets.board.board import Board
from tui.widgets.board.shelves import Shelves

MANY = 2400


def board(pilot: Pilot[None]) -> Board:
    screen = pilot.app.screen
    assert isinstance(screen, RoomsScreen)
    assert isinstance(screen.table, Board)
    return screen.table


def number(pilot: Pilot[None]) -> str:
    line = board(pilot).current
    assert line is not None
    return str(line.row.number)


@pytest.mark.parametrize(
    ("room", "floor"),
    [("104", "1"), ("1204", "12"), ("B7", "B"), ("B204", "B2"), ("3-11", "3"), ("7", ""), ("A2-301", "A2-3"),
     ("KAMAR.5", "KAMAR"), ("101A", "1"), ("ANNEX", "ANNEX")],
)  # fmt: skip
def test_a_number_tells_its_floor(room: str, floor: str) -> None:
    assert floor_of(room) == floor


@given(
    st.lists(st.integers(1, 12), max_size=8), st.integers(1, 7), st.integers(0, 50), st.integers(0, 90), st.booleans()
)
def test_every_row_stands_on_one_shelf(sizes: list[int], across: int, start: int, y: int, named: bool) -> None:
    groups = [(f"floor {n}" if named else "") for n, size in enumerate(sizes) for _room in range(size)]
    shelves = Shelves(groups, start=start, y=y, across=across)
    found: list[int] = []
    line = y
    while (shelf := shelves.at(line)) is not None:
        assert shelf.size <= across
        found += range(shelf.first, shelf.first + shelf.size)
        assert len({groups[n - start] for n in range(shelf.first, shelf.first + shelf.size)}) == 1
        assert all(shelves.of(n) == shelf for n in range(shelf.first, shelf.first + shelf.size))
        line = shelf.end
    assert found == list(range(start, start + len(groups)))
    assert line == shelves.bottom
    assert (shelves.of(start - 1), shelves.of(start + len(groups))) == (None, None)


async def test_a_property_is_a_board_and_all_of_them_a_list(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        rooms = Rooms(conn).page(property_id=find_property(conn, "KOSA").id, limit=100).items
    async with screens() as pilot:
        await press(pilot, "3")
        assert not isinstance(pilot.app.screen.table, Board)  # type: ignore[attr-defined]
        await press(pilot, "p", *"kosa", "enter")
        assert [line.row for line in board(pilot).rows] == rooms
        shown = text_of(pilot)
        assert [word in shown[1] for word in ("□ available", "■ occupied", "x in renovation")] == [True] * 3
        assert shown[2] == " KOSA  Block A"
        assert shown[3].split()[:6] == ["■", "A1", "1/1", "■", "A2", "1/1"]
        assert "Siti Rahmawati" in shown[4][32:48]  # lives in A3
        assert "in renovation" in shown[7]
        await press(pilot, "right", "right", "down")  # A8, below A3
        assert number(pilot) == "A8"
        await press(pilot, "w")
        assert isinstance(pilot.app.screen, RoomStatusDialog)
        assert "A8" in "\n".join(text_of(pilot))
        await press(pilot, "escape", "left", "enter")
        assert isinstance(pilot.app.screen, RoomDetail)
        assert "KOSA/A7" in text_of(pilot)[1]
        await press(pilot, "escape", "end")
        assert number(pilot) == rooms[-1].number
        await press(pilot, "up")
        assert number(pilot) == "A7"
        await press(pilot, "V")
        table = pilot.app.screen.table
        assert not isinstance(table, Board)
        assert table.current.row.number == "A7"
        assert "ekost room list --property KOSA" in text_of(pilot)[22]
        await press(pilot, "V")
        assert (number(pilot), text_of(pilot)[2]) == ("A7", " KOSA  Block A")
        await press(pilot, "t", "t", "t")
        assert [line.row.status for line in board(pilot).rows] == ["renovation"]
        await press(pilot, "t", "slash", *"a1")
        await pilot.pause(0.2)
        await press(pilot, "enter")
        assert [line.row.number for line in board(pilot).rows] == [r.number for r in rooms if r.number.startswith("A1")]
        await pilot.click("#board", offset=(17, 2))
        await settled(pilot)
        assert number(pilot) == "A10"


async def test_a_house_of_thousands_is_read_as_it_is_looked_at(screens: Screens, lived_in: Database) -> None:
    with lived_in.transaction() as conn:
        conn.execute(
            text(
                """insert into rooms (property_id, number, monthly_rent)
                   select p.id, ((n / 40 + 1) * 100 + n % 40 + 1)::text, 1
                     from properties p, generate_series(0, :many) n where p.code = 'KOSB'"""
            ),
            {"many": MANY - 1},
        )
        house = find_property(conn, "KOSB").id
        order = [row.number for row in Rooms(conn).page(property_id=house, limit=MANY + 100).items]
    async with screens(lived_in.url, property_code="KOSB", size=(120, 40)) as pilot:
        await press(pilot, "3", "home")
        table = board(pilot)
        assert len(table.rows) < len(order)
        seen: list[str] = []
        while order[-1] not in seen:
            before = number(pilot)
            table.action_leaf(1)
            if number(pilot) == before:
                await settled(pilot)
            rooms = [line.row.number for line in table.rows]
            at = rooms.index(number(pilot))
            seen += rooms
            assert table.cursor == order.index(rooms[at])
        assert set(seen) == set(order)
        assert len(table.rows) < len(order)
        await press(pilot, "home", "end")
        assert number(pilot) == order[-1]
        assert any(f"{order[-1]} " in line for line in text_of(pilot))
        tops = []
        while number(pilot) not in order[:5]:
            top = number(pilot)
            table.action_leaf(-1)
            await settled(pilot)
            assert any(f" {number(pilot)} " in line for line in text_of(pilot))
            assert number(pilot) != top
            tops.append(order.index(number(pilot)))
        assert tops == sorted(tops, reverse=True)
        assert table.cursor == tops[-1]
