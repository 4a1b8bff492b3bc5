"""What lies behind rows: every list of a detail shows what the book says, page by page."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from textual.pilot import Pilot

from db.engine import Database
from db.repositories.deposits import Deposits
from db.repositories.happened import happened_to_tenant
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_room, find_tenant
from db.repositories.pages import Way
from db.repositories.rooms import Rooms
from db.services.charges import post_charge
from db.services.payments import record_payment
from locales.formats import money
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import balance_of, seek
from tui.details.detail import DetailScreen
from tui.details.payment import PaymentDetail
from tui.details.room import RoomDetail
from tui.details.tenant import TenantDetail
from tui.details.view import sliced
from tui.listings.signs import PAID
from tui.widgets.table.feeding import Cut

SITI = ("SITI", "KOSA")
VIEWS = ["Periods", "Ledger", "Deposit", "Rooms", "Contact", "Notes", "History"]


def detail(pilot: Pilot[None]) -> DetailScreen[Any]:
    screen = pilot.app.screen
    assert isinstance(screen, DetailScreen)
    return screen


def rows(pilot: Pilot[None]) -> list[Any]:
    return [line.row for line in detail(pilot).table.rows]


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(text_of(pilot))


async def open_siti(pilot: Pilot[None], *, view: str = "Periods") -> None:
    await seek(pilot, "2", "siti rahmawati")
    await press(pilot, "enter", *["tab"] * VIEWS.index(view))


async def test_periods_say_what_is_paid_of_them(screens: Screens, lived_in: Database) -> None:
    with lived_in.transaction() as conn:
        record_payment(conn, find_tenant(conn, *SITI), Decimal(500_000))
    async with screens(lived_in.url) as pilot:
        await open_siti(pilot)
        lines = rows(pilot)
        assert [line.due_on for line in lines] == sorted((line.due_on for line in lines), reverse=True)
        assert {line.state for line in lines} == {"paid", "partial", "unpaid"}
        assert sum(line.open for line in lines) == balance_of(lived_in, *SITI)
        for line in lines:
            assert (line.open == 0) == (line.state == "paid")
        for sign in (PAID["partial"] + " partly paid", PAID["unpaid"] + " unpaid", PAID["paid"] + " paid"):
            assert sign in shown(pilot)
        assert "ekost charge list --tenant SITI --property KOSA" in text_of(pilot)[22]
        await press(pilot, "L")
        for words in ("~ sebagian", "! belum bayar", "✓ lunas"):
            assert words in shown(pilot).lower()


async def test_the_ledger_runs_to_the_balance(screens: Screens, lived_in_url: str) -> None:
    database = Database(lived_in_url)
    async with screens(size=(120, 40)) as pilot:
        await open_siti(pilot, view="Ledger")
        lines = rows(pilot)
        assert lines[0].balance == balance_of(database, *SITI)
        for later, earlier in pairwise(lines):
            assert later.balance == earlier.balance + later.change
        assert any("to charge #" in line.details for line in lines)
        with database.reading() as conn:
            who = find_tenant(conn, *SITI)
            posted = len(Ledger(conn).payments(tenant_id=who.id, limit=500).items)
            posted += len(Ledger(conn).charges(tenant_id=who.id, limit=500).items)
        assert len(lines) == posted


async def test_deposit_rooms_contact_and_history_are_those_of_the_book(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        who = find_tenant(conn, *SITI)
        deposits = Deposits(conn).page(tenant_id=who.id).items
        leases = Rooms(conn).leases(tenant_id=who.id).items
        events = happened_to_tenant(conn, who.id, limit=100).items
    async with screens() as pilot:
        await open_siti(pilot, view="Deposit")
        assert rows(pilot) == deposits
        await press(pilot, "tab")
        assert rows(pilot) == leases
        await press(pilot, "tab")
        assert any(value.startswith("https://wa.me/62") for _what, value in rows(pilot))
        await press(pilot, "tab")
        assert [row.text for row in rows(pilot)] == ["Janji melunasi setelah gajian tanggal 25"]
        await press(pilot, "tab")
        assert [row.id for row in rows(pilot)] == [event.id for event in events]
        assert "ekost tenant history SITI" in text_of(pilot)[22]
        assert "Payment recorded" in shown(pilot)
        await press(pilot, "shift+tab", "shift+tab")
        assert "WhatsApp" in shown(pilot)
        await press(pilot, "tab", "tab", "tab")
        assert "! unpaid" in text_of(pilot)[7]


async def test_a_long_history_is_read_page_by_page_from_either_end(screens: Screens, lived_in: Database) -> None:
    with lived_in.transaction() as conn:
        who = find_tenant(conn, *SITI)
        for number in range(330):
            post_charge(conn, who, Decimal(1000 + number), "other")
        ids = [event.id for event in happened_to_tenant(conn, who.id, limit=1000).items]
    async with screens(lived_in.url) as pilot:
        await open_siti(pilot, view="History")
        assert len(rows(pilot)) < len(ids)
        await press(pilot, "end")
        assert detail(pilot).table.current.key == ids[-1]  # type: ignore[union-attr]
        seen = [ids[-1]]
        while len(seen) < len(ids):
            detail(pilot).table.action_step(-1)
            key = detail(pilot).table.current.key  # type: ignore[union-attr]
            if key == seen[-1]:
                await settled(pilot)
            else:
                seen.append(key)
        assert seen == ids[::-1]
        await press(pilot, "home", "tab", "tab")  # the ledger, worked out as a whole and paged all the same
        assert len(rows(pilot)) < len(ids)
        with lived_in.reading() as conn:
            first = Ledger(conn).charges(tenant_id=who.id, limit=1, way=Way.BEFORE).items[0]
        await press(pilot, "end")
        assert detail(pilot).table.current.row.number == first.id  # type: ignore[union-attr]


@pytest.mark.parametrize("limit", [1, 3, 7, 20])
def test_rows_worked_out_together_are_cut_like_any_other_list(limit: int) -> None:
    numbers = list(range(17))
    forwards, page = [], sliced(numbers, Cut(None, Way.BEHIND, limit))
    assert page.previous is None
    forwards += page.items
    while page.next is not None:
        page = sliced(numbers, Cut(page.next, Way.BEHIND, limit))
        assert sliced(numbers, Cut(page.previous, Way.FROM, limit)).items == page.items
        forwards += page.items
    backwards, page = [], sliced(numbers, Cut(None, Way.BEFORE, limit))
    backwards += page.items[::-1]
    while page.previous is not None:
        page = sliced(numbers, Cut(page.previous, Way.BEFORE, limit))
        assert sliced(numbers, Cut(page.next, Way.UPTO, limit)).items == page.items
        backwards += page.items[::-1]
    assert forwards == backwards[::-1] == numbers


async def test_a_payment_says_what_it_filled_and_why_it_was_taken_back(screens: Screens, lived_in: Database) -> None:
    from db.services.reversals import void_payment

    with lived_in.transaction() as conn:
        number = record_payment(conn, find_tenant(conn, *SITI), Decimal(2_000_000), reference="TRX-9")
    async with screens(lived_in.url) as pilot:
        await press(pilot, "4", "enter")
        assert isinstance(pilot.app.screen, PaymentDetail)
        assert f"#{number}  Rp2,000,000  Siti Rahmawati" in text_of(pilot)[1]
        assert "TRX-9" in text_of(pilot)[2]
        assert sum(row.amount for row in rows(pilot)) == 2_000_000
        assert len(rows(pilot)) == 2  # one charge wholly, the next one in part
        with lived_in.transaction() as conn:
            reversal = void_payment(conn, number, "somebody else's")
        await press(pilot, "r")
        assert f"Taken back by #{reversal}: somebody else's" in shown(pilot)
        assert rows(pilot) == []


async def test_a_room_tells_who_lives_there_and_leads_to_them(screens: Screens, lived_in_url: str) -> None:
    with Database(lived_in_url).reading() as conn:
        leases = Rooms(conn).leases(room_id=find_room(conn, "A3", "KOSA").id).items
    async with screens() as pilot:
        await press(pilot, "p", *"KOSA", "enter")
        await seek(pilot, "3", "A3")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RoomDetail)
        assert rows(pilot) == leases
        assert "■ occupied  1 of 1 beds taken" in shown(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, TenantDetail)
        assert "Siti Rahmawati" in text_of(pilot)[1]
        await press(pilot, *["tab"] * 3, "enter")
        assert isinstance(pilot.app.screen, RoomDetail)
        await press(pilot, *["tab"] * 3)
        assert "Siti Rahmawati:" in shown(pilot)
        await press(pilot, "escape", "escape", "escape")
        assert not isinstance(pilot.app.screen, DetailScreen)


async def test_a_payment_recorded_elsewhere_is_seen_in_an_open_account(screens: Screens, lived_in: Database) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await open_siti(pilot, view="Ledger")
        await pilot.pause(0.5)  # the ear is up
        with lived_in.transaction(ring=True) as conn:
            record_payment(conn, find_tenant(conn, *SITI), Decimal(70_000))
        await pilot.pause(1)
        await settled(pilot)
        assert rows(pilot)[0].change == -70_000
        assert money(before - 70_000, "IDR") in text_of(pilot)[2]


async def test_a_payment_is_recorded_and_taken_back_in_the_account(screens: Screens, lived_in: Database) -> None:
    before = balance_of(lived_in, *SITI)
    async with screens(lived_in.url) as pilot:
        await open_siti(pilot, view="Ledger")
        await press(pilot, "b", *"70rb", "enter", "enter")
        await press(pilot, "r")
        assert rows(pilot)[0].change == -70_000
        await press(pilot, "home", "v", *"wrong", "enter", "enter")
        await press(pilot, "r")
        assert rows(pilot)[0].change == 70_000
        await press(pilot, "home", "enter")
        assert isinstance(pilot.app.screen, PaymentDetail)
        assert "Takes back #" in shown(pilot)
    assert balance_of(lived_in, *SITI) == before


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_details_fit_their_terminal(screens: Screens, size: tuple[int, int]) -> None:
    async with screens(size=size) as pilot:
        await open_siti(pilot)
        for _view in VIEWS:
            lines = text_of(pilot)
            assert len(lines) == size[1]
            assert lines[-2].startswith(" $ ekost ")
            assert all(len(line) <= size[0] for line in lines)
            await press(pilot, "tab")


async def test_another_list_is_shown_by_a_click(screens: Screens) -> None:
    async with screens() as pilot:
        await open_siti(pilot)
        await pilot.click("Tabs", offset=(11, 0))
        await settled(pilot)
        assert detail(pilot).view.label == "Ledger"
