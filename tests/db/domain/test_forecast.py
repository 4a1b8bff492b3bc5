"""What rent is to be expected, tried with other rents and empty beds."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from db.domain.forecast import add_up, changed_terms, expected_rents
from db.domain.periods import YearMonth
from db.domain.raises import Change
from db.domain.rent import Policy, Terms

POLICY = Policy(grace_days=0, proration="daily", rounding=Decimal(1))
START = date(2026, 1, 10)
AT_FIRST = Terms(START, Decimal(1_500_000), 10)
FIVE = Change(percent=Decimal(5))


def months(first: date, count: int) -> list[YearMonth]:
    found = [YearMonth.of(first)]
    while len(found) < count:
        found.append(found[-1].next)
    return found


def rents(terms: list[Terms], ends_on: date | None = None, count: int = 12) -> list[tuple[YearMonth, Decimal]]:
    return list(expected_rents(terms, START, ends_on, POLICY, date(2026, 7, 1), date(2026 + count // 12, 7, 1)))


def test_five_percent_from_october_and_two_empty_beds() -> None:
    agreed = [*rents([AT_FIRST]), *rents([AT_FIRST]), *rents([AT_FIRST], date(2027, 1, 1))]
    raised = changed_terms([AT_FIRST], FIVE, date(2026, 10, 1), Decimal(1))
    tried = [*rents(raised), *rents(raised), *rents(raised, date(2027, 1, 1))]
    told = add_up(months(date(2026, 7, 1), 12), agreed, tried, 2, Decimal(1))
    assert [(one.leases, one.rent) for one in told] == [(3, 4_500_000)] * 6 + [(2, 3_000_000)] * 6
    assert [one.raised for one in told] == [0] * 3 + [225_000] * 3 + [150_000] * 6
    assert [one.vacancy for one in told[:4]] == [3_000_000, 3_000_000, 3_000_000, 3_150_000]
    assert told[-1].expected == 0


def test_a_rent_that_is_agreed_for_later_is_changed_too() -> None:
    later = Terms(date(2026, 12, 10), Decimal(2_000_000), 10)
    terms = changed_terms([AT_FIRST, later], FIVE, date(2026, 10, 1), Decimal(1000))
    assert [(row.effective_on, row.monthly_rent) for row in terms] == [
        (START, 1_500_000), (date(2026, 10, 1), 1_575_000), (date(2026, 12, 10), 2_100_000)
    ]  # fmt: skip
    assert changed_terms([later], FIVE, date(2026, 10, 1), Decimal(1))[0].monthly_rent == 2_100_000


@given(st.integers(1, 31), st.integers(1, 24), st.integers(0, 40))
def test_what_is_expected_adds_up(billing_day: int, count: int, vacant: int) -> None:
    terms = [Terms(START, Decimal(1_234_567), billing_day)]
    span = months(date(2026, 7, 1), count)
    agreed = list(expected_rents(terms, START, None, POLICY, date(2026, 7, 1), span[-1].next.clamp(1)))
    told = add_up(span, agreed, agreed, vacant, Decimal(1))
    assert sum(one.rent for one in told) == sum(amount for _, amount in agreed)
    assert all(one.expected == (0 if vacant else one.rent) for one in told)
    assert [one.leases for one in told] == [1] * count
