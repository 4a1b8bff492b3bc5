"""The round from meter to meter on the screen: figures in a row, doubts, another day, and all of it posted once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from textual.pilot import Pilot
from textual.widgets import Input, Static

from db.engine import Database
from db.repositories.lookup import find_property
from db.repositories.meters import Meters, ReadingRow
from db.services.readings import Read, post_readings
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import assert_sound, balance_of, notes
from tui.screens.meterround import RoundScreen


@pytest.fixture
def metered(lived_in: Database) -> Database:
    """A2 uses little every week."""
    with lived_in.transaction() as conn:
        house = find_property(conn, "KOSA")
        second = Meters(conn).walk(house.id)[1]
        for days, more in ((14, 5), (7, 10)):
            now = Meters(conn).refs([second.id])[second.id]
            post_readings(conn, [Read(now, second.last + more)], house.today - timedelta(days=days))
    return lived_in


def readings(database: Database) -> list[ReadingRow]:
    with database.reading() as conn:
        return list(Meters(conn).readings(property_id=find_property(conn, "KOSA").id).items)


def said(pilot: Pilot[None]) -> list[str]:
    return str(pilot.app.screen.query_one("#stop", Static).content).splitlines()


async def typed(pilot: Pilot[None], words: str) -> None:
    pilot.app.screen.query_one("#reading", Input).value = words
    await press(pilot, "enter")


async def test_a_round_is_read_doubted_left_taken_up_again_and_posted_once(screens: Screens, metered: Database) -> None:
    known, before = len(readings(metered)), balance_of(metered, "BUDI", "KOSA")
    async with screens(metered.url, size=(80, 24)) as pilot:
        await press(pilot, "p", *"KOSA", "enter", "3", "R")
        assert isinstance(pilot.app.screen, RoundScreen)
        assert said(pilot)[1].startswith("A1  Budi Santoso  electricity (kWh)  1,250.3")
        for words, complaint in (
            ("1.400", "can be read as"),
            ("1250,2", "is less"),
            ("1>2>3>4", "is not a meter reading"),
        ):
            await typed(pilot, words)
            assert complaint in said(pilot)[2]
        await typed(pilot, "1300>12")
        assert said(pilot)[1].startswith("A2  Ani Lestari")
        await press(pilot, "up", *"1327,8", "enter")
        assert "77.5  Rp111,988" in text_of(pilot)[6]
        await typed(pilot, "999")
        assert "much more than usual" in said(pilot)[2]
        await press(pilot, "enter")
        assert said(pilot)[1].startswith("A3")
        await press(pilot, "minus", "escape")
        assert "R goes on" in "".join(notes(pilot))
        await press(pilot, "R")
        assert said(pilot)[1].startswith("A3")
        await press(pilot, "plus", "plus")
        assert len(readings(metered)) == known
        assert "2 readings" in said(pilot)[0]
        await press(pilot, "ctrl+s")
        assert "2 readings, 2 charged." in "\n".join(text_of(pilot))
        await press(pilot, "enter")
        assert len(readings(metered)) == known + 2
        assert balance_of(metered, "BUDI", "KOSA") == before + 111_988
        assert {row.read_on for row in readings(metered)[:2]} == {pilot_day(metered)}
        await press(pilot, "z")
        assert [row.state for row in readings(metered)[:2]] == ["voided"] * 2
        assert balance_of(metered, "BUDI", "KOSA") == before
        await press(pilot, "R")
        assert "0 readings" in said(pilot)[0]
    assert_sound(metered)


def pilot_day(database: Database) -> object:
    with database.reading() as conn:
        return find_property(conn, "KOSA").today


async def test_of_all_houses_one_is_chosen_and_one_without_meters_says_so(screens: Screens, metered: Database) -> None:
    async with screens(metered.url) as pilot:
        await press(pilot, "3", "R")
        assert "property" in said(pilot)[0].lower()
        await press(pilot, "p", *"KOSB", "enter")
        assert "There are no meters" in said(pilot)[0]
        await press(pilot, "p", *"KOSA", "enter", *"1327,8", "enter")
        assert "1 reading" in said(pilot)[0]


async def test_what_was_typed_survives_that_the_server_goes_away(screens: Screens, metered: Database) -> None:
    known = len(readings(metered))
    async with screens(metered.url) as pilot:
        await press(pilot, "p", *"KOSA", "enter", "3", "R")
        await typed(pilot, "1327,8")
        await typed(pilot, "")
        await typed(pilot, "5000>2>40")
        metered.engine.dispose()
        with metered.transaction() as conn:
            conn.execute(
                text("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                     " and datname = current_database()")
            )  # fmt: skip
        await press(pilot, "ctrl+s")
        await settled(pilot)
        await press(pilot, "ctrl+s", "enter")
        rows = readings(metered)[:2]
        assert len(readings(metered)) == known + 2
        assert {(row.value, row.old_last, row.new_first) for row in rows} == {
            (Decimal("1327.8"), None, None), (Decimal(40), Decimal(5000), Decimal(2)),
        }  # fmt: skip
    assert_sound(metered)
