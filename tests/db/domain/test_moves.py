"""Moving to another room and moving out (R6, R7)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.ledger import ChargeEntry
from db.domain.moveout import UnusedRent, settle_move_out
from db.domain.periods import Period, period_containing
from db.domain.rent import Policy, Terms, move_adjustment, rent_due, split_unused
from tests.db.domain.strategies import anchors, days, rents, steps

RUPIAH = Decimal(1)
MARCH = Period(date(2026, 3, 10), date(2026, 4, 10))
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))


def _rent(number: int, period: Period, amount: int = 1_500_000) -> ChargeEntry:
    return ChargeEntry(number, "rent", period.start, period.start, Decimal(amount), period.start, period.end)


def test_a_move_within_a_period_credits_the_old_room_and_charges_the_new_one() -> None:
    credit, charge = move_adjustment(MARCH, date(2026, 3, 25), Decimal(1_500_000), Decimal(1_800_000), 31, RUPIAH)
    assert (credit, charge, charge - credit) == (774_194, 929_032, 154_838)


def test_a_move_outside_the_period_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="is not in"):
        move_adjustment(MARCH, MARCH.end, Decimal(1), Decimal(1), 31, RUPIAH)


def test_leaving_after_20_april_gives_ten_of_thirty_days_back() -> None:
    assert split_unused(APRIL, Decimal(1_500_000), date(2026, 4, 21), RUPIAH) == (1_000_000, 500_000)
    settled = settle_move_out([_rent(1, APRIL)], date(2026, 4, 21), "prorate", RUPIAH)
    unused = Period(date(2026, 4, 21), date(2026, 5, 1))
    assert settled.credits == (UnusedRent(_rent(1, APRIL), unused, Decimal(500_000)),)
    assert settled.reverse == ()


def test_nothing_is_given_back_unless_the_landlord_says_so() -> None:
    settled = settle_move_out([_rent(1, APRIL)], date(2026, 4, 21), "none", RUPIAH)
    assert (settled.reverse, settled.credits) == ((), ())


def test_a_move_out_dated_back_reverses_the_rent_of_later_periods() -> None:
    march, may = Period(date(2026, 3, 1), APRIL.start), Period(APRIL.end, date(2026, 6, 1))
    water = replace(_rent(4, may), kind="water")
    charges = [_rent(1, march), _rent(2, APRIL), _rent(3, may), water]
    assert settle_move_out(charges, APRIL.start, "none", RUPIAH).reverse == (charges[1], charges[2])
    assert settle_move_out(charges, date(2026, 4, 2), "prorate", RUPIAH).reverse == (charges[2],)


def test_rent_that_is_already_reversed_is_left_alone() -> None:
    reversal = replace(_rent(2, APRIL, -1_500_000), reverses_id=1)
    settled = settle_move_out([_rent(1, APRIL), reversal], APRIL.start, "prorate", RUPIAH)
    assert (settled.reverse, settled.credits) == ((), ())


def test_a_rent_charge_without_its_period_is_a_programming_error() -> None:
    nameless = replace(_rent(1, APRIL), period_start=None)
    with pytest.raises(ValueError, match="no period"):
        settle_move_out([nameless], APRIL.start, "none", RUPIAH)


@given(anchors, days, days, st.integers(0, 10**7), steps)
def test_used_and_unused_rent_add_up(anchor: int, day: date, from_day: date, amount: int, step: Decimal) -> None:
    period = period_containing(anchor, day)
    used, unused = split_unused(period, Decimal(amount), from_day, step)
    assert used + unused == amount
    assert min(used, unused) >= 0
    if from_day <= period.start:
        assert used == 0
    if from_day >= period.end:
        assert unused == 0


@given(anchors, days, rents, rents, steps)
def test_the_charge_of_a_move_is_the_stub_of_a_lease_that_starts_that_day(
    anchor: int, day: date, old: Decimal, new: Decimal, step: Decimal
) -> None:
    period = period_containing(anchor, day)
    _, charge = move_adjustment(period, day, old, new, period.days, step)
    dues = rent_due(
        [Terms(day, new, anchor)], day, None, Policy(0, "daily", step), since=None, until=day + timedelta(days=1)
    )
    stub = next(dues)
    assert stub.kind == "full" or charge == stub.amount
