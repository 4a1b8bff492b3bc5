"""The book at a glance, against what was put into it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection

from db.repositories.lookup import find_room, find_tenant
from db.repositories.overview import HouseRow, Overview
from db.services.charges import post_charge
from db.services.deposits import add_deposit, apply_deposit
from db.services.payments import record_payment
from db.services.properties import add_property
from db.services.reversals import void_payment
from db.services.rooms import set_room_status
from db.services.tenants import add_tenant
from tests.db.services.clock import travel
from tests.db.services.house import House

TODAY = date(2026, 3, 20)
RENT = Decimal(1_500_000)


@pytest.fixture
def house(conn: Connection) -> House:
    """KOSA on 20 March: A1 for two, A2 for one, A3 in renovation, A4 empty."""
    travel(conn, TODAY)
    house = House.build(conn)
    for number, capacity in (("A1", 2), ("A2", 1), ("A3", 1), ("A4", 1)):
        house.room(number, capacity=capacity)
    set_room_status(conn, find_room(conn, "A3"), "renovation")
    return house


def seen(conn: Connection, day: date = TODAY) -> HouseRow:
    return Overview(conn, day).houses().items[0]


def test_an_empty_house_has_rooms_and_no_money(house: House) -> None:
    row = seen(house.conn)
    assert (row.property, row.rooms, row.occupied, row.renovation, row.beds, row.beds_taken) == ("KOSA", 4, 0, 1, 5, 0)
    assert (row.charged, row.received, row.owed, row.credit) == (0, 0, 0, 0)


def test_a_room_is_occupied_when_it_is_full(house: House) -> None:
    house.let(date(2026, 3, 1), name="Budi", number="A1")
    house.let(date(2026, 3, 1), name="Ani", number="A2")
    house.let(date(2026, 4, 1), name="Siti", number="A1")  # still to come
    row = seen(house.conn)
    assert (row.occupied, row.beds_taken) == (1, 2)


def test_charges_count_in_the_month_of_their_period(house: House) -> None:
    budi = house.let(date(2026, 1, 10), number="A2")
    post_charge(house.conn, budi, Decimal(120_000), "electricity", charged_on=date(2026, 3, 2))
    post_charge(house.conn, budi, Decimal(700_000), "opening", charged_on=date(2026, 3, 2))
    assert seen(house.conn).charged == RENT + 120_000
    assert seen(house.conn, date(2026, 2, 1)).charged == RENT


def test_money_counts_on_its_day_without_deposits(house: House) -> None:
    budi = house.let(date(2026, 1, 10), number="A2")
    record_payment(house.conn, budi, RENT, date(2026, 2, 28))
    record_payment(house.conn, budi, RENT, date(2026, 3, 1))
    wrong = record_payment(house.conn, budi, Decimal(50_000), date(2026, 3, 2))
    void_payment(house.conn, wrong, "salah ketik")
    add_deposit(house.conn, budi, RENT, date(2026, 3, 3))
    apply_deposit(house.conn, budi, Decimal(500_000), date(2026, 3, 4))
    assert seen(house.conn).received == RENT
    assert seen(house.conn, date(2026, 2, 1)).received == RENT


def test_debts_and_credit_are_told_apart(house: House) -> None:
    house.let(date(2026, 3, 1), name="Budi", number="A1")
    ani = house.let(date(2026, 3, 1), name="Ani", number="A2")
    record_payment(house.conn, ani, 2 * RENT, TODAY)
    row = seen(house.conn)
    assert (row.owed, row.credit) == (RENT, RENT)


def test_who_is_behind_owes_what_was_due_before_today(house: House) -> None:
    house.let(TODAY - timedelta(days=1), name="Budi", number="A1")
    house.let(TODAY, name="Ani", number="A2")
    assert Overview(house.conn, TODAY).totals()[0].behind == 1


def test_amounts_of_two_currencies_are_never_added(house: House) -> None:
    house.let(date(2026, 3, 1), number="A2")
    prop = add_property(house.conn, "USDA", "Rumah Tamu", currency="USD")
    add_tenant(house.conn, prop, "Ketut", code="KETUT")
    post_charge(house.conn, find_tenant(house.conn, "KETUT"), Decimal("99.50"), "other")
    rupiah, dollars = Overview(house.conn, TODAY).totals()
    assert (rupiah.currency, rupiah.properties, rupiah.owed) == ("IDR", 1, RENT)
    assert (dollars.currency, dollars.rooms, dollars.owed) == ("USD", 0, Decimal("99.50"))


def test_houses_come_page_by_page(house: House) -> None:
    for number in range(3):
        add_property(house.conn, f"KOSB{number}", "Kos Anggrek")
    overview = Overview(house.conn, TODAY)
    first = overview.houses(limit=3)
    last = overview.houses(limit=3, after=first.next)
    assert [row.property for row in [*first.items, *last.items]] == ["KOSA", "KOSB0", "KOSB1", "KOSB2"]
    assert last.next is None
