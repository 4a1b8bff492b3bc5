"""Houses drawn from a seed: everybody has a bed of their own, on whatever day."""

from collections import Counter
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from db.demo.crowd import BLOCK, HOUSE, rooms_for, seat, tenancies

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def test_twenty_five_tenants_take_twenty_four_rooms() -> None:
    seats = [seat(place) for place in range(BLOCK)]
    assert len({one.room for one in seats}) == 24
    assert [one.room for one in seats[-3:]] == [22, 22, 23]
    assert [one.left for one in seats].count(True) == 1


def test_nobody_has_the_bed_of_another() -> None:
    beds = Counter((one.room, one.slot) for one in map(seat, range(HOUSE)))
    assert set(beds.values()) == {1}


@given(st.integers(1, HOUSE), st.integers())
def test_every_bed_is_in_a_room(count: int, seed: int) -> None:
    rooms = rooms_for(count, Random(seed))
    assert len({room.number for room in rooms}) == len(rooms)
    for one in map(seat, range(count)):
        assert one.slot <= rooms[one.room].capacity


@settings(max_examples=30, deadline=None)
@given(DAYS, st.integers(), st.sampled_from([None, 1, 5, 31]))
def test_stays_make_sense_on_any_day(today: date, seed: int, billing_day: int | None) -> None:
    people = list(tenancies(1000, 100, rooms_for(100, Random(seed)), billing_day, today, Random(seed)))
    assert len({one.person.code for one in people}) == 100
    for place, one in enumerate(people):
        assert one.ends_on is None or one.ends_on > one.starts_on
        assert one.rents[0].effective_on == one.starts_on
        assert seat(place).left is (one.ends_on is not None and one.ends_on <= today)
        if billing_day is not None:
            assert {rent.billing_day for rent in one.rents} == {billing_day}


def test_billing_days_at_the_end_of_the_month_are_among_them() -> None:
    people = tenancies(1, HOUSE, rooms_for(HOUSE, Random(1)), None, date(2026, 3, 1), Random(1))
    assert {29, 30, 31} <= {one.rents[0].billing_day for one in people}


def test_the_same_seed_makes_the_same_people() -> None:
    def made() -> list[object]:
        return list(tenancies(1, 50, rooms_for(50, Random(7)), None, date(2026, 3, 1), Random(7)))

    assert made() == made()
