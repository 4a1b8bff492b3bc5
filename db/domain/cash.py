"""Cash in the hands of people: what should be there, and what may be handed on.

A sum that is only believed is missed when somebody has left; counted at every handover, it is missed the same day.
"""

from decimal import Decimal
from typing import NamedTuple

from db.domain.money import ZERO
from db.errors import N_, RuleError


class CashShortError(RuleError):
    """Nobody hands over what is not there."""

    code = "cash_short"
    message = N_("{giver} has {on_hand} in hand, not {amount}.")
    hint = N_("Less what waits to be confirmed, that is all. If there is more, say what was counted: --counted AMOUNT.")


class CountedNegativeError(RuleError):
    """What is counted is there."""

    code = "counted_negative"
    message = N_("What was counted can't be less than nothing: {amount}.")


class Standing(NamedTuple):
    """Sums of one person's cash. `difference` is what counts by the landlord have found too much, or too little (< 0);
    `pending` was handed over and waits to be confirmed."""

    received: Decimal = ZERO
    spent: Decimal = ZERO
    taken_over: Decimal = ZERO
    handed_over: Decimal = ZERO
    difference: Decimal = ZERO
    pending: Decimal = ZERO

    @property
    def held(self) -> Decimal:
        """What the person answers for."""
        return self.received - self.spent + self.taken_over - self.handed_over + self.difference

    @property
    def on_hand(self) -> Decimal:
        """What should be there when it is counted now."""
        return self.held - self.pending


def variance(expected: Decimal, counted: Decimal | None) -> Decimal | None:
    """How much more was counted than should be there, less than nothing when it was less; None without a count."""
    return None if counted is None else counted - expected


def require_enough(giver: str, amount: Decimal, on_hand: Decimal, counted: Decimal | None) -> None:
    """Refuse to hand over more than there is: what was counted, or else what should be there. Raises CashShortError."""
    there = on_hand if counted is None else counted
    if amount > there:
        raise CashShortError(giver=giver, on_hand=there, amount=amount)


def require_counted(counted: Decimal) -> Decimal:
    """What was counted, nothing at least. Raises CountedNegativeError."""
    if counted < 0:
        raise CountedNegativeError(amount=counted)
    return counted
