"""Which rent is owed for which days (R1-R7): pure, so that preview, accrual and proof are one.

Every boundary is computed from the lease's own start and terms. An accrual that continued from the
last posted row would repeat its mistakes for ever, and a missed week would shift every later period.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from db.domain.money import complement, round_to_step
from db.domain.periods import Period, period_containing
from db.errors import N_, RuleError

Proration = Literal["daily", "none"]
DueKind = Literal["full", "stub", "bridge"]


class LeaseNotStartedError(RuleError):
    """A day before the lease's first has no rent period."""

    code = "lease_not_started"
    message = N_("The lease starts on {starts_on}; it has no rent period on {day}.")
    hint = N_("Give a day on or after the start of the lease.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lease costs and when it is billed, from the first period on or after `effective_on` (R4, R5)."""

    effective_on: date
    monthly_rent: Decimal
    billing_day: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A property's choices: days until rent is due, proration of a stub, rounding step (R2, R3, M2)."""

    grace_days: int
    proration: Proration
    rounding: Decimal


@dataclass(frozen=True, slots=True)
class RentDue:
    """One rent charge, owed for `days` of the `of_days` of the full period that it lies in."""

    period: Period
    due_on: date
    amount: Decimal
    days: int
    of_days: int
    kind: DueKind


@dataclass(frozen=True, slots=True)
class _Tile:
    """One stretch of a lease, the full period it is a part of, and the terms in force at its start."""

    period: Period
    full: Period
    kind: DueKind
    terms: Terms


def rent_due(
    terms: Sequence[Terms],
    starts_on: date,
    ends_on: date | None,
    policy: Policy,
    *,
    since: date | None,
    until: date,
) -> Iterator[RentDue]:
    """The rent of every period with `since` <= start <= `until` and start < `ends_on`, in date order.

    Rent is owed in advance (R2) from the terms in force at the period's start (R5). The last period
    stands in full even where the lease ends within it; what is given back is a credit (R7).
    """
    last = until if ends_on is None else min(until, ends_on - timedelta(days=1))
    for tile in _tiles(terms, starts_on, since or starts_on):
        if tile.period.start > last:
            return
        if since is None or tile.period.start >= since:
            yield _due(tile, policy)


def current_period(terms: Sequence[Terms], starts_on: date, day: date) -> Period:
    """The rent period that holds `day`. Raises LeaseNotStartedError before the first."""
    if day < starts_on:
        raise LeaseNotStartedError(starts_on=starts_on, day=day)
    return next(tile.period for tile in _tiles(terms, starts_on, day) if day in tile.period)


def next_period_start(terms: Sequence[Terms], starts_on: date, after: date) -> date:
    """The first period start strictly after `after`; the lease's own start when that is still ahead."""
    return starts_on if after < starts_on else current_period(terms, starts_on, after).end


def accrues_from(terms: Sequence[Terms], starts_on: date, opened_on: date | None) -> date:
    """The first period start to charge: an opening balance stands for all that began before it (R17)."""
    return starts_on if opened_on is None else next_period_start(terms, starts_on, opened_on - timedelta(days=1))


def prorate(rent: Decimal, days: int, of_days: int, rounding: Decimal) -> Decimal:
    """The rent of `days` out of `of_days`: exact until one rounding (M2), never more than the whole."""
    return min(round_to_step(Fraction(rent) * days / of_days, rounding), rent)


def split_unused(period: Period, amount: Decimal, from_day: date, rounding: Decimal) -> tuple[Decimal, Decimal]:
    """What of a period's `amount` was used before `from_day` and what was not; they add up (R6, R7, M2)."""
    used_days = min(max((from_day - period.start).days, 0), period.days)
    used = amount if used_days == period.days else prorate(amount, used_days, period.days, rounding)
    return used, complement(amount, used)


def move_adjustment(
    period: Period, moved_on: date, old_amount: Decimal, new_rent: Decimal, full_days: int, rounding: Decimal
) -> tuple[Decimal, Decimal]:
    """Credit for the old room and charge for the new one, both positive, when moving within a period (R6).

    `old_amount` was charged for `period`; `new_rent` is for a full period of `full_days` days.
    """
    if moved_on not in period:
        raise ValueError(f"{moved_on} is not in {period}")
    _, credit = split_unused(period, old_amount, moved_on, rounding)
    return credit, prorate(new_rent, (period.end - moved_on).days, full_days, rounding)


def _due(tile: _Tile, policy: Policy) -> RentDue:
    days, of_days, rent = tile.period.days, tile.full.days, tile.terms.monthly_rent
    # A bridge is always prorated: without it, changing the day would cost a second month (R4).
    whole = tile.kind == "full" or (tile.kind == "stub" and policy.proration == "none")
    return RentDue(
        period=tile.period,
        due_on=tile.period.start + timedelta(days=policy.grace_days),
        amount=rent if whole else prorate(rent, days, of_days, policy.rounding),
        days=days,
        of_days=of_days,
        kind=tile.kind,
    )


def _tiles(terms: Sequence[Terms], starts_on: date, near: date) -> Iterator[_Tile]:
    """The lease's periods without end and without gap; those far before `near` may be left out."""
    rows = sorted(terms, key=lambda row: row.effective_on)
    start, anchor = starts_on, _in_force(rows, starts_on).billing_day
    while True:
        start = _skip(rows, anchor, start, near)
        row = _in_force(rows, start)
        tile = _tile(row, anchor, start)
        yield tile
        start, anchor = tile.period.end, row.billing_day


def _tile(row: Terms, anchor: int, start: date) -> _Tile:
    """The period at `start`, a boundary of the old `anchor` or the lease's first day."""
    new = period_containing(row.billing_day, start)
    own = Period(start, new.end)
    full = own if own == new else period_containing(anchor, start)
    kind: DueKind = "full" if own == full else "stub" if anchor == row.billing_day else "bridge"
    return _Tile(own, full, kind, row)


def _skip(rows: Sequence[Terms], anchor: int, start: date, near: date) -> date:
    """A later boundary of the same anchor, so that ten years of history cost no ten years of steps."""
    if _in_force(rows, start).billing_day != anchor:
        return start
    changes = (row.effective_on for row in rows if row.effective_on > start and row.billing_day != anchor)
    return max(start, period_containing(anchor, min(near, next(changes, near))).start)


def _in_force(rows: Sequence[Terms], day: date) -> Terms:
    """The row with the latest date that is not after `day`."""
    found = [row for row in rows if row.effective_on <= day]
    if not found:
        raise ValueError(f"no terms are in force on {day}")
    return found[-1]
