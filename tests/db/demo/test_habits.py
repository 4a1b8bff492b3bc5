"""What tenants of each habit have paid by today."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from db.demo.habits import Due, Habit, Planned, plan_payments
from db.domain.periods import YearMonth

RENT = Decimal(1_500_000)
TODAY = date(2026, 7, 20)
ON_TIME = (0, 0)


def rents(count: int) -> list[Due]:
    """The rents of so many months, due on the 10th, up to and with July."""
    months = [YearMonth.of(TODAY)]
    while len(months) < count:
        months.insert(0, months[0].previous)
    return [Due(month.clamp(10), RENT) for month in months]


def paid(dues: list[Due], habit: Habit) -> list[Planned]:
    return list(plan_payments(dues, habit, TODAY, Random(1)))


def total(dues: list[Due], habit: Habit) -> Decimal:
    return sum((one.amount for one in paid(dues, habit)), Decimal(0))


def test_who_pays_in_time_owes_nothing() -> None:
    payments = paid(rents(12), Habit(late=ON_TIME))
    assert [one.paid_on for one in payments] == [due.due_on for due in rents(12)]
    assert {one.amount for one in payments} == {RENT}


def test_who_is_two_months_behind_has_not_paid_the_last_two() -> None:
    assert total(rents(12), Habit(behind=2)) == 10 * RENT


def test_a_skipped_month_stays_unpaid() -> None:
    payments = paid(rents(12), Habit(skipped=9, late=ON_TIME))
    assert len(payments) == 11
    assert date(2025, 10, 10) not in {one.paid_on for one in payments}


def test_a_part_is_a_round_sum_of_the_last_rent() -> None:
    *before, last = paid(rents(3), Habit(part=Decimal("0.55"), late=ON_TIME))
    assert {one.amount for one in before} == {RENT}
    assert last.amount == Decimal(800_000)


def test_half_a_year_at_once_counts_months_to_come() -> None:
    payments = paid(rents(8), Habit(every=6, late=ON_TIME))
    assert [one.amount for one in payments] == [6 * RENT, 6 * RENT]


def test_what_falls_due_on_one_day_is_paid_together() -> None:
    dues = [Due(TODAY, RENT), Due(TODAY, Decimal(112_000))]
    assert [one.amount for one in paid(dues, Habit(late=ON_TIME))] == [RENT + 112_000]


def test_a_credit_lowers_the_next_payment() -> None:
    dues = [Due(TODAY - timedelta(days=30), Decimal(-500_000)), Due(TODAY, RENT)]
    assert [one.amount for one in paid(dues, Habit(late=ON_TIME))] == [RENT - 500_000]


def test_who_pays_late_has_not_paid_yet() -> None:
    assert total([*rents(3), Due(TODAY, RENT)], Habit(late=(3, 3))) == 3 * RENT


@given(
    every=st.integers(1, 12),
    behind=st.integers(0, 3),
    part=st.decimals("0.1", 1, places=2),
    months=st.integers(0, 30),
    seed=st.integers(0, 99),
)
def test_payments_are_positive_whole_and_never_in_the_future(
    every: int, behind: int, part: Decimal, months: int, seed: int
) -> None:
    habit = Habit(every=every, behind=behind, part=part)
    planned = list(plan_payments(rents(months) if months else [], habit, TODAY, Random(seed)))
    assert all(one.amount > 0 and one.amount == one.amount.to_integral_value() for one in planned)
    assert all(one.paid_on <= TODAY for one in planned)
    assert planned == list(plan_payments(rents(months) if months else [], habit, TODAY, Random(seed)))
