"""What a move-out changes in the rent of a lease (R7).

The ledger itself stays open: a debt does not end with the lease, and a payment is welcome after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from db.domain.allocation import RENT
from db.domain.ledger import ChargeEntry, living
from db.domain.periods import Period
from db.domain.rent import split_unused

Refund = Literal["none", "prorate"]


@dataclass(frozen=True, slots=True)
class UnusedRent:
    """The part of a posted rent that is given back, a positive amount, for the days not lived in."""

    charge: ChargeEntry
    unused: Period
    amount: Decimal


@dataclass(frozen=True, slots=True)
class MoveOut:
    """The charges to reverse, and the credits to post."""

    reverse: tuple[ChargeEntry, ...]
    credits: tuple[UnusedRent, ...]


def settle_move_out(charges: Sequence[ChargeEntry], ends_on: date, refund: Refund, rounding: Decimal) -> MoveOut:
    """What to post for one lease's `charges` when it ends on `ends_on`, the day after the last night (R7).

    Rent of periods from that day on is reversed, so that a move-out may be dated back; with
    `prorate` the unused days of the period that the day lies in are credited.
    """
    rents = [charge for charge in living(charges) if charge.kind == RENT and charge.amount > 0]
    given_back = [_unused(charge, ends_on, rounding) for charge in rents if refund == "prorate"]
    return MoveOut(
        reverse=tuple(charge for charge in rents if _period(charge).start >= ends_on),
        credits=tuple(unused for unused in given_back if unused is not None and unused.amount > 0),
    )


def _unused(charge: ChargeEntry, ends_on: date, rounding: Decimal) -> UnusedRent | None:
    whole = _period(charge)
    if not whole.start < ends_on < whole.end:
        return None
    _, unused = split_unused(whole, charge.amount, ends_on, rounding)
    return UnusedRent(charge, Period(ends_on, whole.end), unused)


def _period(charge: ChargeEntry) -> Period:
    if charge.period_start is None or charge.period_end is None:
        raise ValueError(f"rent charge {charge.id} has no period")
    return Period(charge.period_start, charge.period_end)
