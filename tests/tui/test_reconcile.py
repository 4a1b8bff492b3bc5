"""The screen on which bank lines become payments: one key for the best candidate, a digit for another, one to undo."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from db.domain.bank.formats import read_statement
from db.engine import Database
from db.repositories.bank import Bank
from db.repositories.lookup import find_property
from db.services.bank.statements import bring_statement
from tests.tui.conftest import Screens, press, text_of
from tests.tui.forms import assert_sound


@pytest.fixture
def banked(lived_in: Database) -> tuple[Database, str]:
    """Three lines of the bank; the name of who paid the latest one."""
    with lived_in.transaction() as conn:
        prop = find_property(conn, "KOSA")
        query = "select name from tenant_list where property = 'KOSA' and room is not null order by id limit 1"
        name = str(conn.execute(text(query)).scalar_one())
        days = [f"{prop.today.replace(day=1).isoformat()}"] * 3
        rows = (
            f"{days[0]},SETORAN [b]X[/b],77",
            f"{days[1]},TOKEN PLN,-350000",
            f"{days[2]},TRSF CR {name.upper()},123456",
        )
        given = read_statement("\n".join(("date,description,amount", *rows)), "generic")
        bring_statement(conn, prop, "BCA", given, file_name="x.csv", form="generic")
    return lived_in, name


def states(database: Database) -> list[tuple[str, Decimal]]:
    with database.reading() as conn:
        return [(line.state, line.amount) for line in Bank(conn).page().items]


async def test_lines_are_matched_ignored_and_opened_again(screens: Screens, banked: tuple[Database, str]) -> None:
    database, name = banked
    async with screens(database.url, size=(80, 24)) as pilot:
        await press(pilot, "6", "d")
        shown = "\n".join(text_of(pilot))
        assert all(words in shown for words in ("3 open lines", name, "the name", "ekost bank lines --state open"))
        await press(pilot, "a")
        assert "2 open lines" in "\n".join(text_of(pilot))
        await press(pilot, "1")
        await press(pilot, "i")
        assert states(database) == [("matched", 123_456), ("matched", -350_000), ("ignored", 77)]
        await press(pilot, "u")
        shown = "\n".join(text_of(pilot))
        assert "1 open line" in shown
        assert "[b]X[/b]" in shown
        await press(pilot, "u", "u")
        assert [state for state, _ in states(database)] == ["open"] * 3
        await press(pilot, "/", "P", "L", "N", "enter")
        assert name.upper() not in "\n".join(text_of(pilot))
        await press(pilot, "escape", "escape", "escape")
        assert "ekost import list" in "\n".join(text_of(pilot))
    assert_sound(database)
