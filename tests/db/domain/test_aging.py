"""How old a debt is (R18)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from db.domain.aging import Buckets, age
from db.domain.allocation import Debt, allocate
from db.domain.ledger import ChargeEntry, PaymentEntry, balance, standing
from tests.db.domain.strategies import charge_lists, days, payment_lists

RENT = Decimal(1_500_000)
AS_OF = date(2026, 4, 15)


def test_four_months_of_arrears_fall_into_four_buckets() -> None:
    charges = [ChargeEntry(month, "rent", date(2026, month, 10), date(2026, month, 10), RENT) for month in (1, 2, 3, 4)]
    counted = standing(charges, [PaymentEntry(1, date(2026, 1, 12), Decimal(1_000_000))], AS_OF)
    allocation = allocate(counted.debts, counted.money)
    buckets = age(allocation.lines, allocation.credit, AS_OF)
    assert buckets == Buckets(over_90=Decimal(500_000), d61_90=RENT, d31_60=RENT, d1_30=RENT)
    assert buckets.total == 5_000_000


@pytest.mark.parametrize(
    ("days_past_due", "bucket"),
    [
        *((-5, "not_due"), (0, "not_due"), (1, "d1_30"), (30, "d1_30"), (31, "d31_60"), (60, "d31_60")),
        *((61, "d61_90"), (90, "d61_90"), (91, "over_90"), (4000, "over_90")),
    ],
)
def test_a_bucket_ends_on_its_last_day(days_past_due: int, bucket: str) -> None:
    lines = allocate([Debt(1, "rent", AS_OF - timedelta(days=days_past_due), RENT)], []).lines
    assert age(lines, Decimal(0), AS_OF) == Buckets(**{bucket: RENT})


def test_unapplied_credit_is_shown_positive_and_counts_against_the_total() -> None:
    buckets = age([], Decimal(500_000), AS_OF)
    assert (buckets.credit, buckets.total) == (500_000, -500_000)


@given(charge_lists(), payment_lists(), days)
def test_the_buckets_add_up_to_the_balance_on_any_day(
    charges: list[ChargeEntry], payments: list[PaymentEntry], as_of: date
) -> None:
    counted = standing(charges, payments, as_of)
    allocation = allocate(counted.debts, counted.money)
    buckets = age(allocation.lines, allocation.credit, as_of)
    assert buckets.total == balance(charges, payments, as_of)
    assert buckets.credit >= 0
