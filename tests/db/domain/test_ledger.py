"""Balances and reversals (R5, R10, R11, R13, R18)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.allocation import MoneyIn
from db.domain.ledger import (
    AlreadyReversedError,
    ChargeEntry,
    PaymentEntry,
    ReversalReversedError,
    balance,
    require_reversible,
    standing,
)
from db.domain.rent import Policy, Terms, rent_due
from tests.db.domain.strategies import amounts, charge_lists, days, payment_lists

RENT = Decimal(1_500_000)
any_day = st.none() | days


def _charge(number: int, on: date, amount: Decimal = RENT, reverses: int | None = None) -> ChargeEntry:
    return ChargeEntry(number, "rent", on, on, amount, reverses_id=reverses)


def _payment(number: int, on: date, amount: int, reverses: int | None = None) -> PaymentEntry:
    return PaymentEntry(number, on, Decimal(amount), reverses)


def test_on_the_first_day_the_balance_is_the_rent_minus_what_was_paid() -> None:
    day = date(2026, 3, 10)
    assert balance([_charge(1, day)], [_payment(1, day, 400_000)]) == 1_100_000


def test_a_balance_is_signed_and_never_clamped() -> None:
    assert balance([_charge(1, date(2026, 3, 10))], [_payment(1, date(2026, 3, 10), 2_000_000)]) == -500_000


def test_a_raise_leaves_six_paid_months_at_zero_until_the_next_period() -> None:
    terms = [Terms(date(2026, 1, 10), RENT, 10), Terms(date(2026, 7, 1), Decimal(1_650_000), 10)]

    def owed(until: date) -> Decimal:
        dues = rent_due(terms, date(2026, 1, 10), None, Policy(0, "daily", Decimal(1)), since=None, until=until)
        charges = [_charge(number, due.period.start, due.amount) for number, due in enumerate(dues)]
        return balance(charges, [_payment(1, date(2026, 1, 10), 9_000_000)])

    assert owed(date(2026, 7, 9)) == 0
    assert owed(date(2026, 7, 10)) == 1_650_000


def test_money_booked_to_ani_instead_of_budi_moves_by_a_reversal_and_a_new_payment() -> None:
    day = date(2026, 3, 10)
    ani = [_payment(1, day, 1_500_000), _payment(2, date(2026, 3, 12), -1_500_000, reverses=1)]
    budi = [_payment(3, date(2026, 3, 12), 1_500_000)]
    rent = [_charge(1, day)]
    assert balance(rent, ani) == 1_500_000
    assert balance(rent, budi) == 0
    assert balance(rent, ani, as_of=date(2026, 3, 11)) == 0
    assert standing(rent, ani).money == ()


def test_an_opening_credit_counts_like_money_until_it_is_used() -> None:
    opening = ChargeEntry(1, "opening", date(2026, 1, 1), date(2026, 1, 1), Decimal(-250_000))
    assert balance([opening], []) == -250_000
    assert standing([opening], []).money == (MoneyIn(1, date(2026, 1, 1), Decimal(250_000), "charge"),)


def test_an_opening_debt_is_a_charge_like_any_other() -> None:
    opening = ChargeEntry(1, "opening", date(2026, 1, 1), date(2026, 1, 1), Decimal(750_000))
    assert balance([opening], [_payment(1, date(2026, 1, 5), 750_000)]) == 0


def test_credit_that_was_paid_back_must_be_covered_by_money() -> None:
    payments = [_payment(1, date(2026, 3, 1), 500_000), _payment(2, date(2026, 3, 5), -500_000)]
    counted = standing([], payments)
    assert [(debt.kind, debt.source, debt.amount) for debt in counted.debts] == [("refund", "payment", 500_000)]
    assert balance([], payments) == 0


def test_a_reversal_counts_from_its_own_date() -> None:
    charges = [_charge(1, date(2026, 3, 1)), _charge(2, date(2026, 3, 20), -RENT, reverses=1)]
    assert [debt.id for debt in standing(charges, [], date(2026, 3, 19)).debts] == [1]
    assert standing(charges, [], date(2026, 3, 20)).debts == ()


def test_a_reversal_can_not_be_reversed_and_an_entry_only_once() -> None:
    payment, reversal = _payment(1, date(2026, 3, 1), 5), _payment(2, date(2026, 3, 1), -5, reverses=1)
    require_reversible(payment, reversed_by=None)
    with pytest.raises(AlreadyReversedError):
        require_reversible(payment, reversed_by=2)
    with pytest.raises(ReversalReversedError):
        require_reversible(reversal, reversed_by=None)


def test_a_second_reversal_by_mistake_still_shows_in_the_standing() -> None:
    payments = [_payment(1, date(2026, 3, 1), 5), *(_payment(n, date(2026, 3, 2), -5, 1) for n in (2, 3))]
    assert [debt.id for debt in standing([], payments).debts] == [3]


def test_a_reversal_of_another_amount_hides_nothing() -> None:
    payments = [_payment(1, date(2026, 3, 1), 5), _payment(2, date(2026, 3, 2), -4, 1)]
    counted = standing([], payments)
    assert [item.amount for item in counted.money] == [5]
    assert [debt.amount for debt in counted.debts] == [4]


@given(charge_lists(), payment_lists(), any_day)
def test_what_stands_always_agrees_with_the_balance(
    charges: list[ChargeEntry], payments: list[PaymentEntry], as_of: date | None
) -> None:
    counted = standing(charges, payments, as_of)
    owed = sum(debt.amount for debt in counted.debts) - sum(item.amount for item in counted.money)
    assert owed == balance(charges, payments, as_of)
    assert all(debt.amount >= 0 for debt in counted.debts)
    assert all(item.amount > 0 for item in counted.money)


@given(charge_lists(), payment_lists(), amounts, days, days, any_day)
def test_a_reversal_restores_the_balance_exactly(
    charges: list[ChargeEntry],
    payments: list[PaymentEntry],
    amount: Decimal,
    on: date,
    reversed_on: date,
    as_of: date | None,
) -> None:
    payment = PaymentEntry(900, on, amount)
    reversal = replace(payment, id=901, amount=-amount, payment_date=reversed_on, reverses_id=900)
    undone = [*payments, payment, reversal]
    between = as_of is not None and min(on, reversed_on) <= as_of < max(on, reversed_on)
    assert between or balance(charges, undone, as_of) == balance(charges, payments, as_of)
    assert between or standing(charges, undone, as_of) == standing(charges, payments, as_of)
