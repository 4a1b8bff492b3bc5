"""People change their mind: what was planned is put off, brought forward or called off, and the rent follows."""

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from sqlalchemy import select

from db.errors import RuleError
from db.repositories.balances import Balances
from db.repositories.leases import tenant_leases
from db.repositories.lookup import find_room
from db.services.leases import RoomFullError, assign_tenant, change_billing_day, change_rent
from db.services.moves import move_out, move_tenant
from db.services.payments import record_payment
from db.services.rooms import RoomInUseError, edit_room, set_room_status
from db.services.tenants import TenantHousedError
from db.tables import charges
from tests.db.services.clock import travel
from tests.db.services.house import House


def starts(house: House, tenant_id: int) -> list[date]:
    c = charges.c
    query = select(c.period_start).where(c.tenant_id == tenant_id, c.kind == "rent", c.reverses_id.is_(None))
    return list(house.conn.execute(query.order_by(c.period_start)).scalars())


def live_until(house: House, day: date) -> None:
    travel(house.conn, day)
    house.accrue(day)


def test_rent_goes_on_when_a_planned_move_out_is_put_off(house: House) -> None:
    travel(house.conn, date(2026, 3, 20))
    budi = house.let(date(2026, 3, 1))
    move_out(house.conn, budi, date(2026, 3, 31))
    move_out(house.conn, budi, date(2026, 6, 1))
    live_until(house, date(2026, 7, 1))
    assert starts(house, budi.id) == [date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)]


def test_leaving_calls_off_a_move_that_was_still_to_come(house: House) -> None:
    house.room("B2")
    travel(house.conn, date(2026, 3, 20))
    budi = house.let(date(2026, 3, 1))
    move_tenant(house.conn, budi, find_room(house.conn, "B2"))
    move_out(house.conn, budi, date(2026, 3, 25))
    live_until(house, date(2026, 6, 1))
    assert [lease.ends_on for lease in tenant_leases(house.conn, budi.id)] == [date(2026, 3, 25)]
    assert starts(house, budi.id) == [date(2026, 3, 1)]


def test_leaving_after_a_planned_move_ends_the_new_lease(house: House) -> None:
    house.room("B2")
    travel(house.conn, date(2026, 3, 20))
    budi = house.let(date(2026, 3, 1))
    move_tenant(house.conn, budi, find_room(house.conn, "B2"))
    move_out(house.conn, budi, date(2026, 5, 1))
    assert [lease.ends_on for lease in tenant_leases(house.conn, budi.id)] == [date(2026, 4, 1), date(2026, 5, 1)]


def test_a_second_planned_move_before_the_first_is_refused_in_words(house: House) -> None:
    house.room("B2")
    house.room("B3")
    travel(house.conn, date(2026, 3, 20))
    budi = house.let(date(2026, 3, 1))
    move_tenant(house.conn, budi, find_room(house.conn, "B2"))
    with pytest.raises(TenantHousedError):
        move_tenant(house.conn, budi, find_room(house.conn, "B3"), date(2026, 3, 25))


def test_a_billing_day_dated_back_starts_behind_what_is_posted(house: House) -> None:
    travel(house.conn, date(2026, 3, 20))
    budi = house.let(date(2026, 1, 10))
    change_billing_day(house.conn, budi, 20, date(2026, 2, 1))
    live_until(house, date(2026, 5, 1))
    assert starts(house, budi.id)[2:] == [date(2026, 3, 10), date(2026, 4, 10), date(2026, 4, 20)]


def test_a_raise_that_was_planned_keeps_a_later_change_of_the_billing_day(house: House) -> None:
    travel(house.conn, date(2026, 1, 15))
    budi = house.let(date(2026, 1, 10))
    change_rent(house.conn, budi, Decimal(2_000_000), date(2026, 5, 1))
    change_billing_day(house.conn, budi, 20, date(2026, 3, 1))
    terms = tenant_leases(house.conn, budi.id)[0].terms
    assert [(row.monthly_rent, row.billing_day) for row in terms] == [(1_500_000, 10), (1_500_000, 20), (2_000_000, 20)]


def test_money_paid_ahead_counts_for_a_lease_to_come_and_shrinks_with_a_raise(house: House) -> None:
    travel(house.conn, date(2026, 3, 20))
    budi = house.tenant()
    record_payment(house.conn, budi, Decimal(4_500_000), date(2026, 3, 19))
    assign_tenant(house.conn, budi, find_room(house.conn, "A1"), date(2026, 4, 1))
    assert Balances(house.conn).row(budi.id).paid_through_on == date(2026, 6, 30)
    change_rent(house.conn, budi, Decimal(2_000_000), date(2026, 5, 1))
    assert Balances(house.conn).row(budi.id).paid_through_on == date(2026, 5, 31)


def test_a_room_mate_who_paid_ahead_is_covered_longer_when_the_rent_is_shared(house: House) -> None:
    house.room("C1", 2_000_000, capacity=2, basis="split_room")
    travel(house.conn, date(2026, 1, 15))
    budi = house.let(date(2026, 1, 1), number="C1")
    record_payment(house.conn, budi, Decimal(4_000_000), date(2026, 1, 15))
    house.let(date(2026, 1, 20), name="Ani", number="C1")
    assert Balances(house.conn).row(budi.id).paid_through_on == date(2026, 3, 31)


@pytest.mark.parametrize("today", [date(2026, 3, 31), date(2026, 4, 1)])
def test_whether_a_room_is_let_follows_the_day_at_the_property(house: House, today: date) -> None:
    travel(house.conn, date(2026, 3, 20))
    house.room("C2", capacity=2)
    for name in ("Ani", "Budi"):
        move_out(house.conn, house.let(date(2026, 3, 1), name=name, number="C2"), date(2026, 4, 1))
    travel(house.conn, today)
    room = find_room(house.conn, "C2")
    changes = (
        lambda: set_room_status(house.conn, room, "renovation"),
        lambda: edit_room(house.conn, room, {"capacity": 1}),
    )
    for change in changes:
        if today < date(2026, 4, 1):
            with pytest.raises(RuleError) as refused, house.conn.begin_nested():
                change()
            assert refused.type is RoomInUseError or refused.value.code == "capacity_in_use"
        else:
            change()


@pytest.mark.parametrize(("refund", "owed"), [("none", 1_500_000), ("prorate", 483_871)])
def test_leaving_before_a_move_within_the_same_period_gives_no_day_back_twice(
    house: House, refund: Literal["none", "prorate"], owed: int
) -> None:
    house.room("B2")
    travel(house.conn, date(2026, 3, 28))
    budi = house.let(date(2026, 3, 10))
    move_tenant(house.conn, budi, find_room(house.conn, "B2"), date(2026, 3, 25))
    move_out(house.conn, budi, date(2026, 3, 20), refund=refund)
    assert house.balance(budi) == owed


def test_an_end_cannot_be_put_off_when_the_bed_is_let_again(house: House) -> None:
    travel(house.conn, date(2026, 3, 20))
    budi = house.let(date(2026, 3, 1))
    move_out(house.conn, budi, date(2026, 4, 1))
    house.let(date(2026, 4, 1), name="Ani")
    with pytest.raises(RoomFullError):
        move_out(house.conn, budi, date(2026, 5, 1))
