"""Which rent is owed for which days (R1-R5, R7, R17)."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given

from db.domain.periods import DateOutOfRangeError, Period
from db.domain.rent import (
    LeaseNotStartedError,
    Policy,
    RentDue,
    Terms,
    accrues_from,
    current_period,
    next_period_start,
    rent_due,
)
from tests.db.domain.strategies import days, lease_terms, policies, starts_on

RENT = Decimal(1_500_000)
DAILY = Policy(grace_days=0, proration="daily", rounding=Decimal(1))
UNTIL = date(2029, 1, 1)


def _lease(start: date, billing_day: int | None = None) -> list[Terms]:
    return [Terms(start, RENT, billing_day or start.day)]


def _posted(terms: list[Terms], until: date, policy: Policy = DAILY, ends_on: date | None = None) -> list[RentDue]:
    return list(rent_due(terms, starts_on(terms), ends_on, policy, since=None, until=until))


def test_on_the_second_day_the_tenant_owes_one_month_not_two() -> None:
    dues = _posted(_lease(date(2026, 1, 31)), until=date(2026, 2, 1))
    assert [(due.period, due.due_on, due.amount) for due in dues] == [
        (Period(date(2026, 1, 31), date(2026, 2, 28)), date(2026, 1, 31), RENT)
    ]


def test_a_lease_that_starts_in_the_future_owes_nothing_yet() -> None:
    assert _posted(_lease(date(2026, 5, 1)), until=date(2026, 4, 30)) == []


def test_a_full_period_costs_the_full_rent_whatever_its_length() -> None:
    dues = _posted(_lease(date(2026, 1, 31)), until=date(2026, 5, 31))
    assert [due.days for due in dues] == [28, 31, 30, 31, 30]
    assert {(due.amount, due.kind) for due in dues} == {(RENT, "full")}


def test_rent_is_due_after_the_days_of_grace() -> None:
    (due,) = _posted(_lease(date(2026, 2, 26)), until=date(2026, 3, 1), policy=Policy(5, "daily", Decimal(1)))
    assert due.due_on == date(2026, 3, 3)


def test_a_stub_is_prorated_over_the_full_period_it_lies_in() -> None:
    stub, first = _posted(_lease(date(2026, 1, 15), billing_day=1), until=date(2026, 2, 1))
    assert (stub.kind, stub.days, stub.of_days, stub.amount) == ("stub", 17, 31, 822_581)
    assert stub.period == Period(date(2026, 1, 15), date(2026, 2, 1))
    assert (first.kind, first.period.start, first.amount) == ("full", date(2026, 2, 1), RENT)


def test_a_stub_of_a_house_that_does_not_prorate_costs_the_full_rent() -> None:
    terms = _lease(date(2026, 1, 15), billing_day=1)
    (stub,) = _posted(terms, until=date(2026, 1, 31), policy=Policy(0, "none", Decimal(1)))
    assert (stub.kind, stub.days, stub.of_days, stub.amount) == ("stub", 17, 31, RENT)


def test_a_stub_is_rounded_to_the_step_of_the_house() -> None:
    terms = _lease(date(2026, 1, 15), billing_day=1)
    (stub,) = _posted(terms, until=date(2026, 1, 31), policy=Policy(0, "daily", Decimal(1000)))
    assert stub.amount == 823_000


@pytest.mark.parametrize("proration", ["daily", "none"])
def test_a_change_of_billing_day_costs_one_bridging_charge(proration) -> None:
    terms = [*_lease(date(2025, 12, 5)), Terms(date(2026, 3, 5), RENT, 20)]
    dues = _posted(terms, until=date(2026, 4, 20), policy=Policy(0, proration, Decimal(1)))
    told = [(due.period.start, due.kind, due.days, due.of_days, due.amount) for due in dues]
    assert told[2:] == [
        (date(2026, 2, 5), "full", 28, 28, RENT),
        (date(2026, 3, 5), "bridge", 15, 31, 725_806),
        (date(2026, 3, 20), "full", 31, 31, RENT),
        (date(2026, 4, 20), "full", 30, 30, RENT),
    ]


def test_a_new_billing_day_waits_for_the_next_boundary() -> None:
    terms = [*_lease(date(2025, 12, 5)), Terms(date(2026, 2, 6), RENT, 20)]
    assert [due.kind for due in _posted(terms, until=date(2026, 3, 20))] == ["full", "full", "full", "bridge", "full"]


def test_days_that_fall_together_in_a_short_month_need_no_bridge() -> None:
    terms = [*_lease(date(2026, 1, 31)), Terms(date(2026, 2, 10), RENT, 28)]
    dues = _posted(terms, until=date(2026, 3, 28))
    assert [due.kind for due in dues] == ["full", "full", "full"]
    assert dues[1].period == Period(date(2026, 2, 28), date(2026, 3, 28))


def test_a_raise_applies_from_the_first_period_on_or_after_its_date() -> None:
    raised = Decimal(1_650_000)
    terms = [*_lease(date(2026, 1, 10)), Terms(date(2026, 7, 1), raised, 10)]
    dues = _posted(terms, until=date(2026, 8, 10))
    assert [due.amount for due in dues] == [RENT] * 6 + [raised] * 2
    assert dues[6].period.start == date(2026, 7, 10)
    on_the_day = [*_lease(date(2026, 1, 10)), Terms(date(2026, 7, 10), raised, 10)]
    assert _posted(on_the_day, until=date(2026, 8, 10)) == dues


def test_nothing_accrues_for_periods_that_start_on_or_after_the_end() -> None:
    terms = _lease(date(2026, 1, 10))
    ended = [due.period.start for due in _posted(terms, until=UNTIL, ends_on=date(2026, 3, 10))]
    assert ended == [date(2026, 1, 10), date(2026, 2, 10)]
    assert len(_posted(terms, until=UNTIL, ends_on=date(2026, 3, 11))) == 3
    assert _posted(terms, until=UNTIL, ends_on=date(2026, 1, 10)) == []


def test_the_last_period_is_owed_in_full_even_when_the_lease_ends_within_it() -> None:
    (*_, last) = _posted(_lease(date(2026, 1, 10)), until=UNTIL, ends_on=date(2026, 3, 20))
    assert (last.period.end, last.amount) == (date(2026, 4, 10), RENT)


def test_after_an_opening_balance_rent_accrues_from_the_next_anchor() -> None:
    terms = _lease(date(2023, 5, 12))
    assert accrues_from(terms, date(2023, 5, 12), date(2026, 1, 1)) == date(2026, 1, 12)
    assert accrues_from(terms, date(2023, 5, 12), date(2026, 1, 12)) == date(2026, 1, 12)
    assert accrues_from(terms, date(2023, 5, 12), None) == date(2023, 5, 12)
    assert accrues_from(terms, date(2023, 5, 12), date(2023, 1, 1)) == date(2023, 5, 12)


def test_a_lease_has_no_period_before_it_starts() -> None:
    terms = _lease(date(2026, 1, 10))
    with pytest.raises(LeaseNotStartedError):
        current_period(terms, date(2026, 1, 10), date(2026, 1, 9))
    assert next_period_start(terms, date(2026, 1, 10), date(2026, 1, 9)) == date(2026, 1, 10)
    assert next_period_start(terms, date(2026, 1, 10), date(2026, 1, 10)) == date(2026, 2, 10)


def test_the_current_period_knows_the_bridge_and_both_billing_days() -> None:
    start = date(2024, 5, 5)
    terms = [Terms(date(2026, 3, 5), RENT, 20), *_lease(start)]
    found = [current_period(terms, start, date(2026, month, 6)) for month in (2, 3, 4)]
    assert found == [
        Period(date(2026, 2, 5), date(2026, 3, 5)),
        Period(date(2026, 3, 5), date(2026, 3, 20)),
        Period(date(2026, 3, 20), date(2026, 4, 20)),
    ]
    assert next_period_start(terms, start, date(2026, 3, 4)) == date(2026, 3, 5)


def test_terms_that_begin_after_the_lease_are_a_programming_error() -> None:
    with pytest.raises(ValueError, match="no terms"):
        list(rent_due(_lease(date(2026, 2, 1)), date(2026, 1, 1), None, DAILY, since=None, until=UNTIL))


def test_a_lease_at_the_end_of_the_calendar_is_refused_as_such() -> None:
    with pytest.raises(DateOutOfRangeError):
        _posted(_lease(date(9999, 12, 31)), until=date(9999, 12, 31))


def _walked(terms: list[Terms], until: date) -> Iterator[Period]:
    """The same periods found the slow way: walk from day to day and look at the calendar."""
    start = starts_on(terms)
    while start <= until:
        day_in_force = max(row for row in [(row.effective_on, row.billing_day) for row in terms] if row[0] <= start)
        end = start + timedelta(days=1)
        while end.day != min(day_in_force[1], monthrange(end.year, end.month)[1]):
            end += timedelta(days=1)
        yield Period(start, end)
        start = end


@given(lease_terms(), days, policies)
def test_periods_tile_as_if_one_had_walked_from_day_to_day(terms: list[Terms], until: date, policy: Policy) -> None:
    assert [due.period for due in _posted(terms, until, policy)] == list(_walked(terms, until))


@given(lease_terms(), days, days, policies)
def test_where_the_accrual_resumes_changes_no_row(terms: list[Terms], since: date, until: date, policy: Policy) -> None:
    resumed = list(rent_due(terms, starts_on(terms), None, policy, since=since, until=until))
    assert resumed == [due for due in _posted(terms, until, policy) if due.period.start >= since]


@given(lease_terms(), days, policies)
def test_an_end_only_cuts_the_list_of_periods(terms: list[Terms], ends_on: date, policy: Policy) -> None:
    ended = _posted(terms, UNTIL, policy, ends_on)
    assert ended == [due for due in _posted(terms, UNTIL, policy) if due.period.start < ends_on]


@given(lease_terms(), policies)
def test_stubs_and_bridges_are_parts_of_a_month_and_cost_a_part_of_it(terms: list[Terms], policy: Policy) -> None:
    rows = sorted(terms, key=lambda row: row.effective_on)
    for due in _posted(terms, UNTIL, policy):
        rent = [row for row in rows if row.effective_on <= due.period.start][-1].monthly_rent
        assert 28 <= due.of_days <= 31
        assert due.days == due.period.days <= due.of_days
        assert (due.kind == "full") == (due.days == due.of_days)
        assert due.due_on == due.period.start + timedelta(days=policy.grace_days)
        if due.kind == "full" or (due.kind == "stub" and policy.proration == "none"):
            assert due.amount == rent
        else:
            assert 0 <= due.amount <= rent
            assert abs(due.amount - rent * due.days / due.of_days) <= policy.rounding / 2


@given(lease_terms(), policies)
def test_only_the_first_period_is_a_stub_and_only_a_changed_day_makes_a_bridge(
    terms: list[Terms], policy: Policy
) -> None:
    dues = _posted(terms, UNTIL, policy)
    assert all(due.kind != "stub" for due in dues[1:])
    assert sum(due.kind == "bridge" for due in dues) <= len(terms) - 1


@given(lease_terms(), days)
def test_the_current_period_is_the_one_that_holds_the_day(terms: list[Terms], day: date) -> None:
    start = starts_on(terms)
    assume(day >= start)
    found = current_period(terms, start, day)
    assert found == [due.period for due in _posted(terms, day)][-1]
    assert day in found
    assert next_period_start(terms, start, day) == found.end
