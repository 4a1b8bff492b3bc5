"""What is known of a tenant or a room is put right; details follow to another code or number."""

from db.engine import Database
from db.repositories.lookup import find_room, find_tenant
from db.repositories.rooms import RoomRow, Rooms
from db.repositories.rows import TenantRow
from db.repositories.tenants import TenantDetail as Contact
from db.repositories.tenants import Tenants
from db.services.tenants import edit_tenant
from tests.tui.conftest import Screens, press, text_of
from tests.tui.forms import assert_sound, fill, form, notes, seek, told
from tui.details.room import RoomDetail
from tui.details.tenant import TenantDetail


def tenant(database: Database, code: str) -> tuple[TenantRow, Contact]:
    with database.reading() as conn:
        number = find_tenant(conn, code, "KOSA").id
        return Tenants(conn).row(number), Tenants(conn).detail(number)


def room(database: Database, number: str) -> RoomRow:
    with database.reading() as conn:
        return Rooms(conn).row(find_room(conn, number, "KOSA").id)


async def test_a_contact_and_a_code_are_put_right(screens: Screens, lived_in: Database) -> None:
    before, contact = tenant(lived_in, "SITI")
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "enter", "e")
        assert told(pilot) == "Nothing is changed yet."
        assert form(pilot).lines.typed["phone"] == "0812-0000-0111"
        await fill(pilot, phone="12")
        assert "12 is no phone number." in told(pilot, ".dialog--error")
        await fill(pilot, phone="0813 1111 2222", national_id="3201010101010007", emergency_name="")
        assert told(pilot).splitlines() == [
            "Phone: 0812-0000-0111 → 0813-1111-2222",
            "National id: - → 3201**********07",
            f"Emergency contact: {contact.emergency_name} → -",
        ]
        assert told(pilot, "#command") == (
            "$ ekost tenant edit SITI --phone '0813 1111 2222' --national-id 3201010101010007 "
            "--emergency-name '' --property KOSA"
        )
        await press(pilot, "ctrl+s")
        after, now = tenant(lived_in, "SITI")
        assert after == before._replace(phone="+6281311112222")
        assert (now.national_id, now.emergency_name) == ("3201**********07", None)
        await press(pilot, "e")
        await fill(pilot, code="siti2", name="Siti Aminah")
        # What stands there masked is left alone.
        assert told(pilot).splitlines() == ["Code: SITI → SITI2", "Name: Siti Rahmawati → Siti Aminah"]
        await press(pilot, "ctrl+s")
        assert notes(pilot) == [
            "What is known of Siti Rahmawati is changed.",
            "What is known of Siti Aminah is changed.",
        ]
        assert isinstance(pilot.app.screen, TenantDetail)
        assert "Siti Aminah  KOSA/SITI2" in text_of(pilot)[1]
        await press(pilot, "tab")
        assert text_of(pilot)[22].startswith(" $ ekost balance explain SITI2 --property KOSA")
        assert pilot.app.screen.table.rows
    assert tenant(lived_in, "SITI2")[1].national_id == "3201**********07"
    assert_sound(lived_in)


async def test_a_room_is_put_right_and_leases_keep_their_rent(screens: Screens, lived_in: Database) -> None:
    before, rent = room(lived_in, "A3"), tenant(lived_in, "SITI")[0].monthly_rent
    async with screens(lived_in.url) as pilot:
        await press(pilot, "p", *"KOSA", "enter")
        await seek(pilot, "3", "A3")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, RoomDetail)
        await press(pilot, "e")  # the room, not the tenant under the cursor
        await fill(pilot, monthly_rent="1,7jt", number="a1")
        assert "A1" in told(pilot, ".dialog--error")
        await fill(pilot, number="a3-b", basis="split_room", capacity="2")
        assert "Room: A3 → A3-B" in told(pilot)
        assert "Rent a month: Rp1,500,000 → Rp1,700,000" in told(pilot)
        assert "Rent per: tenant → room, shared" in told(pilot)
        expected = "$ ekost room edit KOSA/A3 --number a3-b --rent 1,7jt --capacity 2 --basis split_room"
        assert told(pilot, "#command") == expected
        await press(pilot, "ctrl+s")
        assert text_of(pilot)[1].startswith(" KOSA/A3-B")
        assert text_of(pilot)[22].startswith(" $ ekost lease list --property KOSA")
    after = room(lived_in, "A3-B")
    assert (after.id, after.monthly_rent, after.capacity, after.basis) == (before.id, 1_700_000, 2, "split_room")
    assert after.room_type == before.room_type
    assert tenant(lived_in, "SITI")[0].monthly_rent == rent
    assert_sound(lived_in)


async def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    screens: Screens, lived_in: Database
) -> None:
    async with screens(lived_in.url) as pilot:
        await seek(pilot, "2", "siti rahmawati")
        await press(pilot, "enter", "e")
        await fill(pilot, phone="0813 1111 2222")
        with lived_in.transaction() as conn:
            edit_tenant(conn, find_tenant(conn, "SITI", "KOSA"), {"phone": "0899 1111 2222", "email": "s@example.com"})
        await press(pilot, "ctrl+s")
        assert told(pilot, ".dialog--error").startswith("SITI was changed by somebody else meanwhile.")
        # Another line may be put right still.
        await fill(pilot, phone="0812-0000-0111", name="Siti Aminah")
        await press(pilot, "ctrl+s")
        after, _contact = tenant(lived_in, "SITI")
    assert (after.phone, after.email, after.name) == ("+6289911112222", "s@example.com", "Siti Aminah")
