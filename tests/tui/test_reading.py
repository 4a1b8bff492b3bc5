"""Meters and the closing of an account on the screen: what a form says is what is posted."""

from decimal import Decimal

from db.engine import Database
from db.repositories.lookup import find_tenant
from db.repositories.meters import Meters, ReadingRow, find_meter
from db.services.deposits import deposit_state
from tests.tui.conftest import Screens, press
from tests.tui.forms import assert_sound, balance_of, fill, notes, seek, told
from tui.dialogs.leaving import MoveOutDialog
from tui.dialogs.reading import ReadingDialog


def readings(database: Database) -> list[ReadingRow]:
    """Of room A1, the last one first."""
    with database.reading() as conn:
        return list(Meters(conn).readings(meter_ids=[find_meter(conn, "KOSA/A1").id]).items)


async def test_a_meter_of_the_room_under_the_cursor_is_read_and_taken_back(
    screens: Screens, lived_in: Database
) -> None:
    before = balance_of(lived_in, "BUDI", "KOSA")
    async with screens(lived_in.url) as pilot:
        await press(pilot, "p", *"KOSA", "enter")
        await seek(pilot, "3", "A1")
        await press(pilot, "M")
        assert isinstance(pilot.app.screen, ReadingDialog)
        assert "1,250.3" in told(pilot, ".dialog--title")
        await fill(pilot, value="1.000")
        assert "can be read as" in told(pilot, ".dialog--error")
        await fill(pilot, value="1250,2")
        assert "is less" in told(pilot, ".dialog--error")
        await fill(pilot, value="1327,8")
        assert told(pilot).splitlines() == [
            "1,250.3 → 1,327.8 = 77.5 kWh", "77.5 kWh × Rp1,445 = Rp111,988", "Charged to BUDI.",
        ]  # fmt: skip
        assert told(pilot, "#command") == "$ ekost meter read KOSA/A1 1327,8"
        await fill(pilot, old_last="1300", new_first="0", value="12")
        assert told(pilot, "#command") == "$ ekost meter read KOSA/A1 12 --replaced 1300 0"
        await fill(pilot, old_last="", new_first="", value="1327,8")
        await press(pilot, "ctrl+s")
        assert readings(lived_in)[0].value == Decimal("1327.8")
        assert balance_of(lived_in, "BUDI", "KOSA") == before + 111_988
        await press(pilot, "z")
        assert readings(lived_in)[0].state == "voided"
        assert balance_of(lived_in, "BUDI", "KOSA") == before
    assert_sound(lived_in)


async def test_who_moves_out_is_settled_with_in_the_same_form(screens: Screens, lived_in: Database) -> None:
    async with screens(lived_in.url, size=(120, 40)) as pilot:
        await seek(pilot, "2", "budi santoso")
        await press(pilot, "o")
        assert isinstance(pilot.app.screen, MoveOutDialog)
        await fill(pilot, reading="1340.2", damage="200rb", what="Jendela [b]pecah[/b]", deposit="settle")
        preview = told(pilot)
        assert all(words in preview for words in ("Total owed: Rp329,906", "To be paid out to the tenant: Rp1,170,094"))
        assert told(pilot, "#command") == (
            "$ ekost tenant close BUDI --meter electricity=1340.2 --damage 'Jendela [b]pecah[/b]=200rb' --property KOSA"
        )
        await press(pilot, "ctrl+s")
        assert notes(pilot)[-1] == "The account of Budi Santoso is closed."
    assert balance_of(lived_in, "BUDI", "KOSA") == 0
    with lived_in.reading() as conn:
        assert deposit_state(conn, find_tenant(conn, "BUDI", "KOSA").id).held == 0
    assert_sound(lived_in)
