"""What rent is to be expected, if rents change or beds stay empty: reckoned like the real one, and never posted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from db.domain.money import ZERO, round_to_step
from db.domain.periods import YearMonth
from db.domain.raises import Change
from db.domain.rent import Policy, Terms, rent_due


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is tried: a change of all rents from a day on, and how many more beds are empty."""

    change: Change | None = None
    changed_from: date | None = None
    vacant: int = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """A month: leases that are billed in it, their rent as agreed, what the change adds, what empty beds take away."""

    month: YearMonth
    leases: int = 0
    rent: Decimal = ZERO
    raised: Decimal = ZERO
    vacancy: Decimal = ZERO

    @property
    def expected(self) -> Decimal:
        """What comes of it all."""
        return self.rent + self.raised - self.vacancy


def changed_terms(terms: Sequence[Terms], change: Change, since: date, step: Decimal) -> list[Terms]:
    """The terms of a lease if its rent changed from the first period on or after `since` (R5)."""
    rows = sorted(terms, key=lambda row: row.effective_on)
    before = [row for row in rows if row.effective_on < since]
    later = [row for row in rows if row.effective_on >= since]
    if before and not (later and later[0].effective_on == since):
        later.insert(0, replace(before[-1], effective_on=since))
    return before + [replace(row, monthly_rent=change.of(row.monthly_rent, step)) for row in later]


def expected_rents(
    terms: Sequence[Terms], starts_on: date, ends_on: date | None, policy: Policy, since: date, until: date
) -> Iterator[tuple[YearMonth, Decimal]]:
    """The rents of a lease whose periods begin in [since, until), by month (R1-R3)."""
    last = until - timedelta(days=1)
    for due in rent_due(terms, starts_on, ends_on, policy, since=max(since, starts_on), until=last):
        yield YearMonth.of(due.period.start), due.amount


def add_up(
    months: Iterable[YearMonth],
    agreed: Iterable[tuple[YearMonth, Decimal]],
    tried: Iterable[tuple[YearMonth, Decimal]],
    vacant: int,
    step: Decimal,
) -> list[Expected]:
    """Sum up rents as agreed and as tried; each empty bed costs the average rent of its month."""
    counts: dict[YearMonth, int] = {}
    rents: dict[YearMonth, Decimal] = {}
    changed: dict[YearMonth, Decimal] = {}
    for month, amount in agreed:
        counts[month] = counts.get(month, 0) + 1
        rents[month] = rents.get(month, ZERO) + amount
    for month, amount in tried:
        changed[month] = changed.get(month, ZERO) + amount
    return [
        _month(month, counts.get(month, 0), rents.get(month, ZERO), changed.get(month, ZERO), vacant, step)
        for month in months
    ]


def _month(month: YearMonth, leases: int, rent: Decimal, changed: Decimal, vacant: int, step: Decimal) -> Expected:
    empty = min(vacant, leases)
    lost = round_to_step(Fraction(changed) * empty / leases, step) if empty else ZERO
    return Expected(month, leases, rent, changed - rent, lost)
