"""Newcomers, moving in, moving, moving out, and rooms: each form tells beforehand what the book holds afterwards."""

from datetime import date, timedelta
from decimal import Decimal

from db.engine import Database
from db.repositories.ledger import ChargeRow, Ledger
from db.repositories.lookup import find_room, find_tenant
from db.repositories.rooms import LeaseRow, RoomRow, Rooms
from db.repositories.tenants import Tenants
from locales.formats import date_short, money
from tests.tui.conftest import Screens, press, settled, text_of
from tests.tui.forms import assert_sound, balance_of, fill, form, notes, seek, told
from tui.dialogs.choosing import ChooseDialog
from tui.dialogs.form import FormDialog

HOUSE = "KOSB"


def free_rooms(database: Database) -> list[RoomRow]:
    with database.reading() as conn:
        house = find_tenant(conn, "BAMBANG", HOUSE).property_id
        return Rooms(conn).page(property_id=house, status="available").items


def leases(database: Database, code: str) -> list[LeaseRow]:
    with database.reading() as conn:
        return Rooms(conn).leases(tenant_id=find_tenant(conn, code, HOUSE).id).items


def charges(database: Database, code: str) -> list[ChargeRow]:
    with database.reading() as conn:
        return Ledger(conn).charges(tenant_id=find_tenant(conn, code, HOUSE).id, limit=500).items


async def test_a_newcomer_is_added_and_moves_in(screens: Screens, lived_in: Database) -> None:
    room = free_rooms(lived_in)[0]
    today = date.today()  # noqa: DTZ011 - only compared with what the book says in its own time zone
    async with screens(lived_in.url) as pilot:
        await press(pilot, "n")
        await fill(pilot, name="Rina Wulandari", property="kosb", phone="0812-0000-1234")
        assert "Code: RINA in KOSB" in told(pilot)
        assert "(+6281200001234)" in told(pilot)
        expected = "$ ekost tenant add 'Rina Wulandari' --property kosb --phone 0812-0000-1234"
        assert told(pilot, "#command") == expected
        await press(pilot, "enter", "enter")
        assert notes(pilot) == ["Rina Wulandari is added."]
        with lived_in.reading() as conn:
            assert Tenants(conn).row(find_tenant(conn, "RINA", HOUSE).id).phone == "+6281200001234"
        await seek(pilot, "2", "rina wulandari")
        await press(pilot, "m")
        await fill(pilot, room=room.number.lower(), rent="1jt", billing_day="1")
        assert f"Room {room.number} from" in told(pilot)
        assert "Rp1,000,000 a month, billed on day 1" in told(pilot)
        preview = told(pilot)
        await press(pilot, "ctrl+s")
        owed = balance_of(lived_in, "RINA", HOUSE)
        assert f"Balance: Rp0 → {money(owed, 'IDR')}" in preview
        (lease,) = leases(lived_in, "RINA")
        assert (lease.room, lease.monthly_rent, lease.billing_day) == (room.number, Decimal(1_000_000), 1)
        assert abs(lease.starts_on - today) <= timedelta(days=1)
        (rent,) = charges(lived_in, "RINA")
        assert rent.period_end is not None
        last = date_short(rent.period_end - timedelta(days=1))
        assert f"rent {date_short(lease.starts_on)} - {last}" in preview
        assert f"({rent.days}/{rent.of_days}) {money(owed, 'IDR')}" in preview or rent.days == rent.of_days
        assert pilot.app.screen.table.current.row.room == room.number  # type: ignore[attr-defined]
    assert_sound(lived_in)


async def test_the_lines_of_a_newcomer_are_checked_while_they_are_typed(screens: Screens) -> None:
    async with screens() as pilot:
        await press(pilot, "n")
        for texts, sentence in (
            ({"name": "Rina", "property": "NONE"}, "There is no property NONE."),
            ({"property": "KOSA", "phone": "hello"}, "hello is no phone number."),
            ({"phone": "", "email": "nobody"}, "nobody is no e-mail address."),
            ({"email": "", "national_id": "12"}, "A national id (NIK) has 16 digits."),
            ({"national_id": "", "code": "SITI"}, "There is already a tenant SITI."),
        ):
            await fill(pilot, **texts)
            assert sentence in told(pilot, ".dialog--error")
            assert told(pilot) == ""


async def test_a_room_is_chosen_from_those_that_are_free(screens: Screens, lived_in: Database) -> None:
    free = free_rooms(lived_in)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "bambang nugroho")
        await press(pilot, "m", "ctrl+o")
        assert isinstance(pilot.app.screen, ChooseDialog)
        assert [choice.value for choice in pilot.app.screen.found] == [room.number for room in free]
        await press(pilot, "enter")
        assert form(pilot).lines.typed["room"] == free[0].number
        await pilot.pause(0.3)
        await settled(pilot)
        assert f"Room {free[0].number} from" in told(pilot)
        await fill(pilot, room="B4")
        assert told(pilot, ".dialog--error") == "BAMBANG already lives in B4."
        await fill(pilot, room="Z99")
        assert "There is no room Z99." in told(pilot, ".dialog--error")
        await fill(pilot, room="")
        await pilot.click(".dialog--more")
        await settled(pilot)
        assert isinstance(pilot.app.screen, ChooseDialog)


async def test_a_move_within_a_period_credits_and_charges_what_it_said(screens: Screens, lived_in: Database) -> None:
    free, before, known = free_rooms(lived_in)[0], balance_of(lived_in, "BAMBANG", HOUSE), charges(lived_in, "BAMBANG")
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "bambang nugroho")
        await press(pilot, "m")
        await fill(pilot, room=free.number)
        boundary = told(pilot)
        assert f"Balance: {money(before, 'IDR')} → {money(before, 'IDR')}" in boundary  # R6: on the next boundary
        await fill(pilot, on="today", rent="1,9jt")
        preview = told(pilot)
        assert told(pilot, "#command") == (
            f"$ ekost tenant move BAMBANG {free.number} --on today --rent 1,9jt --property KOSB"
        )
        await press(pilot, "ctrl+s")
    after = balance_of(lived_in, "BAMBANG", HOUSE)
    assert f"→ {money(after, 'IDR')}" in preview
    posted = [one for one in charges(lived_in, "BAMBANG") if one not in known]
    for one in posted:
        assert money(one.amount, "IDR") in preview
    assert sum(one.amount for one in posted) == after - before
    assert leases(lived_in, "BAMBANG")[0].room == free.number
    assert_sound(lived_in)


async def test_a_tenant_moves_out_and_unused_days_are_given_back(screens: Screens, lived_in: Database) -> None:
    before = balance_of(lived_in, "GALIH", HOUSE)
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "galih kurnia")
        await press(pilot, "o")
        assert f"Balance: {money(before, 'IDR')} → {money(before, 'IDR')}" in told(pilot)
        await press(pilot, "tab", "right")
        await pilot.pause(0.3)
        await settled(pilot)
        preview = told(pilot)
        assert "--refund prorate" in told(pilot, "#command")
        await press(pilot, "enter", "enter")
        after = balance_of(lived_in, "GALIH", HOUSE)
        assert after < before
        assert f"→ {money(after, 'IDR')}" in preview
        (lease,) = leases(lived_in, "GALIH")
        assert lease.ends_on is not None
        assert f"Room B7: the last night is {date_short(lease.ends_on - timedelta(days=1))}." in preview
        await seek(pilot, "2", "galih kurnia")
        await press(pilot, "o")
        assert not isinstance(pilot.app.screen, FormDialog)  # nobody moves out twice
    assert_sound(lived_in)


async def test_a_room_goes_into_renovation_and_back(screens: Screens, lived_in: Database) -> None:
    free = free_rooms(lived_in)[0]

    def status() -> str:
        with lived_in.reading() as conn:
            return find_room(conn, free.number, HOUSE).status

    async with screens(lived_in.url) as pilot:
        await press(pilot, "p", *HOUSE, "enter")
        await seek(pilot, "3", free.number)
        await press(pilot, "w")
        assert told(pilot) == "available → in renovation"
        assert told(pilot, "#command") == f"$ ekost room status KOSB/{free.number} renovation"
        await press(pilot, "enter", "enter")
        assert status() == "renovation"
        assert any("x in renovation" in line for line in text_of(pilot))
        await press(pilot, "w", "ctrl+s")
        assert status() == "available"
        await seek(pilot, "3", "B7")
        await press(pilot, "w")
        assert "Room B7 is let or promised." in told(pilot, ".dialog--error")
        await press(pilot, "ctrl+s")
        assert isinstance(pilot.app.screen, FormDialog)
    assert_sound(lived_in)
