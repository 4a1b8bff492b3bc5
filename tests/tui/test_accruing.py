"""Rent that becomes due is posted while the screens are open, as commands do it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from textual.pilot import Pilot

from db.engine import Database
from db.repositories.lookup import find_property, find_room, find_tenant
from db.services import billing
from db.services.leases import assign_tenant
from db.services.rooms import add_room
from db.services.tenants import add_tenant
from tests.tui.conftest import Screens, settled, text_of
from tests.tui.forms import assert_sound, balance_of, notes
from tui.accruing import Accruing

RENT = Decimal(900_000)


def let(database: Database, room: str, code: str) -> None:
    """A lease whose second month began a while ago, and nobody has posted it."""
    with database.transaction() as conn:
        house = find_property(conn, "KOSA")
        add_room(conn, house, room, RENT)
        add_tenant(conn, house, code, code=code)
        since = house.today - timedelta(days=40)
        assign_tenant(conn, find_tenant(conn, code), find_room(conn, room, "KOSA"), since, until=since)


async def look(pilot: Pilot[None], *, later: bool = False) -> None:
    """A second passes, perhaps a quarter of an hour."""
    watch = pilot.app._accruing  # type: ignore[attr-defined]
    assert isinstance(watch, Accruing)
    if later:
        assert watch._looked_at is not None
        watch._looked_at -= timedelta(minutes=15)
    watch.tick()
    await settled(pilot)


async def test_what_became_due_is_posted_behind_the_first_rows_and_at_midnight(
    screens: Screens, lived_in: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    let(lived_in, "Z1", "AAA")
    async with screens(lived_in.url, read_only=True) as pilot:
        await look(pilot)
        assert (balance_of(lived_in, "AAA", "KOSA"), notes(pilot)) == (RENT, [])
    async with screens(lived_in.url) as pilot:
        assert "AAA" in text_of(pilot)[2]
        for _tenth in range(50):  # by itself, and the row is told of it
            await pilot.pause(0.1)
            if "1,800,000" in text_of(pilot)[2]:
                break
        assert balance_of(lived_in, "AAA", "KOSA") == 2 * RENT
        assert "1,800,000" in text_of(pilot)[2]
        let(lived_in, "Z2", "BBB")
        await look(pilot)
        assert balance_of(lived_in, "BBB", "KOSA") == RENT  # not time yet
        await look(pilot, later=True)
        assert balance_of(lived_in, "BBB", "KOSA") == 2 * RENT
        let(lived_in, "Z3", "CCC")
        with monkeypatch.context() as patched:
            patched.setattr(billing, "LITTLE", 0)
            await look(pilot, later=True)
            await look(pilot, later=True)
        assert notes(pilot) == ["More than 0 leases have rent to post: run `ekost billing run`."]
        pilot.app._accruing._complained_on = None  # type: ignore[attr-defined]
        with monkeypatch.context() as patched:
            patched.setattr(billing, "accrue", lambda _conn, limit: 1 // 0)
            await look(pilot, later=True)
        assert notes(pilot)[1].startswith("Rent that is due could not be posted (ZeroDivisionError).")
        assert balance_of(lived_in, "CCC", "KOSA") == RENT
    assert_sound(lived_in)
