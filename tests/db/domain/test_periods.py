"""Billing periods tile from the anchor (R1)."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.periods import (
    BillingDayError,
    DateOutOfRangeError,
    Period,
    YearMonth,
    next_boundary,
    period,
    period_containing,
)
from tests.db.domain.strategies import anchors, days

months = st.builds(YearMonth, st.integers(1900, 2400), st.integers(1, 12))


def _lasting(anchor: int, month: YearMonth, count: int) -> list[tuple[date, date, int]]:
    found = []
    for _ in range(count):
        one = period(anchor, month)
        found.append((one.start, one.last_day, one.days))
        month = month.next
    return found


def test_periods_of_the_31st_keep_their_anchor_through_short_months() -> None:
    assert _lasting(31, YearMonth(2026, 1), 5) == [
        (date(2026, 1, 31), date(2026, 2, 27), 28),
        (date(2026, 2, 28), date(2026, 3, 30), 31),
        (date(2026, 3, 31), date(2026, 4, 29), 30),
        (date(2026, 4, 30), date(2026, 5, 30), 31),
        (date(2026, 5, 31), date(2026, 6, 29), 30),
    ]


def test_periods_of_the_30th_use_the_leap_day() -> None:
    assert _lasting(30, YearMonth(2024, 1), 3) == [
        (date(2024, 1, 30), date(2024, 2, 28), 30),
        (date(2024, 2, 29), date(2024, 3, 29), 30),
        (date(2024, 3, 30), date(2024, 4, 29), 31),
    ]


def test_the_month_before_january_is_december() -> None:
    assert YearMonth(2026, 1).previous == YearMonth(2025, 12)
    assert YearMonth(2025, 12).next == YearMonth(2026, 1)


@pytest.mark.parametrize("day", [0, 32, -1])
def test_a_billing_day_outside_the_month_is_refused(day: int) -> None:
    with pytest.raises(BillingDayError):
        period(day, YearMonth(2026, 1))


def test_a_date_at_the_end_of_the_calendar_is_refused_as_such() -> None:
    with pytest.raises(DateOutOfRangeError):
        period_containing(1, date.max)
    with pytest.raises(DateOutOfRangeError):
        period_containing(2, date.min)


@given(anchors, months)
def test_one_period_ends_where_the_next_begins(anchor: int, month: YearMonth) -> None:
    assert period(anchor, month).end == period(anchor, month.next).start
    assert month.next.previous == month


@given(anchors, days)
def test_every_day_belongs_to_exactly_one_period(anchor: int, day: date) -> None:
    month = YearMonth.of(day)
    near = [period(anchor, one) for one in (month.previous.previous, month.previous, month, month.next)]
    assert [one for one in near if day in one] == [period_containing(anchor, day)]


@given(anchors, days)
def test_a_boundary_is_the_anchor_or_the_last_day_of_a_shorter_month(anchor: int, day: date) -> None:
    boundary = next_boundary(anchor, day)
    assert boundary.day == min(anchor, monthrange(boundary.year, boundary.month)[1])
    between = [day + timedelta(days=count) for count in range(1, (boundary - day).days)]
    assert all(one.day != min(anchor, monthrange(one.year, one.month)[1]) for one in between)


@given(days, st.integers(1, 400))
def test_a_period_holds_as_many_days_as_it_says(start: date, length: int) -> None:
    one = Period(start, start + timedelta(days=length))
    assert one.days == length
    assert one.start in one
    assert one.last_day in one
    assert one.end not in one
