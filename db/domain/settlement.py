"""The closing statement of a tenant who leaves (R7, R8): what was open, what the end brings, what the deposit pays.

open + posted = owed; what is owed is paid out of the deposit as far as it goes, and what is left of both is told: a
debt that stays, or money that the tenant gets back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from db.domain.allocation import allocate
from db.domain.deposit import DepositState
from db.domain.ledger import ChargeEntry, PaymentEntry, standing
from db.domain.money import ZERO

Part = Literal["open", "posted"]


class StatementLine(NamedTuple):
    """What was open before, or was posted by the end; a credit, and what was taken back, is negative."""

    part: Part
    kind: str
    period_start: date | None
    period_end: date | None
    due_on: date | None
    amount: Decimal
    description: str | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to do with a balance and a deposit; all amounts but `rest` are positive or nothing.

    `credit` is what the tenant had paid too much and gets back with the deposit; `rest` is the balance that stays.
    """

    applied: Decimal
    refunded: Decimal
    credit: Decimal
    rest: Decimal
    held: Decimal


def settle(owed: Decimal, deposit: DepositState, *, keep: bool = False) -> Settlement:
    """Pay what is owed out of the deposit, and give the rest back (R8); with `keep` all stays as it is."""
    if keep:
        return Settlement(ZERO, ZERO, ZERO, owed, deposit.held)
    applied, refunded = deposit.settlement(owed)
    credit = max(-owed, ZERO)
    return Settlement(applied, refunded, credit, owed - applied + credit, deposit.held - applied - refunded)


def open_lines(charges: Sequence[ChargeEntry], payments: Sequence[PaymentEntry]) -> list[StatementLine]:
    """What of each charge is open (R12), and with a minus what was paid too much; they add up to the balance."""
    counted = standing(charges, payments)
    found = allocate(counted.debts, counted.money)
    lines = [
        StatementLine("open", debt.kind, debt.period_start, debt.period_end, debt.due_on, line.open, None)
        for line in found.lines if line.open for debt in [line.debt]
    ]  # fmt: skip
    if found.credit:
        lines.append(StatementLine("open", "credit", None, None, None, -found.credit, None))
    return lines


def total(lines: Iterable[StatementLine], part: Part) -> Decimal:
    """The sum of one part of the statement."""
    return sum((line.amount for line in lines if line.part == part), ZERO)
