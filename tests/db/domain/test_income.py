"""Cash and accrual are two reports (R19)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from db.domain.income import accrual_income, cash_income
from db.domain.ledger import ChargeEntry, PaymentEntry
from db.domain.periods import YearMonth

MARCH, APRIL, MAY = YearMonth(2026, 3), YearMonth(2026, 4), YearMonth(2026, 5)


def _rent(number: int, month: int, amount: int, reverses: int | None = None) -> ChargeEntry:
    start, end = date(2026, month, 10), date(2026, month + 1, 10)
    return ChargeEntry(number, "rent", start, start, Decimal(amount), start, end, reverses)


def test_a_prepayment_is_cash_at_once_and_income_month_by_month() -> None:
    assert cash_income([PaymentEntry(1, date(2026, 3, 31), Decimal(3_000_000))]) == {MARCH: 3_000_000}
    assert accrual_income([_rent(1, 3, 1_500_000), _rent(2, 4, 1_500_000)]) == {MARCH: 1_500_000, APRIL: 1_500_000}


def test_rent_that_was_posted_late_is_income_of_its_own_month() -> None:
    late = replace(_rent(1, 3, 1_500_000), charged_on=date(2026, 5, 2))
    assert accrual_income([late]) == {MARCH: 1_500_000}


def test_a_deposit_applied_to_a_charge_is_no_cash() -> None:
    payments = [PaymentEntry(1, date(2026, 3, 1), Decimal(7), method="deposit")]
    assert cash_income(payments) == {}


def test_an_opening_balance_was_earned_before_the_books_began() -> None:
    opening = ChargeEntry(1, "opening", date(2026, 3, 1), date(2026, 3, 1), Decimal(750_000))
    assert accrual_income([opening]) == {}


def test_credits_and_reversals_count_against_the_month_they_belong_to() -> None:
    damage = ChargeEntry(4, "damage", date(2026, 5, 3), date(2026, 5, 3), Decimal(200_000))
    charges = [_rent(1, 3, 1_500_000), _rent(2, 3, -500_000), _rent(5, 4, 9), _rent(3, 4, -9, reverses=5), damage]
    assert accrual_income(charges) == {MARCH: 1_000_000, APRIL: 0, MAY: 200_000}
    payments = [PaymentEntry(1, date(2026, 4, 1), Decimal(5)), PaymentEntry(2, date(2026, 5, 1), Decimal(-5), 1)]
    assert list(cash_income(reversed(payments)).items()) == [(APRIL, 5), (MAY, -5)]
