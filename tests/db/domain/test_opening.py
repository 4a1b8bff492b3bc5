"""Where the book takes a tenant over (R17): from the day after the last one that is paid, and only at a boundary."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.opening import PaidBeforeError, PaidThroughError, TakenOver, take_over
from db.domain.periods import period_containing

TODAY = date(2026, 11, 23)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("paid_through", "starts_on", "billing_day", "expected"),
    [
        # Lunas s/d 9 Mar, billing day 10: the next period begins on 10 Mar.
        (date(2026, 3, 9), date(2024, 3, 10), 10, TakenOver(date(2024, 3, 10), 10, date(2026, 3, 10))),
        # Nothing else known: the first unpaid day is the anchor, and the lease begins with it.
        (date(2026, 3, 9), None, None, TakenOver(date(2026, 3, 10), 10, date(2026, 3, 10))),
        # Paid ahead: the lease begins today.
        (date(2026, 12, 31), None, None, TakenOver(TODAY, 1, date(2027, 1, 1))),
        # Billing day 31 means the last day of a shorter month.
        (date(2026, 2, 27), None, 31, TakenOver(date(2026, 2, 28), 31, date(2026, 2, 28))),
        # Who has paid nothing yet: the day before moving in.
        (date(2026, 1, 14), date(2026, 1, 15), 1, TakenOver(date(2026, 1, 15), 1, date(2026, 1, 15))),
    ],
)
def test_rent_is_owed_from_the_next_day_on(
    paid_through: date, starts_on: date | None, billing_day: int | None, expected: TakenOver
) -> None:
    assert take_over(paid_through, starts_on, billing_day, TODAY) == expected


def test_a_day_within_a_period_is_refused_with_the_days_around_it() -> None:
    with pytest.raises(PaidThroughError) as refused:
        take_over(date(2026, 3, 31), date(2024, 3, 10), None, TODAY)
    assert refused.value.fields == {
        "day": date(2026, 3, 31), "billing_day": 10, "before": date(2026, 3, 9), "after": date(2026, 4, 9)
    }  # fmt: skip
    with pytest.raises(PaidBeforeError):
        take_over(date(2026, 3, 9), date(2026, 3, 11), 10, TODAY)


@given(days, st.none() | days, st.none() | st.integers(1, 31))
def test_what_is_taken_over_is_billed_from_a_boundary_or_the_first_day(
    paid_through: date, starts_on: date | None, billing_day: int | None
) -> None:
    try:
        taken = take_over(paid_through, starts_on, billing_day, TODAY)
    except PaidThroughError as error:
        # Each of the days that are named would do.
        for day in (error.fields["before"], error.fields["after"]):
            assert isinstance(day, date)
            if starts_on is None or day >= starts_on - timedelta(days=1):
                assert take_over(day, starts_on, billing_day, TODAY).billed_from == day + timedelta(days=1)
        return
    except PaidBeforeError:
        assert starts_on is not None
        assert paid_through + timedelta(days=1) < starts_on
        return
    assert taken.billing_day is not None
    assert taken.billed_from == paid_through + timedelta(days=1) >= taken.starts_on
    assert taken.billed_from in (taken.starts_on, period_containing(taken.billing_day, taken.billed_from).start)
