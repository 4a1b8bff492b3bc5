"""How tenants pay: in time, late, in parts, months ahead, or not at all.

Pure: which payments a tenant with a habit would have made by today for what fell due.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from random import Random
from typing import NamedTuple

METHODS = ("transfer", "cash", "qris", "ewallet")
_METHOD_WEIGHTS = (50, 25, 17, 8)
# Whoever pays a part pays a round sum.
_ROUND = Decimal(50_000)


class Due(NamedTuple):
    """A line of a tenant's ledger: what fell due, negative for a credit."""

    due_on: date
    amount: Decimal


class Planned(NamedTuple):
    """A payment to be recorded."""

    paid_on: date
    amount: Decimal
    method: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class Habit:
    """How a tenant pays.

    `every` so many months for as many in advance; the last `behind` due dates were never paid, nor the one that is
    `skipped` months back; of the last one that was paid only the share `part`; between `late` days after it was due
    (negative: before). A `method` of their own, or a mix.
    """

    every: int = 1
    behind: int = 0
    skipped: int | None = None
    part: Decimal = Decimal(1)
    late: tuple[int, int] = (-2, 5)
    method: str | None = None


def plan_payments(dues: Sequence[Due], habit: Habit, today: date, random: Random) -> Iterator[Planned]:
    """The payments made by `today`, in date order. A payment that would come later has not been made yet."""
    owed = list(_by_date(dues))
    paid = owed[: len(owed) - habit.behind]
    for place, (due_on, _) in enumerate(paid):
        if place % habit.every or len(owed) - 1 - place == habit.skipped:
            continue
        amount = _sum(owed, place, habit.every)
        if place == len(paid) - 1:
            amount = _rounded(amount * habit.part) if habit.part != 1 else amount
        paid_on = due_on + timedelta(days=random.randint(*habit.late))
        if paid_on > today:
            return
        method = habit.method or random.choices(METHODS, _METHOD_WEIGHTS)[0]
        yield Planned(paid_on, amount, method, _reference(random, method, paid_on))


def _by_date(dues: Sequence[Due]) -> Iterator[Due]:
    """What is to be paid on each due date; a credit lowers the next ones."""
    credit = Decimal(0)
    for due_on, lines in groupby(sorted(dues), key=lambda due: due.due_on):
        amount = sum((line.amount for line in lines), credit)
        credit = min(amount, Decimal(0))
        if amount > 0:
            yield Due(due_on, amount)


def _sum(owed: Sequence[Due], place: int, months: int) -> Decimal:
    """What `months` due dates cost from `place` on; those that are not known yet cost what the last one did."""
    known = owed[place : place + months]
    return sum((due.amount for due in known), Decimal(0)) + known[-1].amount * (months - len(known))


def _rounded(amount: Decimal) -> Decimal:
    return max(amount // _ROUND, Decimal(1)) * _ROUND


def _reference(random: Random, method: str, paid_on: date) -> str | None:
    if method in ("transfer", "qris"):
        return f"{'TRF' if method == 'transfer' else 'QR'}{paid_on:%y%m%d}{random.randint(0, 999_999):06d}"
    return None
