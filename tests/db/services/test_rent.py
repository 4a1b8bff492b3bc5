"""The worked numbers of the billing rules, through the services and a real ledger."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

import pytest
from sqlalchemy import Connection, select, text

from db.domain.periods import YearMonth, next_boundary
from db.repositories.leases import tenant_leases
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_property, find_room, find_tenant
from db.services.charges import post_charge
from db.services.leases import change_billing_day, change_rent
from db.services.moves import move_out, move_tenant
from db.services.payments import record_payment
from db.tables import balances, charges
from tests.db.services.house import House


def rents(house: House, tenant_id: int) -> list[tuple[date, date, Decimal]]:
    c = charges.c
    query = select(c.period_start, c.period_end, c.amount).where(c.tenant_id == tenant_id, c.reverses_id.is_(None))
    return [tuple(row) for row in house.conn.execute(query.order_by(c.period_start, c.id))]


def test_on_the_first_day_the_tenant_owes_one_month_and_next_day_no_more(house: House) -> None:
    budi = house.let(date(2026, 1, 31), until=date(2026, 2, 1))
    assert house.balance(budi) == Decimal(1_500_000)
    assert house.accrue(date(2026, 2, 27)).charges == 0
    assert house.accrue(date(2026, 2, 28)).charges == 1
    assert house.balance(budi) == Decimal(3_000_000)


def test_periods_from_the_31st_keep_their_anchor(house: House) -> None:
    budi = house.let(date(2026, 1, 31), until=date(2026, 5, 31))
    starts = [start for start, _, _ in rents(house, budi.id)]
    assert starts == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_a_stub_is_prorated_over_the_full_period_it_lies_in(house: House) -> None:
    budi = house.let(date(2026, 1, 15), until=date(2026, 2, 1), billing_day=1)
    assert [amount for _, _, amount in rents(house, budi.id)] == [Decimal(822_581), Decimal(1_500_000)]


def test_a_new_billing_day_costs_one_bridging_charge(house: House) -> None:
    budi = house.let(date(2026, 2, 5), until=date(2026, 2, 5))
    change_billing_day(house.conn, budi, 20, date(2026, 3, 5))
    house.accrue(date(2026, 3, 20))
    assert rents(house, budi.id)[1:] == [
        (date(2026, 3, 5), date(2026, 3, 20), Decimal(725_806)),
        (date(2026, 3, 20), date(2026, 4, 20), Decimal(1_500_000)),
    ]


def test_a_raise_leaves_what_was_posted_and_paid_alone(house: House) -> None:
    budi = house.let(date(2026, 1, 10), until=date(2026, 6, 10))
    house.freeze(budi)
    record_payment(house.conn, budi, Decimal(9_000_000), date(2026, 6, 10))
    change_rent(house.conn, budi, Decimal(1_650_000), date(2026, 6, 15))
    assert house.balance(budi) == 0


def test_a_raise_counts_from_the_first_period_on_or_after_its_date(house: House) -> None:
    budi = house.let(date(2026, 1, 10), until=date(2026, 1, 10))
    change_rent(house.conn, budi, Decimal(1_650_000), date(2026, 2, 10))
    house.accrue(date(2026, 3, 10))
    assert [amount for _, _, amount in rents(house, budi.id)] == [1_500_000, 1_650_000, 1_650_000]


def test_moving_within_a_period_credits_the_old_room_and_charges_the_new(house: House) -> None:
    house.room("B2", 1_800_000)
    budi = house.let(date(2026, 3, 10), until=date(2026, 3, 10))
    moved = move_tenant(house.conn, budi, find_room(house.conn, "B2"), date(2026, 3, 25))
    assert (moved.credit, moved.charge) == (Decimal(774_194), Decimal(929_032))
    lines = Ledger(house.conn).charges(tenant_id=budi.id, until=date(2026, 4, 9)).items
    assert sum(line.amount for line in lines) == Decimal(1_654_838)
    charge = next(line for line in lines if line.kind == "rent" and line.days == 16)
    credit = next(line for line in lines if line.kind == "credit")
    assert charge.related_id == credit.id
    assert credit.related_id is not None


def test_moving_by_default_waits_for_the_billing_boundary(house: House) -> None:
    house.room("B2", 1_800_000)
    today = find_tenant(house.conn, house.tenant("Ani").code).today
    budi = house.let(today - timedelta(days=3))
    moved = move_tenant(house.conn, budi, find_room(house.conn, "B2"))
    assert moved.on > today
    assert moved.credit == moved.charge == 0
    assert [lease.ends_on for lease in tenant_leases(house.conn, budi.id)] == [moved.on, None]


def test_leaving_with_proration_credits_the_unused_days(house: House) -> None:
    budi = house.let(date(2026, 4, 1), until=date(2026, 4, 1))
    left = move_out(house.conn, budi, date(2026, 4, 21), refund="prorate")
    assert left.credit == Decimal(500_000)
    assert house.balance(budi) == Decimal(1_000_000)


def test_leaving_in_the_past_reverses_later_rent_and_keeps_the_debt(house: House) -> None:
    budi = house.let(date(2026, 1, 1), until=date(2026, 5, 1))
    left = move_out(house.conn, budi, date(2026, 3, 1))
    assert left.reversed == 3
    assert house.balance(budi) == Decimal(3_000_000)
    record_payment(house.conn, budi, Decimal(1_000_000), date(2026, 6, 1))
    assert house.balance(budi) == Decimal(2_000_000)


def test_a_split_room_shares_its_rent_to_the_last_rupiah(conn: Connection) -> None:
    house = House.build(conn)
    house.room("C1", 2_000_000, capacity=3, basis="split_room")
    start = date(2026, 2, 1)
    for name in ("Budi", "Ani", "Citra"):
        house.let(start, name=name, number="C1", until=date(2026, 1, 1))
    house.accrue(start)
    first = [amount for (amount,) in conn.execute(select(charges.c.amount).order_by(charges.c.id))]
    assert first == [Decimal(666_667), Decimal(666_667), Decimal(666_666)]


def test_a_split_is_made_anew_from_the_next_period_when_somebody_leaves(conn: Connection) -> None:
    house = House.build(conn)
    house.room("C1", 2_000_000, capacity=2, basis="split_room")
    budi = house.let(date(2026, 1, 1), number="C1", until=date(2026, 1, 1))
    ani = house.let(date(2026, 1, 15), name="Ani", number="C1", until=date(2026, 1, 1))
    house.accrue(date(2026, 2, 1))
    move_out(conn, ani, date(2026, 2, 10))
    house.accrue(date(2026, 3, 1))
    assert [amount for _, _, amount in rents(house, budi.id)] == [2_000_000, 1_000_000, 2_000_000]


def test_accrual_catches_up_and_repeats_without_a_trace(house: House) -> None:
    budi = house.let(date(2026, 1, 10), until=date(2026, 1, 10))
    assert house.accrue(date(2026, 5, 9)).charges == 3
    assert house.accrue(date(2026, 5, 9)) == (0, 0, 0)
    house.conn.execute(text("update leases set next_period_on = starts_on"))
    assert house.accrue(date(2026, 5, 9)).charges == 0
    assert house.balance(budi) == Decimal(6_000_000)


def test_an_opening_balance_stands_for_everything_before(house: House) -> None:
    budi = house.let(date(2025, 3, 10), until=date(2026, 1, 1), billed_from=date(2026, 1, 1))
    post_charge(house.conn, budi, Decimal(750_000), "opening", due_on=date(2026, 1, 1))
    house.accrue(date(2026, 1, 10))
    assert house.balance(budi) == Decimal(2_250_000)


@pytest.mark.parametrize(
    ("paid", "periods", "status"),
    [(0, None, "unpaid"), (500_000, None, "partial"), (1_500_000, 1, "unpaid"), (3_200_000, 2, "partial"),
     (4_500_000, 3, "paid"), (9_000_000, 6, "credit"), (9_100_000, 6, "credit")],
)  # fmt: skip
def test_what_is_paid_is_told_as_a_date_and_a_word(house: House, paid: int, periods: int | None, status: str) -> None:
    today = find_property(house.conn, "KOSA").today
    anchor = min(today.day, 28)
    start = YearMonth.of(today).previous.previous.clamp(anchor)
    budi = house.let(start)
    if paid:
        record_payment(house.conn, budi, Decimal(paid), today)
    row = house.conn.execute(select(balances).where(balances.c.tenant_id == budi.id)).one()
    boundaries = list(accumulate(range(6), lambda day, _: next_boundary(anchor, day), initial=start))
    through = None if periods is None else boundaries[periods] - timedelta(days=1)
    assert (row.paid_through_on, row.status) == (through, status)
