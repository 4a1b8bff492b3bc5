"""The screen of expenses: what was spent, who holds the cash, and the forms that change it."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from textual.pilot import Pilot

from db.engine import Database
from db.repositories.cash import Cash
from db.repositories.expenses import Expenses
from db.repositories.lookup import find_property
from db.services.cash import hand_over_cash
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import assert_sound, fill, form, notes, told


def shown(pilot: Pilot[None], words: str) -> bool:
    return any(words in line for line in text_of(pilot))


@pytest.fixture
def staffed(lived_in: Database) -> Database:
    """Rini is of the staff, and is to confirm that she has got 200,000."""
    with lived_in.transaction() as conn:
        conn.execute(text("insert into logins (role_name, grade) values ('rini', 'staff')"))
        hand_over_cash(conn, find_property(conn, "KOSA"), Decimal(200_000), "rini")
    return lived_in


def held(database: Database) -> dict[str, Decimal]:
    with database.reading() as conn:
        return {row.actor: row.held for row in Cash(conn).held()}


async def test_an_expense_is_recorded_and_taken_back_where_the_cash_is_seen(
    screens: Screens, staffed: Database
) -> None:
    before = held(staffed)
    async with screens(staffed.url) as pilot:
        await press(pilot, "8")
        assert shown(pilot, "(Rp200,000 to be confirmed)")
        await press(pilot, "E")
        await fill(pilot, amount="125rb", property="KOSA", room="A8", payee="[b]U[/b]")
        form(pilot).lines.box("category").value = "maintenance"
        await settled(pilot)
        assert "Rp125,000 for maintenance" in told(pilot)
        assert told(pilot, "#command").startswith("$ ekost expense add 125rb --property KOSA --category maintenance")
        await press(pilot, "ctrl+s")
        assert notes(pilot)[-1].startswith("Expense #")
        await press(pilot, "t", "t", "t", "t")
        assert shown(pilot, "expense list --category maintenance")
        assert shown(pilot, "[b]U[/b]")
        await press(pilot, "v")
        await fill(pilot, reason="his brother paid")
        assert "-Rp125,000 is posted today" in told(pilot)
        await press(pilot, "ctrl+s")
    with staffed.reading() as conn:
        first, second, *_ = Expenses(conn).page(category="maintenance").items
    assert (first.reverses_id, first.reason, second.room) == (second.id, "his brother paid", "A8")
    assert held(staffed) == before
    assert_sound(staffed)


async def test_cash_is_handed_over_counted_and_taken_back(screens: Screens, staffed: Database) -> None:
    async with screens(staffed.url) as pilot:
        await press(pilot, "8", "a")
        assert shown(pilot, "to be confirmed")
        await press(pilot, "O")
        await fill(pilot, counted="900rb", property="KOSA")
        assert "Variance: " in told(pilot)
        await press(pilot, "ctrl+s")
        await press(pilot, "H")
        await fill(pilot, amount="50jt", to="rini", property="KOSA")
        assert "in hand" in told(pilot, ".dialog--error")
        await fill(pilot, amount="100rb")
        assert "rini has to confirm it." in told(pilot)
        await press(pilot, "ctrl+s")
        await press(pilot, "home", "K")
        assert "is to be confirmed by rini" in told(pilot, ".dialog--error")
        await press(pilot, "escape", "v")
        await fill(pilot, reason="she was not there")
        await press(pilot, "ctrl+s")
    with staffed.reading() as conn:
        states = [(row.kind, row.state, row.amount) for row in Cash(conn).page(limit=2).items]
        assert conn.execute(text("select count(*) from cash_voids")).scalar_one() == 1
    assert states == [("handover", "voided", 100_000), ("count", "done", None)]
    assert_sound(staffed)
