"""How old a debt is (R18). The buckets always add up to the balance, or nobody would trust either."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from db.domain.allocation import Line
from db.domain.money import ZERO

# Days past due at which each bucket ends; due today is not past due.
_ENDS = (("not_due", 0), ("d1_30", 30), ("d31_60", 60), ("d61_90", 90))


@dataclass(frozen=True, slots=True)
class Buckets:
    """Open amounts by days past due; `credit` is positive, `total` is the signed balance."""

    not_due: Decimal = ZERO
    d1_30: Decimal = ZERO
    d31_60: Decimal = ZERO
    d61_90: Decimal = ZERO
    over_90: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All that is open minus the credit: the balance."""
        return self.not_due + self.d1_30 + self.d31_60 + self.d61_90 + self.over_90 - self.credit


def age(lines: Iterable[Line], credit: Decimal, as_of: date) -> Buckets:
    """Sort what is open by its days past due on `as_of` (R18)."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        name = _bucket((as_of - line.debt.due_on).days)
        sums[name] = sums.get(name, ZERO) + line.open
    return Buckets(**sums, credit=credit)


def _bucket(days: int) -> str:
    return next((name for name, end in _ENDS if days <= end), "over_90")
