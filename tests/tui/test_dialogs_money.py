"""Charges and corrections on the screen: what the form says is what the book holds afterwards."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import make_url, text

from db.engine import ConnectionLostError, Database
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_tenant
from locales.formats import money
from tests.conftest import command
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import assert_sound, balance_of, fill, form, notes, seek, told
from tui.dialogs.asking import LeaveDialog
from tui.dialogs.form import FormDialog

SITI = ("SITI", "KOSA")


async def test_a_charge_is_posted_as_its_preview_says_and_taken_back_with_one_key(
    screens: Screens, lived_in: Database
) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "c")
        await fill(pilot, amount="112rb", kind="electricity", description="77,5 kWh")
        after = before + 112_000
        assert f"Balance: {money(before, 'IDR')} → {money(after, 'IDR')}" in told(pilot)
        assert "electricity" in told(pilot)
        expected = "$ ekost charge add SITI 112rb --kind electricity --description '77,5 kWh' --property KOSA"
        assert told(pilot, "#command") == expected
        assert balance_of(lived_in, *SITI) == before
        await press(pilot, "enter", "enter")
        assert balance_of(lived_in, *SITI) == after
        with lived_in.reading() as conn:
            row = Ledger(conn).charges(tenant_id=find_tenant(conn, *SITI).id, kind="electricity").items[0]
        assert (row.amount, row.description) == (Decimal(112_000), "77,5 kWh")
        await press(pilot, "z")
        assert balance_of(lived_in, *SITI) == before
        assert notes(pilot)[-1] == f"Charge #{row.id} is taken back."
    assert_sound(lived_in)


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"amount": "1.5"}, "can be read as"),
        ({"amount": "lots"}, "is not an amount"),
        ({"amount": "0"}, "more than zero"),
        ({"amount": "5rb", "due": "31-12-2026"}, "is not a date"),
        ({"amount": "5rb", "on": "tomorrow"}, "is in the future"),
    ],
)
async def test_what_is_wrong_is_said_in_the_words_of_the_command_line(
    screens: Screens, lived_in_url: str, texts: dict[str, str], sentence: str
) -> None:
    async with screens() as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "c")
        await fill(pilot, **texts)
        assert sentence in told(pilot, ".dialog--error")
        assert told(pilot) == ""
        await press(pilot, "ctrl+s")
        assert sentence in told(pilot, ".dialog--error")
        assert isinstance(pilot.app.screen, FormDialog)


async def test_nothing_is_recorded_while_a_needed_line_is_empty(screens: Screens) -> None:
    async with screens() as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "c", "tab", "enter")
        assert pilot.app.focused is form(pilot).lines.box("amount")
        await press(pilot, "ctrl+s")
        assert told(pilot, ".dialog--error") == "Something must stand here: Amount."


async def test_a_payment_is_taken_back_with_a_reason(screens: Screens, lived_in: Database) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "4", "siti rahmawati")
        row = pilot.app.screen.table.current.row  # type: ignore[attr-defined]
        await press(pilot, "v")
        assert f"payment #{row.id}: {money(row.amount, 'IDR')} of Siti Rahmawati" in "\n".join(text_of(pilot))
        await press(pilot, *"not hers")
        await pilot.pause(0.3)
        await settled(pilot)
        assert f"→ {money(before + row.amount, 'IDR')}" in told(pilot)
        await press(pilot, "enter", "enter")
        assert balance_of(lived_in, *SITI) == before + row.amount
        await press(pilot, "r")
        await press(pilot, "home")
        with lived_in.reading() as conn:
            assert Ledger(conn).reason("payment", row.id) == "not hers"
        assert pilot.app.screen.table.current.row.reverses_id == row.id  # type: ignore[attr-defined]
        await press(pilot, "v")  # a reversal is final
        assert not isinstance(pilot.app.screen, FormDialog)
    assert_sound(lived_in)


async def test_a_charge_is_taken_back_from_the_account(screens: Screens, lived_in: Database) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "enter")
        line = pilot.app.screen.table.current.row  # type: ignore[attr-defined]
        await press(pilot, "v", *"by mistake", "enter", "enter")
        assert balance_of(lived_in, *SITI) == before - line.amount
        assert line.charge not in {one.row.charge for one in pilot.app.screen.table.rows}  # type: ignore[attr-defined]
    assert_sound(lived_in)


async def test_what_was_typed_outlives_a_lost_connection_and_is_recorded_once(
    screens: Screens, lived_in: Database, server_url: str
) -> None:
    before = balance_of(lived_in, *SITI)
    name = make_url(lived_in.url).database
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "b")
        await fill(pilot, amount="250rb", reference="TRX-1")
        command(server_url, f'alter database "{name}" allow_connections false')
        command(server_url, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")  # noqa: S608
        try:
            await press(pilot, "ctrl+s")
            assert "does not answer" in told(pilot, ".dialog--error") or "broke" in told(pilot, ".dialog--error")
            assert form(pilot).lines.typed["amount"] == "250rb"
        finally:
            command(server_url, f'alter database "{name}" allow_connections true')
        await press(pilot, "ctrl+s")
        assert not isinstance(pilot.app.screen, FormDialog)
    assert balance_of(lived_in, *SITI) == before - 250_000
    assert_sound(lived_in)


async def test_an_answer_that_is_lost_after_the_commit_makes_no_second_payment(
    screens: Screens, lived_in: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "b")
        await fill(pilot, amount="250rb")
        carry_out, lost = pilot.app.book.change, []  # type: ignore[attr-defined]

        async def deaf(work: object, *, dry_run: bool = False) -> object:
            answer = await carry_out(work, dry_run=dry_run)
            if not dry_run and not lost:
                lost.append(answer)
                raise ConnectionLostError
            return answer

        monkeypatch.setattr(pilot.app.book, "change", deaf)  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        assert "broke before it answered" in told(pilot, ".dialog--error")
        assert balance_of(lived_in, *SITI) == before - 250_000
        await fill(pilot, amount="260rb")
        await press(pilot, "ctrl+s")
        assert told(pilot, ".dialog--error").startswith("The first attempt was recorded")
        await fill(pilot, amount="250rb")
        await press(pilot, "ctrl+s")
        assert notes(pilot)[-1].startswith(f"Payment #{lost[0]} of Rp250,000 is recorded.")
    assert balance_of(lived_in, *SITI) == before - 250_000


async def test_esc_asks_only_when_something_would_be_lost(screens: Screens) -> None:
    async with screens() as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "b", "escape")
        assert not isinstance(pilot.app.screen, FormDialog)
        await press(pilot, "b", *"77", "escape")
        assert isinstance(pilot.app.screen, LeaveDialog)
        await press(pilot, "escape")
        assert form(pilot).lines.typed["amount"] == "77"
        await press(pilot, "escape", "enter")
        assert form(pilot).lines.typed["amount"] == "77"
        await press(pilot, "escape", "right", "enter")
        assert not isinstance(pilot.app.screen, FormDialog | LeaveDialog)


async def test_no_key_that_does_something_elsewhere_reaches_through_a_form(
    screens: Screens, lived_in: Database
) -> None:
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "b", "tab", "tab", "tab")  # a line of text
        await press(pilot, *"q1z")
        assert form(pilot).lines.typed["reference"] == "q1z"
        await press(pilot, "ctrl+q")
        assert isinstance(pilot.app.screen, LeaveDialog)
        await press(pilot, "escape")
        assert form(pilot).lines.typed["reference"] == "q1z"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
@pytest.mark.parametrize("language", ["en", "id"])
async def test_forms_fit_and_speak_the_language_of_now(screens: Screens, size: tuple[int, int], language: str) -> None:
    async with screens(size=size) as pilot:
        if language == "id":
            await press(pilot, "L")
        await seek(pilot, "2", "siti rahmawati")
        for key in "bcno" + "DPe" * (size[0] == 60):
            await press(pilot, key)
            shown = text_of(pilot)
            assert any("$ ekost" in line for line in shown[:-2])
            assert any(word in line for line in shown[:-2] for word in ("esc Back", "esc Kembali"))
            await press(pilot, "escape")


async def test_a_form_is_filled_in_with_the_mouse(screens: Screens, lived_in: Database) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "c")
        await pilot.click("#kind")
        await fill(pilot, amount="50rb")
        assert form(pilot).lines.typed["kind"] == "water"
        await pilot.click("#save")
        await settled(pilot)
    assert balance_of(lived_in, *SITI) == before + 50_000


async def test_a_late_undo_does_nothing(screens: Screens, lived_in: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "c")
        await fill(pilot, amount="50rb")
        await press(pilot, "ctrl+s")
        undo = pilot.app._undo  # type: ignore[attr-defined]
        pilot.app._undo = undo._replace(until=undo.until - timedelta(seconds=10).total_seconds())  # type: ignore[attr-defined]
        await press(pilot, "z")
    assert balance_of(lived_in, *SITI) == before + 50_000


async def test_stored_text_is_no_markup_in_a_form(screens: Screens, lived_in: Database) -> None:
    with lived_in.transaction() as conn:
        conn.execute(text("update tenants set name = '[b]Siti[/b] $X' where code = 'SITI'"))
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "$X")
        await press(pilot, "b")
        assert any("Payment of [b]Siti[/b] $X" in line for line in text_of(pilot))
