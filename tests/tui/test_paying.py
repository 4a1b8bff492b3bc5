"""A payment in three keys, what it does to the account, and how it is taken back."""

from decimal import Decimal

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from db.engine import Database
from db.repositories.balances import BalanceRow, Balances
from db.repositories.checks.runner import run_checks
from tests.tui.conftest import Screens, press, settled, text_of
from tui.details.tenant import TenantDetail
from tui.dialogs.paying import PayDialog


def worst(database: Database) -> BalanceRow:
    with database.reading() as conn:
        return Balances(conn).page(limit=1).items[0]


def balance(database: Database, row: BalanceRow) -> Decimal:
    from db.repositories.lookup import find_tenant

    with database.reading() as conn:
        return find_tenant(conn, row.tenant, row.property).outstanding_balance


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(text_of(pilot))


async def test_three_keys_pay_everything_that_is_due(screens: Screens, lived_in: Database) -> None:
    debtor = worst(lived_in)
    async with screens(lived_in.url) as pilot:
        await press(pilot, "5")
        await press(pilot, "b")
        assert f"Payment of {debtor.tenant_name}" in shown(pilot)
        assert "→ Rp0" in shown(pilot)
        assert balance(lived_in, debtor) == debtor.outstanding_balance  # looking kept nothing
        await press(pilot, "enter")
        await press(pilot, "enter")
        assert balance(lived_in, debtor) == 0
        assert pilot.app.screen.MODE == "balances"  # type: ignore[attr-defined]
        assert debtor.tenant_name not in text_of(pilot)[2]
        await press(pilot, "z")
        assert balance(lived_in, debtor) == debtor.outstanding_balance
    with lived_in.reading() as conn:
        assert list(run_checks(conn)) == []


async def test_what_is_typed_is_read_as_on_the_command_line(screens: Screens, lived_in: Database) -> None:
    debtor = worst(lived_in)
    async with screens(lived_in.url) as pilot:
        await press(pilot, "5", "b")
        await press(pilot, *"1,500")
        assert "can be read as" in shown(pilot)
        await press(pilot, "enter", "enter")
        assert isinstance(pilot.app.screen, PayDialog)
        pilot.app.screen.query_one("#amount", Input).value = "1,5jt"
        pilot.app.screen.query_one("#on", Input).value = "tomorrow"
        await settled(pilot)
        assert "is in the future" in shown(pilot)
        pilot.app.screen.query_one("#on", Input).value = "kemarin"
        await settled(pilot)
        assert "Rp1,500,000 to charge" in shown(pilot)
        await press(pilot, "escape")
        assert balance(lived_in, debtor) == debtor.outstanding_balance


async def test_only_looking_records_nothing(screens: Screens, lived_in: Database) -> None:
    debtor = worst(lived_in)
    async with screens(lived_in.url, read_only=True) as pilot:
        await press(pilot, "5", "b")
        await press(pilot, "enter", "ctrl+s")
        assert balance(lived_in, debtor) == debtor.outstanding_balance


async def test_a_payment_recorded_elsewhere_is_seen_within_a_second(screens: Screens, lived_in: Database) -> None:
    from db.repositories.lookup import find_tenant
    from db.services.payments import record_payment

    debtor = worst(lived_in)
    async with screens(lived_in.url) as pilot:
        await press(pilot, "5")
        assert debtor.tenant_name in text_of(pilot)[2]
        await pilot.pause(0.5)  # the ear is up
        with lived_in.transaction(ring=True) as conn:
            found = find_tenant(conn, debtor.tenant, debtor.property)
            record_payment(conn, found, debtor.outstanding_balance)
        await pilot.pause(1)
        await settled(pilot)
        assert debtor.tenant_name not in text_of(pilot)[2]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_account_of_a_tenant(screens: Screens, lived_in_url: str, size: tuple[int, int]) -> None:
    debtor = worst(Database(lived_in_url))
    async with screens(size=size) as pilot:
        await press(pilot, "5")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, TenantDetail)
        assert debtor.tenant_name in text_of(pilot)[1]
        assert "! unpaid" in text_of(pilot)[2]
        assert "https://wa.me/62" in shown(pilot)
        assert "! unpaid" in shown(pilot).split("wa.me")[1]
        await press(pilot, "tab")
        assert f"ekost balance explain {debtor.tenant}" in shown(pilot)
        assert "#" in shown(pilot)
        assert all(len(line) <= size[0] for line in text_of(pilot))
        await press(pilot, "L")
        assert "dibayar dengan" in shown(pilot) or "Tanggal" in shown(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen.MODE == "balances"  # type: ignore[attr-defined]
