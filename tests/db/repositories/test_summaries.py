"""Months of a house, counted by hand."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from db.repositories.lookup import find_room, find_tenant
from db.repositories.summaries import MonthRow, Summaries
from db.services.charges import post_charge
from db.services.deposits import add_deposit
from db.services.moves import move_out, move_tenant
from db.services.payments import record_payment
from db.services.reversals import void_payment
from tests.db.services.clock import travel
from tests.db.services.house import House

TODAY = date(2026, 3, 20)


@pytest.fixture
def house(conn: Connection) -> House:
    """A1 for two and A2 for one, both from 1 January 2026; today is 20 March."""
    travel(conn, TODAY)
    house = House.build(conn)
    house.room("A1", capacity=2)
    house.room("A2")
    return house


def months(conn: Connection) -> dict[str, MonthRow]:
    conn.execute(text("refresh materialized view monthly_business_summary"))
    return {f"{row.month:%Y-%m}": row for row in Summaries(conn).page().items}


def test_who_comes_moves_and_leaves(house: House) -> None:
    conn = house.conn
    house.let(date(2026, 1, 11), name="Budi", number="A1")
    house.let(date(2026, 2, 1), name="Sari", number="A2")
    found = months(conn)
    assert [(row.tenants, row.arrivals, row.departures) for row in found.values()] == [(2, 0, 0), (2, 1, 0), (1, 1, 0)]
    # Rooms are there from their first lease on: 40 of 60 nights until today, 56 of 84, 21 of 42.
    assert [str(row.occupancy) for row in found.values()] == ["66.7", "66.7", "50.0"]


def test_nights_end_with_the_lease_and_moves_are_no_growth(house: House) -> None:
    conn = house.conn
    house.let(date(2026, 1, 1), name="Budi", number="A2")
    house.let(date(2026, 1, 1), name="Sari", number="A1")
    move_out(conn, find_tenant(conn, "BUDI"), date(2026, 2, 15))
    move_tenant(conn, find_tenant(conn, "SARI"), find_room(conn, "A2", "KOSA"), date(2026, 3, 11))
    found = months(conn)
    assert [(row.tenants, row.arrivals, row.departures) for row in found.values()] == [(1, 0, 0), (1, 0, 1), (2, 2, 0)]
    # Of three beds: 20 of 60 nights until today, 14 and 28 of 84, 62 of 93.
    assert [str(row.occupancy) for row in found.values()] == ["33.3", "50.0", "66.7"]


def test_money_by_the_day_it_came_and_by_the_period_it_is_for(house: House) -> None:
    conn = house.conn
    budi = house.let(date(2026, 2, 1), number="A2")
    house.freeze(budi)
    record_payment(conn, budi, Decimal(3_000_000), date(2026, 2, 2))
    wrong = record_payment(conn, budi, Decimal(500_000), date(2026, 3, 2))
    void_payment(conn, wrong, "somebody else's")
    add_deposit(conn, budi, Decimal(1_000_000), date(2026, 2, 2))
    post_charge(conn, budi, Decimal(75_000), "electricity")
    post_charge(conn, budi, Decimal(90_000), "opening")
    found = months(conn)
    assert {month: (row.received, row.payments) for month, row in found.items()} == {
        "2026-03": (0, 1), "2026-02": (3_000_000, 1)
    }  # fmt: skip
    assert {month: row.earned for month, row in found.items()} == {"2026-03": 1_575_000, "2026-02": 1_500_000}


def test_a_house_without_anything_has_its_month(house: House) -> None:
    (row,) = months(house.conn).values()
    assert (row.month, row.received, row.earned, row.occupancy, row.tenants) == (date(2026, 3, 1), 0, 0, None, 0)


def test_months_are_narrowed_and_read_page_by_page(house: House) -> None:
    house.let(date(2025, 12, 5), number="A2")
    months(house.conn)
    summaries, seen, after = Summaries(house.conn), [], None
    while True:
        page = summaries.page(since=date(2026, 1, 1), until=date(2026, 3, 1), after=after, limit=2)
        seen += [row.month for row in page.items]
        if (after := page.next) is None:
            break
    assert seen == [date(2026, 3, 1), date(2026, 2, 1), date(2026, 1, 1)]
    assert summaries.page(property_id=0).items == []
