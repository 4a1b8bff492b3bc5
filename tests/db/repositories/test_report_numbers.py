"""The worked numbers of the reports: aging (R18), arrears between two days, the rent roll, nights."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from db.repositories.lookup import find_room
from db.repositories.reports.debts import Debts
from db.repositories.reports.nights import Nights
from db.repositories.reports.rentroll import RentRoll
from db.services.charges import post_charge
from db.services.deposits import add_deposit
from db.services.moves import move_out
from db.services.payments import record_payment
from db.services.reversals import void_charge
from db.services.rooms import set_room_status
from tests.db.services.clock import travel
from tests.db.services.house import House

APRIL = date(2026, 4, 15)


@pytest.fixture
def house(conn: Connection) -> House:
    travel(conn, APRIL)
    built = House.build(conn)
    built.room("A1")
    built.room("A2", 1_200_000, capacity=2)
    return built


def test_four_months_of_which_a_million_is_paid_on_the_day_of_the_rule(house: House) -> None:
    budi = house.let(date(2026, 1, 10))
    record_payment(house.conn, budi, Decimal(1_000_000), date(2026, 2, 1))
    (row,) = Debts(house.conn).aged(APRIL)
    assert row[1:9] == (1, 0, 1_500_000, 1_500_000, 1_500_000, 500_000, 0, 5_000_000)
    (row,) = Debts(house.conn).arrears()
    assert (row.room, row.overdue, row.oldest_due_on, row.days_overdue) == ("A1", 5_000_000, date(2026, 1, 10), 95)
    (before,) = Debts(house.conn).aged(date(2026, 1, 31))
    assert (before.d1_30, before.total) == (1_500_000, 1_500_000)


@pytest.mark.parametrize(
    ("late", "bucket"),
    [(0, "not_due"), (1, "d1_30"), (30, "d1_30"), (31, "d31_60"), (60, "d31_60"), (61, "d61_90"), (90, "d61_90"),
     (91, "over_90")],
)  # fmt: skip
def test_each_day_has_its_bucket(house: House, late: int, bucket: str) -> None:
    due = APRIL - timedelta(days=late)
    post_charge(house.conn, house.tenant(), Decimal(700), "damage", charged_on=due, due_on=due)
    (row,) = Debts(house.conn).aged(APRIL)
    assert {name: getattr(row, name) for name in ("not_due", "d1_30", "d31_60", "d61_90", "over_90")} == {
        **dict.fromkeys(("not_due", "d1_30", "d31_60", "d61_90", "over_90"), 0), bucket: 700,
    }  # fmt: skip


def test_between_two_days_debts_are_new_paid_more_or_less(house: House) -> None:
    ani = house.let(date(2026, 3, 1), name="Ani")
    record_payment(house.conn, ani, Decimal(1_500_000), date(2026, 4, 10))
    house.let(date(2026, 4, 2), name="Budi", number="A2")
    gone = house.let(date(2026, 3, 2), name="Citra", number="A2")
    move_out(house.conn, gone, date(2026, 4, 1))
    record_payment(house.conn, gone, Decimal(1_200_000), date(2026, 4, 5))
    told = {
        row.tenant: (row.before, row.after, row.change) for row in Debts(house.conn).changed(date(2026, 3, 31), APRIL)
    }
    assert told == {
        "ANI": (1_500_000, 1_500_000, "same"), "BUDI": (0, 1_200_000, "new"), "CITRA": (1_200_000, 0, "paid")
    }  # fmt: skip


def test_the_rent_roll_has_every_bed_of_the_day(house: House) -> None:
    budi = house.let(date(2026, 3, 10), number="A2")
    add_deposit(house.conn, budi, Decimal(1_000_000), date(2026, 4, 1))
    record_payment(house.conn, budi, Decimal(1_200_000), date(2026, 4, 11))
    beds = [(row.room, row.bed, row.tenant, row.status) for row in RentRoll(house.conn).beds()]
    assert beds == [("A1", 1, None, "vacant"), ("A2", 1, "BUDI", "let"), ("A2", 2, None, "vacant")]
    (now,) = [row for row in RentRoll(house.conn).beds(APRIL) if row.tenant]
    (then,) = [row for row in RentRoll(house.conn).beds(date(2026, 3, 31)) if row.tenant]
    assert (now.deposit_held, now.outstanding_balance, now.paid_through_on) == (1_000_000, 1_200_000, date(2026, 4, 9))
    assert (then.deposit_held, then.outstanding_balance, then.paid_through_on) == (0, 1_200_000, None)
    (row,) = RentRoll(house.conn).sums()
    assert row[:5] == ("KOSA", 3, 1, 1_200_000, 2_700_000)


def through(conn: Connection, day: date) -> dict[str | None, date | None]:
    return {row.tenant: row.paid_through_on for row in RentRoll(conn).beds(day) if row.tenant}


def test_until_when_rent_was_paid_on_a_day_that_is_past(conn: Connection) -> None:
    """Water goes before rent here; February is taken back in April, and counts as owed until then."""
    travel(conn, APRIL)
    house = House.build(conn, charge_order=["utilities", "rent", "other", "late_fee"])
    house.room("A1")
    house.room("A2", 1_200_000, capacity=2)
    budi = house.let(date(2026, 1, 10))
    record_payment(conn, budi, Decimal(3_000_000), date(2026, 2, 12))
    february = conn.execute(text("select id from charges where period_start = '2026-02-10'")).scalar_one()
    void_charge(conn, february, "away")
    ani = house.let(date(2026, 3, 1), name="Ani", number="A2")
    record_payment(conn, ani, Decimal(1_300_000), date(2026, 3, 2))
    record_payment(conn, ani, Decimal(1_200_000), date(2026, 3, 20))
    sari = house.let(date(2026, 3, 1), name="Sari", number="A2")
    post_charge(conn, sari, Decimal(50_000), "water", charged_on=date(2026, 3, 1), due_on=date(2026, 3, 1))
    record_payment(conn, sari, Decimal(1_200_000), date(2026, 3, 2))
    assert through(conn, date(2026, 2, 11)) == {"BUDI": None}
    middle = {"BUDI": date(2026, 3, 9), "ANI": date(2026, 3, 31), "SARI": None}
    assert through(conn, date(2026, 3, 15)) == middle
    assert through(conn, date(2026, 3, 25)) == middle | {"ANI": date(2026, 4, 30)}
    assert through(conn, APRIL) == {"BUDI": date(2026, 4, 9), "ANI": date(2026, 4, 30), "SARI": None}


def test_nights_of_a_month_without_those_of_renovation(house: House) -> None:
    """A2 has two beds; one is let for half of March. A1 is being renovated since 11 April."""
    conn = house.conn
    conn.execute(text("update rooms set created_at = '2026-03-01 00:00+07'"))
    move_out(conn, house.let(date(2026, 3, 1), number="A2"), date(2026, 3, 16))
    set_room_status(conn, find_room(conn, "A1"), "renovation")
    conn.execute(text("delete from deliveries"))
    conn.execute(text("alter table events disable trigger append_only"))
    conn.execute(text("update events set recorded_at = '2026-04-11 03:00+00' where type = 'RoomStatusChanged'"))
    found = list(Nights(conn).occupancy(date(2026, 3, 1), date(2026, 4, 30)))
    assert [(row.month, row.available, row.let, row.vacant, row.renovation, row.occupancy) for row in found] == [
        (date(2026, 3, 1), 93, 15, 78, 0, Decimal("16.1")), (date(2026, 4, 1), 40, 0, 40, 5, Decimal("0.0"))
    ]  # fmt: skip
    by_room = list(Nights(conn).occupancy(date(2026, 3, 1), APRIL, by="room"))
    assert [(row.room, row.available, row.let) for row in by_room] == [("A1", 41, 0), ("A2", 92, 15)]
