"""Why a balance is what it is (R20): every entry, what it changed, and what filled what.

Values only. The words are the edge's, in the reader's language; a dispute ends when both sides can
add up the same lines.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from db.domain.allocation import Allocation, Fill, Source, allocate
from db.domain.ledger import (
    ChargeEntry,
    Entry,
    PaymentEntry,
    cancelled,
    counted,
    dated_on,
    standing,
)
from db.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class ExplainLine:
    """One entry. `change` is its signed effect, `balance` the running balance after it.

    `fills` are what paid this debt, or what this money paid; `rest` is what of it is still open or
    unused; both are empty when the entry cancels with its reversal, the entry `cancelled_by`.
    """

    entry: Entry
    on: date
    change: Decimal
    balance: Decimal
    fills: tuple[Fill, ...]
    rest: Decimal
    cancelled_by: int | None

    @property
    def days(self) -> int | None:
        """The days that a charge is for, None for what has no period."""
        if not isinstance(self.entry, ChargeEntry):
            return None
        start, end = self.entry.period_start, self.entry.period_end
        return (end - start).days if start and end else None

    @property
    def of_days(self) -> int | None:
        """The length of the full period that these days are a part of, None when it was not recorded."""
        return self.entry.of_days if isinstance(self.entry, ChargeEntry) else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The lines in date order, charges before payments; the last running balance is the balance."""

    lines: tuple[ExplainLine, ...]
    balance: Decimal
    allocation: Allocation


def explain(charges: Iterable[ChargeEntry], payments: Iterable[PaymentEntry], as_of: date | None = None) -> Explanation:
    """Explain a balance entry by entry, as it stood on `as_of` (R18, R20)."""
    charged, paid = counted(charges, as_of), counted(payments, as_of)
    standing_ = standing(charged, paid)
    allocation = allocate(standing_.debts, standing_.money)
    fills = _fills_of(allocation)
    pairs: Mapping[Source, Mapping[int, int]] = {"charge": cancelled(charged), "payment": cancelled(paid)}
    lines: list[ExplainLine] = []
    running = ZERO
    for entry in _in_order([*charged, *paid]):
        source = _source(entry)
        change = entry.amount if source == "charge" else -entry.amount
        running += change
        lines.append(_line(entry, change, running, fills.get((source, entry.id), ()), pairs[source].get(entry.id)))
    return Explanation(tuple(lines), running, allocation)


def _line(
    entry: Entry, change: Decimal, running: Decimal, fills: Sequence[Fill], cancelled_by: int | None
) -> ExplainLine:
    rest = ZERO if cancelled_by is not None else abs(change) - sum((fill.amount for fill in fills), ZERO)
    return ExplainLine(entry, dated_on(entry), change, running, tuple(fills), rest, cancelled_by)


def _fills_of(allocation: Allocation) -> dict[tuple[Source, int], list[Fill]]:
    """The fills of each entry; an entry is a debt or money, never both."""
    found: dict[tuple[Source, int], list[Fill]] = {}
    for fill in allocation.fills:
        for side in (fill.debt, fill.money):
            found.setdefault((side.source, side.id), []).append(fill)
    return found


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: (dated_on(entry), _source(entry), entry.id))


def _source(entry: Entry) -> Source:
    return "charge" if isinstance(entry, ChargeEntry) else "payment"
