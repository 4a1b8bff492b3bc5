"""Rents changed for many at once: by an amount or by a share of each (R5, M2)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from db.domain.money import ZERO, round_to_step
from db.errors import N_, UsageError

MOST_PERCENT = Decimal(1000)


class RaiseError(UsageError):
    """A change of rents that changes nothing, or too much."""

    code = "raise_invalid"
    message = N_("“{text}” is not a change of rent.")
    hint = N_("Write an amount such as 100000 or -50rb, or a share such as 5%.")


@dataclass(frozen=True, slots=True)
class Change:
    """By how much rents change: an amount of money, or percent of each rent; exactly one of them is given."""

    amount: Decimal | None = None
    percent: Decimal | None = None

    def __post_init__(self) -> None:
        given = self.amount if self.percent is None else self.percent
        if (self.amount is None) == (self.percent is None) or not given:
            raise RaiseError(text=str(given or 0))
        if self.percent is not None and not -100 <= self.percent <= MOST_PERCENT:
            raise RaiseError(text=f"{self.percent}%")

    def of(self, rent: Decimal, step: Decimal) -> Decimal:
        """The new rent, rounded to the step where it is a share (M2), and never less than nothing."""
        if self.amount is not None:
            return max(rent + self.amount, ZERO)
        assert self.percent is not None  # noqa: S101 - one of the two is given
        return max(round_to_step(Fraction(rent) * (100 + Fraction(self.percent)) / 100, step), ZERO)
