"""Rounding and splitting (M2, R9)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.money import (
    NonPositiveAmountError,
    complement,
    require_positive,
    round_to_step,
    split_evenly,
)
from db.errors import ExitCode
from tests.db.domain.strategies import amounts, steps

fractions = st.fractions(-(10**9), 10**9, max_denominator=400)


def test_a_room_of_two_million_splits_into_three_shares_by_largest_remainder() -> None:
    assert split_evenly(Decimal(2_000_000), 3, Decimal(1)) == (666_667, 666_667, 666_666)


def test_a_share_smaller_than_the_step_goes_whole_to_one() -> None:
    assert split_evenly(Decimal(1_000_500), 3, Decimal(1000)) == (334_000, 333_500, 333_000)


def test_a_half_is_rounded_up_once_at_the_end() -> None:
    assert round_to_step(Fraction("77.5") * 1445, Decimal(1)) == 111_988
    assert round_to_step(Decimal("0.005"), Decimal("0.01")) == Decimal("0.01")
    assert round_to_step(Fraction(500), Decimal(1000)) == 1000
    assert round_to_step(Fraction(17, 31) * 1_500_000, Decimal(1000)) == 823_000


def test_zero_and_less_are_refused_where_money_must_flow() -> None:
    assert require_positive(Decimal("0.01")) == Decimal("0.01")
    for amount in (Decimal(0), Decimal(-1)):
        with pytest.raises(NonPositiveAmountError) as refusal:
            require_positive(amount)
        assert refusal.value.exit_code is ExitCode.REFUSED


def test_impossible_steps_and_shares_are_programming_errors() -> None:
    for parts, step in [(0, Decimal(1)), (3, Decimal(0))]:
        with pytest.raises(ValueError, match="split"):
            split_evenly(Decimal(100), parts, step)
    with pytest.raises(ValueError, match="rounding step"):
        round_to_step(Fraction(1), Decimal(0))


@given(fractions, steps)
def test_rounding_lands_on_the_nearest_step(value: Fraction, step: Decimal) -> None:
    rounded = Fraction(round_to_step(value, step))
    assert (rounded / Fraction(step)).denominator == 1
    assert abs(rounded - value) <= Fraction(step) / 2


@given(fractions, steps)
def test_a_credit_rounds_as_the_charge_it_mirrors(value: Fraction, step: Decimal) -> None:
    assert round_to_step(-value, step) == -round_to_step(value, step)


@given(amounts | amounts.map(lambda amount: -amount), st.integers(1, 40), steps)
def test_shares_add_up_and_differ_by_at_most_a_step(total: Decimal, parts: int, step: Decimal) -> None:
    shares = split_evenly(total, parts, step)
    assert len(shares) == parts
    assert sum(shares) == total
    assert max(shares) - min(shares) <= step
    assert sorted(shares, key=abs, reverse=True) == list(shares)


@given(amounts, st.integers(0, 31), steps)
def test_two_parts_add_up_whatever_the_rounding(total: Decimal, days: int, step: Decimal) -> None:
    first = round_to_step(Fraction(total) * days / 31, step)
    assert first + complement(total, first) == total
