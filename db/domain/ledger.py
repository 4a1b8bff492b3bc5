"""The ledger of a tenant (R10, R11): signed entries that are only ever added.

A balance is a sum and nothing else. Clamping it at zero, or dropping an entry in place of reversing
it, would make yesterday's statement untrue.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from db.domain.allocation import Debt, MoneyIn
from db.domain.money import ZERO
from db.errors import N_, RuleError

REFUND = "refund"


class AlreadyReversedError(RuleError):
    """An entry is reversed at most once."""

    code = "already_reversed"
    message = N_("Entry {id} is already reversed by entry {reversed_by}.")
    hint = N_("Record what is right as a new entry.")


class ReversalReversedError(RuleError):
    """A reversal is final."""

    code = "reversal_final"
    message = N_("Entry {id} is itself a reversal and can't be reversed.")
    hint = N_("Record what is right as a new entry.")


@dataclass(frozen=True, slots=True)
class ChargeEntry:
    """A posted charge. A reversal carries the negated amount of the charge that `reverses_id` names;
    any other negative amount is a credit, for example unused rent.

    `days` of `of_days` tell how a rent was prorated; `period_end` is the day after the last. `rank` is its place among
    what is due on one day, where the tenant's latest lease has an order of its own (R12).
    """

    id: int
    kind: str
    charged_on: date
    due_on: date
    amount: Decimal
    period_start: date | None = None
    period_end: date | None = None
    reverses_id: int | None = None
    days: int | None = None
    of_days: int | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class PaymentEntry:
    """A posted payment. A reversal carries the negated amount of the payment that `reverses_id` names;
    any other negative amount is credit that was paid back (R13).
    """

    id: int
    payment_date: date
    amount: Decimal
    reverses_id: int | None = None
    method: str | None = None


Entry = ChargeEntry | PaymentEntry
Posted = TypeVar("Posted", ChargeEntry, PaymentEntry)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts on a day: debts to be paid and money to pay them. Their difference is the balance."""

    debts: tuple[Debt, ...]
    money: tuple[MoneyIn, ...]


def dated_on(entry: Entry) -> date:
    """The business date from which an entry counts."""
    return entry.charged_on if isinstance(entry, ChargeEntry) else entry.payment_date


def counted(entries: Iterable[Posted], as_of: date | None) -> list[Posted]:
    """The entries dated up to `as_of`, or all (R18)."""
    return [entry for entry in entries if as_of is None or dated_on(entry) <= as_of]


def balance(charges: Iterable[ChargeEntry], payments: Iterable[PaymentEntry], as_of: date | None = None) -> Decimal:
    """Charges minus payments: positive is owed, negative is credit, never clamped (R10, R13)."""
    charged = sum((charge.amount for charge in counted(charges, as_of)), ZERO)
    return charged - sum((payment.amount for payment in counted(payments, as_of)), ZERO)


def standing(charges: Iterable[ChargeEntry], payments: Iterable[PaymentEntry], as_of: date | None = None) -> Standing:
    """Debts and money as of a day; an entry and its reversal cancel once both are dated (R11, R18).

    Credits among the charges act like money, refunds among the payments like debts, and so does a
    reversal that is dated before its original: the sums always agree with the balance.
    """
    charged, paid = living(counted(charges, as_of)), living(counted(payments, as_of))
    debts = [as_debt(charge) for charge in charged if charge.amount >= 0]
    debts += [
        Debt(entry.id, REFUND, entry.payment_date, -entry.amount, source="payment")
        for entry in paid
        if entry.amount < 0
    ]
    money = [MoneyIn(entry.id, entry.payment_date, entry.amount) for entry in paid if entry.amount > 0]
    money += [
        MoneyIn(charge.id, charge.charged_on, -charge.amount, source="charge")
        for charge in charged
        if charge.amount < 0
    ]
    return Standing(tuple(debts), tuple(money))


def cancelled(entries: Sequence[Entry]) -> dict[int, int]:
    """Ids of the entries that cancel within this one list, each with the id of its counterpart."""
    originals = {entry.id: entry for entry in entries if entry.reverses_id is None}
    pairs: dict[int, int] = {}
    for entry in entries:
        original = originals.get(entry.reverses_id) if entry.reverses_id is not None else None
        # Only what adds up to nothing may vanish, or the standing would disagree with the balance.
        if original is not None and original.id not in pairs and original.amount + entry.amount == 0:
            pairs |= {original.id: entry.id, entry.id: original.id}
    return pairs


def require_reversible(entry: Entry, reversed_by: int | None) -> None:
    """Refuse to reverse a reversal, or an entry that `reversed_by` reverses already (R11)."""
    if entry.reverses_id is not None:
        raise ReversalReversedError(id=entry.id)
    if reversed_by is not None:
        raise AlreadyReversedError(id=entry.id, reversed_by=reversed_by)


def living(entries: Sequence[Posted]) -> list[Posted]:
    """The entries without those that cancel."""
    pairs = cancelled(entries)
    return [entry for entry in entries if entry.id not in pairs]


def as_debt(charge: ChargeEntry) -> Debt:
    """A charge as the allocation takes it."""
    return Debt(
        charge.id, charge.kind, charge.due_on, charge.amount, charge.period_start, charge.period_end, rank=charge.rank
    )
