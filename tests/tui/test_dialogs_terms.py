"""The deposit, and what a lease costs from a day on: each form tells beforehand what the book holds afterwards."""

from decimal import Decimal

from db.engine import Database
from db.repositories.deposits import DepositRow, Deposits
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_tenant
from db.services.leases import lease_on
from locales.formats import date_short, money
from tests.tui.conftest import Screens, press, text_of
from tests.tui.forms import assert_sound, balance_of, fill, form, notes, seek, told
from tui.details.tenant import TenantDetail
from tui.dialogs.form import FormDialog

SITI = ("SITI", "KOSA")


def deposits(database: Database) -> list[DepositRow]:
    with database.reading() as conn:
        return Deposits(conn).page(tenant_id=find_tenant(conn, *SITI).id).items


async def test_a_deposit_is_taken_used_returned_and_given_back(screens: Screens, lived_in: Database) -> None:
    before, held = balance_of(lived_in, *SITI), deposits(lived_in)[0].held
    assert 0 < held < before
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "enter", "tab", "tab", "D")
        assert f"Deposit of Siti Rahmawati ({money(held, 'IDR')})" in "\n".join(text_of(pilot))
        await fill(pilot, amount="200rb", note="second key")
        assert f"Deposit held: {money(held, 'IDR')} → {money(held + 200_000, 'IDR')}" in told(pilot)
        assert f"Balance: {money(before, 'IDR')} → {money(before, 'IDR')}" in told(pilot)
        assert told(pilot, "#command") == "$ ekost deposit add SITI 200rb --note 'second key' --property KOSA"
        await press(pilot, "ctrl+s")
        entry = deposits(lived_in)[0]
        assert (entry.kind, entry.amount, entry.note) == ("received", Decimal(200_000), "second key")
        held += 200_000
        assert isinstance(pilot.app.screen, TenantDetail)
        assert pilot.app.screen.table.rows[0].row.id == entry.id
        await press(pilot, "z")  # a deposit that was taken is given back by a person, not by a key
        assert deposits(lived_in)[0] == entry

        await press(pilot, "D", "right")
        await fill(pilot)
        assert form(pilot).lines.typed["amount"] == f"{held:.0f}"  # all of it, as more is owed
        assert "to charge #" in told(pilot)
        assert f"Balance: {money(before, 'IDR')} → {money(before - held, 'IDR')}" in told(pilot)
        assert told(pilot, "#command") == f"$ ekost deposit apply SITI {held:.0f} --property KOSA"
        await press(pilot, "enter", "enter")
        assert balance_of(lived_in, *SITI) == before - held
        assert deposits(lived_in)[0].held == 0
        await press(pilot, "z")
        assert notes(pilot)[-1] == "The money is deposit again."
        assert (balance_of(lived_in, *SITI), deposits(lived_in)[0].held) == (before, held)

        await press(pilot, "D", "g")
        await fill(pilot, amount="9jt")
        assert f"The deposit holds {held:,.0f}" in told(pilot, ".dialog--error")
        await fill(pilot, amount="100rb")
        assert told(pilot, "#command") == "$ ekost deposit refund SITI 100rb --property KOSA"
        await press(pilot, "ctrl+s")
        assert (deposits(lived_in)[0].kind, deposits(lived_in)[0].held) == ("refunded", held - 100_000)
    assert_sound(lived_in)


async def test_a_rent_and_a_billing_day_change_from_the_next_period_on(screens: Screens, lived_in: Database) -> None:
    with lived_in.reading() as conn:
        known = Ledger(conn).charges(tenant_id=find_tenant(conn, *SITI).id).items
        lease = lease_on(conn, find_tenant(conn, *SITI), find_tenant(conn, *SITI).today, lock=False)
    first = lease.next_period_on
    assert first is not None
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "P")
        assert "New rent of Siti Rahmawati (Rp1,500,000)" in "\n".join(text_of(pilot))
        await fill(pilot, amount="1,65jt")
        lines = told(pilot).splitlines()
        assert lines[0] == f"From the period of {date_short(first)} on: Rp1,500,000 → Rp1,650,000"
        assert [line.endswith(" Rp1,650,000") for line in lines[1:4]] == [True, True, True]
        assert told(pilot, "#command") == "$ ekost lease rent SITI 1,65jt --from today --property KOSA"
        await fill(pilot, **{"from": "2026-01-01"})  # R5: what is posted stands
        assert told(pilot).splitlines() == lines
        await press(pilot, "enter", "enter")
        assert notes(pilot)[-1] == "The rent of Siti Rahmawati becomes Rp1,650,000."
        await press(pilot, "B")
        await fill(pilot, day="32")
        assert "32" in told(pilot, ".dialog--error")
        await fill(pilot, day="15")
        lines = told(pilot).splitlines()
        assert lines[0] == f"From the period of {date_short(first)} on: day 1 → day 15"
        assert lines[1].startswith(f"{date_short(first)} - {date_short(first.replace(day=14))} (14/")
        await press(pilot, "ctrl+s")
        await seek(pilot, "2", "tumpal hutapea")  # who has no room has no rent
        await press(pilot, "P")
        assert not isinstance(pilot.app.screen, FormDialog)
    with lived_in.reading() as conn:
        found = find_tenant(conn, *SITI)
        terms = lease_on(conn, found, found.today, lock=False).terms_on(first)
        assert (terms.monthly_rent, terms.billing_day) == (Decimal(1_650_000), 15)
        assert Ledger(conn).charges(tenant_id=found.id).items == known
    assert_sound(lived_in)
