"""A fault of ours inside a form ends neither the application nor what was typed."""

import pytest

from db.engine import Database
from tests.tui.conftest import Screens, press, text_of
from tests.tui.forms import assert_sound, balance_of, fill, form, notes, seek, told
from tui.app import EkostApp
from tui.dialogs.form import FormDialog
from tui.dialogs.paying import PayDialog

SITI = ("SITI", "KOSA")


def fail(*_given: object) -> int:
    """As code does that divides a number by what somebody is called."""
    raise ZeroDivisionError("of Siti, NIK 3201")


async def test_what_was_typed_outlives_a_fault_of_ours_and_is_recorded_once(
    screens: Screens, lived_in: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")

        def complaint() -> str:
            assert "NIK 3201" not in "\n".join(text_of(pilot))
            assert form(pilot).lines.typed["amount"] == "250rb"
            return told(pilot, ".dialog--error")

        monkeypatch.setattr(PayDialog, "read_subject", fail)
        await press(pilot, "b")
        await fill(pilot, amount="250rb", reference="TRX-1")
        assert complaint() == (
            "Something happened here that nobody foresaw (ZeroDivisionError). "
            "What was typed is still there: try again, or leave and look."
        )
        monkeypatch.undo()
        monkeypatch.setattr(PayDialog, "attempt", fail)
        await fill(pilot, reference="TRX-2")
        assert "(ZeroDivisionError)" in complaint()
        assert told(pilot) == ""
        monkeypatch.undo()
        await fill(pilot, reference="TRX-3")
        assert complaint() == ""
        assert "Balance:" in told(pilot)
        monkeypatch.setattr(PayDialog, "carry_out", fail)
        await press(pilot, "ctrl+s")
        assert "(ZeroDivisionError)" in complaint()
        assert balance_of(lived_in, *SITI) == before
        monkeypatch.undo()
        monkeypatch.setattr(PayDialog, "done", fail)
        await press(pilot, "ctrl+s")
        assert "(ZeroDivisionError)" in complaint()
        monkeypatch.undo()
        await press(pilot, "ctrl+s")
        assert not isinstance(pilot.app.screen, FormDialog)
        assert notes(pilot)[-1].startswith("Payment #")
    assert balance_of(lived_in, *SITI) == before - 250_000
    assert_sound(lived_in)


async def test_a_list_to_choose_from_tells_of_a_fault_and_can_be_asked_again(
    screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with screens() as pilot:
        monkeypatch.setattr("tui.dialogs.house.find_houses", fail)
        await press(pilot, "p", "enter")
        shown = "\n".join(text_of(pilot))
        assert "(ZeroDivisionError)" in shown
        assert "NIK 3201" not in shown
        monkeypatch.undo()
        await press(pilot, *"kosa", "enter")
        app = pilot.app
        assert isinstance(app, EkostApp)
        assert app.house is not None
        assert app.house.code == "KOSA"
