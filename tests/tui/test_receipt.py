"""The receipt of a payment, as it is read and copied on the screen."""

from decimal import Decimal

from db.engine import Database
from db.repositories.lookup import find_tenant
from db.repositories.receipts import Receipts
from db.services.payments import record_payment
from db.services.reversals import void_payment
from locales.formats import money
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import balance_of

SITI = ("SITI", "KOSA")


async def test_a_receipt_is_read_and_copied_until_the_payment_is_taken_back(
    screens: Screens, lived_in: Database
) -> None:
    with lived_in.transaction() as conn:
        number = record_payment(conn, find_tenant(conn, *SITI), Decimal(2_000_000), reference="TRX-9")
    owed = money(balance_of(lived_in, *SITI), "IDR")
    async with screens(lived_in.url, size=(80, 40)) as pilot:
        await press(pilot, "4", "enter", "y")
        assert pilot.app.clipboard != ""
        assert "RECEIPT" not in pilot.app.clipboard
        await press(pilot, "tab", "y")
        await settled(pilot)
        paper = pilot.app.clipboard.splitlines()
        shown = [line.strip() for line in text_of(pilot)]
        assert all(line.strip() in shown for line in paper)
        assert next(line.split()[1] for line in paper if line.startswith("No.")).startswith("001/")
        rents = [line for line in paper if line.startswith(" rent ")]
        assert len(rents) == 2  # one period wholly, the next one in part
        assert next(line for line in paper if line.startswith("Still to pay")).endswith(f" {owed}")
        with lived_in.transaction() as conn:
            void_payment(conn, number, "somebody else's")
        await press(pilot, "r", "Y")
        await settled(pilot)
        assert pilot.app.clipboard.splitlines()[0].strip("*") == "VOID"
        assert any("somebody else's" in line for line in text_of(pilot)[5:])
        with lived_in.reading() as conn:
            assert Receipts(conn).of_payment(number).copies == 2
