"""Late fees (R15): on what is overdue of a charge, day by day, capped, and never on fees.

A day counts when it is over: a fee is for whole days that something stayed open, so that paying on a day costs no fee
of that day. 1 % a day of 1,500,000 due on the 10th is 75,000 on the 15th: for the nights from the 10th to the 14th.
Everything is worked out from dated entries, so that any run gives the same as many runs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from db.domain.allocation import Debt, debt_order
from db.domain.ledger import REFUND, ChargeEntry, PaymentEntry, as_debt
from db.domain.money import ZERO, round_to_step
from db.domain.periods import Period

Mode = Literal["off", "flat", "percent"]
# What a fee is taken on. What was owed before the book began has the terms of another book, and a fee bears none.
PRINCIPAL = frozenset({"rent", "electricity", "water", "internet", "damage", "other"})
# Stretches of days that a description names.
_MOST = 6


@dataclass(frozen=True, slots=True)
class LateFee:
    """A policy: `rate` is an amount once (`flat`), or percent a day of what is open (`percent`).

    The first `grace_days` after the due date cost nothing. A percent fee is posted for whole stages of `every` days.
    With a cap the fees of one charge add up to no more than that: percent of the charge, or an amount.
    """

    mode: Mode
    rate: Decimal = ZERO
    grace_days: int = 0
    every: int = 1
    cap_percent: Decimal | None = None
    cap_amount: Decimal | None = None

    def cap(self, charge: Decimal, step: Decimal) -> Decimal | None:
        """The most that the fees of a charge may add up to, None without a cap."""
        caps = [] if self.cap_amount is None else [self.cap_amount]
        if self.cap_percent is not None:
            caps.append(round_to_step(Fraction(charge) * Fraction(self.cap_percent) / 100, step))
        return min(caps, default=None)


OFF = LateFee("off")


@dataclass(frozen=True, slots=True)
class Overdue:
    """A charge and what of it was open at the end of each day: `steps` tell from which day on, in date order."""

    charge: ChargeEntry
    steps: tuple[tuple[date, Decimal], ...]

    def open_on(self, day: date) -> Decimal:
        """What was open at the end of a day."""
        return next((amount for since, amount in reversed(self.steps) if since <= day), ZERO)

    def stretches(self, start: date, end: date) -> Iterator[tuple[int, Decimal]]:
        """Days and what was open on each of them, from `start` to the day before `end`, where something was."""
        days = [start, *(since for since, _ in self.steps if start < since < end), end]
        for since, until in pairwise(days):
            if until > since and (left := self.open_on(since)) > 0:
                yield (until - since).days, left


@dataclass(frozen=True, slots=True)
class PostedFee:
    """A fee posted for some days; one that was taken back (`live` is false) is not posted again."""

    id: int
    period: Period
    amount: Decimal
    live: bool = True


@dataclass(frozen=True, slots=True)
class FeeDue:
    """A fee to post for the days of `period`; `reckoning` tells how it comes about."""

    charge: ChargeEntry
    period: Period
    amount: Decimal
    reckoning: str


def overdue(charge: ChargeEntry, charges: Iterable[ChargeEntry], payments: Iterable[PaymentEntry]) -> Overdue:
    """What of a charge was open on every day, money filling first what comes before it (R12).

    The same as allocating the ledger as of each day (R18), without doing so: what is open is what the money of that
    day leaves of the debts before it.
    """
    room: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for day, change in (*_of_charges(charge, list(charges)), *_of_payments(charge, list(payments))):
        room[day] += change
    steps: list[tuple[date, Decimal]] = [(charge.charged_on, charge.amount)]
    filled = ZERO
    for day in sorted(room):
        filled += room[day]
        steps.append((max(day, charge.charged_on), charge.amount - min(max(filled, ZERO), charge.amount)))
    return Overdue(charge, tuple(steps))


def first_day(fee: LateFee, charge: ChargeEntry) -> date:
    """The first day that costs, if something is still open at its end."""
    return max(charge.due_on, charge.charged_on) + timedelta(days=fee.grace_days)


def stage_end(fee: LateFee, charge: ChargeEntry, day: date) -> date:
    """The day after the last day that a fee can be posted for on `day`; the first day when there is none yet."""
    first = first_day(fee, charge)
    over = max((day - first).days, 0)
    return first + timedelta(days=min(over, 1) if fee.mode == "flat" else over - over % fee.every)


def accrued(fee: LateFee, late: Overdue, end: date, step: Decimal) -> Decimal:
    """The fees for all days before `end`: exact until one rounding (M2), never above the cap."""
    first = first_day(fee, late.charge)
    if fee.mode == "off" or end <= first:
        return ZERO
    if fee.mode == "flat":
        amount = fee.rate if late.open_on(first) > 0 else ZERO
    else:
        of_days = sum((days * Fraction(left) for days, left in late.stretches(first, end)), Fraction(0))
        amount = round_to_step(of_days * Fraction(fee.rate) / 100, step)
    cap = fee.cap(late.charge.amount, step)
    return amount if cap is None else min(amount, cap)


def fee_due(fee: LateFee, late: Overdue, posted: Sequence[PostedFee], day: date, step: Decimal) -> FeeDue | None:
    """The fee that brings a charge up to `day`, None when there is nothing to post.

    It begins where the last one ends, taken back or not: no stage is posted twice. Where earlier fees turned out too
    high, what is too much is counted off.
    """
    start, end = _posted_until(fee, late.charge, posted), stage_end(fee, late.charge, day)
    if end <= start:
        return None
    standing = sum((one.amount for one in posted if one.live), ZERO)
    amount = accrued(fee, late, end, step) - max(standing, accrued(fee, late, start, step))
    if amount <= 0:
        return None
    return FeeDue(late.charge, Period(start, end), amount, _reckoning(fee, late, start, end, step))


def is_settled(fee: LateFee, amount: Decimal, step: Decimal, posted: Sequence[PostedFee], day: date) -> bool:
    """Whether nothing can be due of a charge of this `amount` on `day`, whatever its ledger says.

    A run that is repeated need not read the ledgers of all who are late.
    """
    if not posted:
        return False
    if fee.mode != "percent" or max(one.period.end for one in posted) + timedelta(days=fee.every) > day:
        return True
    cap = fee.cap(amount, step)
    return cap is not None and sum((one.amount for one in posted if one.live), ZERO) >= cap


def excess(fee: LateFee, late: Overdue | None, posted: Sequence[PostedFee], step: Decimal) -> Decimal:
    """How much more stands posted than is due by what is known now; all of it when the charge was taken back."""
    standing = sum((one.amount for one in posted if one.live), ZERO)
    if late is None or not standing:
        return standing
    return max(standing - accrued(fee, late, max(one.period.end for one in posted), step), ZERO)


def to_void(posted: Sequence[PostedFee], too_much: Decimal) -> list[PostedFee]:
    """The last fees that stand, as many as it takes to take back what is too much."""
    chosen: list[PostedFee] = []
    for one in sorted((one for one in posted if one.live), key=lambda one: one.period.start, reverse=True):
        if sum((fee.amount for fee in chosen), ZERO) >= too_much:
            break
        chosen.append(one)
    return chosen


def _posted_until(fee: LateFee, charge: ChargeEntry, posted: Sequence[PostedFee]) -> date:
    return max((one.period.end for one in posted), default=first_day(fee, charge))


def _reckoning(fee: LateFee, late: Overdue, start: date, end: date, step: Decimal) -> str:
    """Signs and figures, the same in every language: `#12: 3 × 1% × 1500000 + 2 × 1% × 1000000`."""
    if fee.mode == "flat":
        parts = [_plain(fee.rate)]
    else:
        found = list(late.stretches(start, end))
        parts = [f"{days} × {_plain(fee.rate)}% × {_plain(left)}" for days, left in found[:_MOST]]
        parts += ["…"] if len(found) > _MOST else []
    cap = fee.cap(late.charge.amount, step)
    capped = cap is not None and accrued(fee, late, end, step) == cap
    return f"#{late.charge.id}: " + " + ".join(parts) + (f" ≤ {_plain(cap)}" if capped and cap is not None else "")


def _of_charges(charge: ChargeEntry, charges: list[ChargeEntry]) -> Iterator[tuple[date, Decimal]]:
    """What charges, credits and their reversals leave for, or take from, this charge, by day."""
    originals = {entry.id: entry for entry in charges if entry.reverses_id is None}
    place = debt_order(as_debt(charge))
    for entry in charges:
        original = entry if entry.reverses_id is None else originals.get(entry.reverses_id, entry)
        if original.id == charge.id:
            continue
        if original.amount < 0 or debt_order(as_debt(original)) < place:
            yield max(entry.charged_on, original.charged_on), -entry.amount


def _of_payments(charge: ChargeEntry, payments: list[PaymentEntry]) -> Iterator[tuple[date, Decimal]]:
    originals = {entry.id: entry for entry in payments if entry.reverses_id is None}
    place = debt_order(as_debt(charge))
    for entry in payments:
        original = entry if entry.reverses_id is None else originals.get(entry.reverses_id, entry)
        paid_back = Debt(original.id, REFUND, original.payment_date, -original.amount, source="payment")
        if original.amount > 0 or debt_order(paid_back) < place:
            yield max(entry.payment_date, original.payment_date), entry.amount


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
