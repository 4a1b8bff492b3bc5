"""What tests of forms have in common: going to a row, typing into lines, and looking at the book behind them."""

from decimal import Decimal

from textual.pilot import Pilot
from textual.widgets import Static

from db.engine import Database
from db.repositories.balances import BalanceRow, Balances
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import find_tenant
from tests.tui.conftest import press, settled
from tui.dialogs.form import FormDialog


async def seek(pilot: Pilot[None], mode: str, words: str) -> None:
    """Put the cursor on the first row of a list that fits some words."""
    await press(pilot, mode, "slash", *words)
    await pilot.pause(0.2)
    await press(pilot, "enter")


def form(pilot: Pilot[None]) -> FormDialog[object]:
    """The form that is open."""
    screen = pilot.app.screen
    assert isinstance(screen, FormDialog), screen
    return screen


async def fill(pilot: Pilot[None], **texts: str) -> None:
    """Let these texts stand in the lines, and wait for what they would do."""
    for name, text in texts.items():
        form(pilot).lines.box(name).value = text
    await settled(pilot)


def told(pilot: Pilot[None], where: str = "#preview") -> str:
    """What the form says: what it would do (#preview), the command (#command), or what is wrong (.dialog--error)."""
    return str(form(pilot).query_one(where, Static).content)


def notes(pilot: Pilot[None]) -> list[str]:
    """What was told in passing."""
    return [note.message for note in pilot.app._notifications]


def row_of(database: Database, code: str, house: str) -> BalanceRow:
    """How a tenant stands."""
    with database.reading() as conn:
        return Balances(conn).row(find_tenant(conn, code, house).id)


def balance_of(database: Database, code: str, house: str) -> Decimal:
    """What a tenant owes."""
    return row_of(database, code, house).outstanding_balance


def assert_sound(database: Database) -> None:
    """Every invariant of the book holds."""
    with database.reading() as conn:
        assert list(run_checks(conn)) == []
