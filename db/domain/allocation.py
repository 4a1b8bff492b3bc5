"""Which money paid which charge (R12, R13): derived on demand, first in first out, never stored.

A stored allocation goes stale with the first back-dated payment or reversal; a derived one is the
same for everybody who looks at the same ledger.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from db.domain.money import ZERO
from db.domain.rent import RentDue

RENT = "rent"
LATE_FEE = "late_fee"
UTILITIES = frozenset({"electricity", "water", "internet"})

Source = Literal["charge", "payment"]
LineState = Literal["paid", "partial", "unpaid"]
Status = Literal["paid", "partial", "unpaid", "credit"]


@dataclass(frozen=True, slots=True)
class Debt:
    """Something to be paid. `source` tells which ledger its `id` is from: a refund is a payment's."""

    id: int
    kind: str
    due_on: date
    amount: Decimal
    period_start: date | None = None
    period_end: date | None = None
    source: Source = "charge"
    # Among what is due on one day: of the lease's own order, else of the usual one.
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class MoneyIn:
    """Money that fills debts: a payment, or a credit out of the ledger of charges."""

    id: int
    on: date
    amount: Decimal
    source: Source = "payment"


@dataclass(frozen=True, slots=True)
class Fill:
    """How much of one piece of money went to one debt (R20)."""

    money: MoneyIn
    debt: Debt
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A debt and how much of it is paid."""

    debt: Debt
    paid: Decimal

    @property
    def open(self) -> Decimal:
        """What is still to be paid, never negative."""
        return self.debt.amount - self.paid

    @property
    def state(self) -> LineState:
        """Lunas, Sebagian or Belum bayar."""
        if self.open == 0:
            return "paid"
        return "partial" if self.paid > 0 else "unpaid"


@dataclass(frozen=True, slots=True)
class Allocation:
    """Debts in the order in which they are filled, the fills, and the money that is left over."""

    lines: tuple[Line, ...]
    fills: tuple[Fill, ...]
    credit: Decimal


def allocate(debts: Iterable[Debt], money: Iterable[MoneyIn]) -> Allocation:
    """Fill debts by due date, then kind in the order of the lease, then id, with money by date, then id (R12).

    Nothing is refused or clamped: money beyond all debts is credit (R13).
    """
    purse = deque((item, item.amount) for item in sorted(money, key=_money_order))
    lines: list[Line] = []
    fills: list[Fill] = []
    for debt in sorted(debts, key=debt_order):
        filled = _fill(debt, purse)
        lines.append(Line(debt, sum((fill.amount for fill in filled), ZERO)))
        fills.extend(filled)
    return Allocation(tuple(lines), tuple(fills), sum((left for _, left in purse), ZERO))


def still_open(debts: Iterable[Debt], owed: Decimal) -> list[Line]:
    """What is open, the last first, where all money but `owed` is used up: the end of what `allocate` fills (R12).

    It takes no more debts than that; the lines add up to less than `owed` where there are not enough of them.
    """
    lines: list[Line] = []
    for debt in sorted((debt for debt in debts if debt.amount), key=debt_order, reverse=True):
        if owed <= 0:
            break
        part = min(debt.amount, owed)
        lines.append(Line(debt, debt.amount - part))
        owed -= part
    return lines


def paid_through(lines: Iterable[Line], *, credit: Decimal = ZERO, upcoming: Iterable[RentDue] = ()) -> date | None:
    """The last day up to which all rent is fully covered (R13), None when the first period is open.

    It is a day that is paid for: the period 10 Aug to 10 Sep gives 9 Sep. With `credit` and the lease's
    `upcoming` rent, money paid ahead counts for the periods that it will cover in full.
    """
    rents = sorted((line for line in lines if line.debt.kind == RENT), key=_rent_start)
    end: date | None = None
    for line in rents:
        if line.state != "paid":
            # Two rooms may overlap in a month of moving: an open period also ends what others cover.
            end = min(end, _rent_start(line)) if end else None
            return _day_before(end) if end and end > _rent_start(rents[0]) else None
        end = max(end or date.min, line.debt.period_end or line.debt.due_on)
    return paid_ahead(_day_before(end), credit, upcoming)


def paid_ahead(through: date | None, credit: Decimal, upcoming: Iterable[RentDue]) -> date | None:
    """The last day of the periods to come that `credit` covers in full, `through` where there is none (R13)."""
    for due in upcoming:
        if due.amount > credit:
            break
        credit -= due.amount
        last = due.period.end - timedelta(days=1)
        through = max(through or last, last)
    return through


def oldest_due_on(lines: Iterable[Line]) -> date | None:
    """The due date of the oldest charge with something open, None when nothing is."""
    return min((line.debt.due_on for line in lines if line.open > 0), default=None)


def status(lines: Sequence[Line], credit: Decimal) -> Status:
    """A tenant in one word, over all posted charges, those not yet due included.

    credit: nothing is open and money is left over. paid: nothing is open and nothing left over, also
    with no charges at all. partial: some of the oldest open charge is paid. unpaid: none of it is,
    even where earlier charges are paid.
    """
    first = next((line for line in lines if line.open > 0), None)
    if first is None:
        return "credit" if credit > 0 else "paid"
    return "partial" if first.paid > 0 else "unpaid"


def _fill(debt: Debt, purse: deque[tuple[MoneyIn, Decimal]]) -> list[Fill]:
    """Take what one debt needs from the front of the purse."""
    fills, needed = [], debt.amount
    while needed > 0 and purse:
        item, left = purse.popleft()
        part = min(needed, left)
        fills.append(Fill(item, debt, part))
        needed -= part
        if left > part:
            purse.appendleft((item, left - part))
    return fills


def debt_order(debt: Debt) -> tuple[date, int, int, Source]:
    """Where a debt stands among those that money fills (R12)."""
    return debt.due_on, debt.rank or _usual_rank(debt.kind), debt.id, debt.source


def _usual_rank(kind: str) -> int:
    return 1 if kind == RENT else 2 if kind in UTILITIES else 4 if kind == LATE_FEE else 3


def _money_order(money: MoneyIn) -> tuple[date, int, Source]:
    return money.on, money.id, money.source


def _rent_start(line: Line) -> date:
    return line.debt.period_start or line.debt.due_on


def _day_before(end: date | None) -> date | None:
    return None if end is None else end - timedelta(days=1)
