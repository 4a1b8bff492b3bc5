"""Rents of many rooms changed at once, and brought back."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from db.domain.raises import Change, RaiseError
from db.repositories.lookup import find_property, find_room, find_tenant
from db.repositories.raises import RaiseLine, Raises
from db.services.billing import pass_day
from db.services.leases import assign_tenant, change_rent, list_rent
from db.services.raises import NothingToRaiseError, RaiseUndoneError, raise_rents, undo_raise
from db.services.rooms import edit_room
from db.tables import charges, rooms
from tests.db.services.clock import travel
from tests.db.services.house import House

JULY = date(2026, 7, 1)
MORE = Change(amount=Decimal(100_000))


@pytest.fixture
def house(conn: Connection) -> House:
    """Two rooms with air conditioning and one without, on 15 May 2026; Budi lives in A1 since 10 January."""
    travel(conn, date(2026, 5, 15))
    built = House.build(conn)
    built.room("A1", 1_500_000, room_type="AC")
    built.room("A2", 1_600_000, room_type="kamar mandi dalam, ac")
    built.room("A3", 1_000_000, room_type="Non AC")
    built.let(date(2026, 1, 10))
    return built


def lift(house: House, change: Change = MORE, day: date = JULY, **more: object) -> int:
    return raise_rents(house.conn, find_property(house.conn, "KOSA"), change, day, **more)


def lines(house: House, raise_id: int) -> list[RaiseLine]:
    return list(Raises(house.conn).lines(raise_id).items)


def price(house: House, number: str) -> Decimal:
    return house.conn.execute(select(rooms.c.monthly_rent).where(rooms.c.number == number)).scalar_one()


def rents(house: House, tenant_id: int) -> list[Decimal]:
    query = select(charges.c.amount).where(charges.c.tenant_id == tenant_id).order_by(charges.c.period_start)
    return list(house.conn.execute(query).scalars())


def test_all_rooms_with_air_conditioning_cost_more_from_july_and_nothing_else_does(house: House) -> None:
    citra = house.tenant("Citra")
    told = lines(house, lift(house, room_type="AC"))
    assert [(line.room, line.tenant, line.starts_on, line.rent_before, line.rent_after) for line in told] == [
        ("A1", None, JULY, 1_500_000, 1_600_000),
        ("A2", None, JULY, 1_600_000, 1_700_000),
        ("A1", "BUDI", date(2026, 7, 10), 1_500_000, 1_600_000),
    ]
    assert price(house, "A2") == 1_600_000
    assert list_rent(house.conn, find_room(house.conn, "A2").id, JULY - timedelta(days=1)) == 1_600_000
    soon = assign_tenant(house.conn, citra, find_room(house.conn, "A2"), JULY)
    assert soon.terms[0].monthly_rent == 1_700_000
    travel(house.conn, JULY)
    pass_day(house.conn)
    assert [price(house, number) for number in ("A1", "A2", "A3")] == [1_600_000, 1_700_000, 1_000_000]
    pass_day(house.conn)
    assert price(house, "A1") == 1_600_000


def test_what_is_posted_is_not_priced_anew(house: House) -> None:
    budi = next(line for line in lines(house, lift(house)) if line.tenant)
    travel(house.conn, date(2026, 8, 15))
    house.accrue(date(2026, 8, 15))
    posted = house.conn.execute(select(charges.c.amount, charges.c.period_start).order_by(charges.c.period_start)).all()
    assert [amount for amount, _ in posted] == [1_500_000] * 6 + [1_600_000] * 2
    assert budi.starts_on == posted[6].period_start == date(2026, 7, 10)


def test_undone_before_its_day_as_if_it_had_never_been(house: House) -> None:
    raise_id = lift(house, Change(percent=Decimal("5")))
    assert undo_raise(house.conn, raise_id, "too early") == 4
    assert Raises(house.conn).row(raise_id).state == "undone"
    travel(house.conn, date(2026, 8, 15))
    pass_day(house.conn)
    house.accrue(date(2026, 8, 15))
    assert price(house, "A1") == 1_500_000
    assert set(house.conn.execute(select(charges.c.amount)).scalars()) == {Decimal(1_500_000)}
    with pytest.raises(RaiseUndoneError), house.conn.begin_nested():
        undo_raise(house.conn, raise_id, "again")


def test_undone_later_it_leaves_alone_what_is_posted_and_what_somebody_changed_since(house: House) -> None:
    raise_id = lift(house)
    travel(house.conn, date(2026, 7, 20))
    pass_day(house.conn)
    house.accrue(date(2026, 7, 20))
    edit_room(house.conn, find_room(house.conn, "A3"), {"monthly_rent": Decimal(1_050_000)})
    assert undo_raise(house.conn, raise_id, "a mistake") == 3
    travel(house.conn, date(2026, 8, 20))
    house.accrue(date(2026, 8, 20))
    amounts = list(house.conn.execute(select(charges.c.amount).order_by(charges.c.period_start)).scalars())
    assert amounts == [1_500_000] * 6 + [1_600_000, 1_500_000]
    assert [price(house, number) for number in ("A1", "A2", "A3")] == [1_500_000, 1_600_000, 1_050_000]


def test_a_rent_agreed_on_since_stays_when_the_raise_is_undone(house: House) -> None:
    raise_id = lift(house, room_ids=[find_room(house.conn, "A1").id])
    budi = next(line.tenant for line in lines(house, raise_id) if line.tenant)
    change_rent(house.conn, find_tenant(house.conn, budi), Decimal(1_550_000), date(2026, 7, 10))
    assert undo_raise(house.conn, raise_id, "agreed otherwise") == 1


def test_who_shares_a_rent_shares_the_raise(house: House) -> None:
    house.room("B1", 2_000_000, capacity=3, basis="split_room")
    for name in ("Dian", "Eka", "Fitri"):
        house.let(date(2026, 5, 1), name=name, number="B1", billing_day=1)
    raise_id = lift(house, Change(amount=Decimal(400_000)), room_ids=[find_room(house.conn, "B1").id])
    shares = sorted(line.rent_after for line in lines(house, raise_id) if line.tenant)
    assert shares == [800_000] * 3
    assert undo_raise(house.conn, raise_id, "no") == 4
    house.let(date(2026, 5, 1), name="Gita", number="A3")
    travel(house.conn, date(2026, 8, 2))
    house.accrue(date(2026, 8, 2))
    of_three = house.conn.execute(
        text("select sum(c.amount) from charges c join leases l on l.id = c.lease_id join rooms r on r.id = l.room_id"
             " where r.number = 'B1' and c.period_start = '2026-08-01'")
    ).scalar_one()  # fmt: skip
    assert of_three == 2_000_000


def test_the_same_key_raises_once_and_nothing_fits_is_said(house: House) -> None:
    assert lift(house, key="july") == lift(house, key="july")
    with pytest.raises(NothingToRaiseError):
        lift(house, room_type="VIP")


@given(st.decimals(0, 10_000_000, places=0), st.decimals(-100, 1000, places=3), st.sampled_from([1, 500, 1000]))
def test_a_share_is_rounded_once_to_the_step(rent: Decimal, percent: Decimal, step: int) -> None:
    if not percent:
        with pytest.raises(RaiseError):
            Change(percent=percent)
        return
    new = Change(percent=percent).of(rent, Decimal(step))
    assert new % step == 0
    assert abs(new - rent * (100 + percent) / 100) <= Decimal(step) / 2
