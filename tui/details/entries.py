"""A tenant's account line by line, as rows of a list: what each period's charge is paid, and every entry with the
balance behind it (R12, R20)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from locales.catalogs import N_, _
from locales.explaining import entry_kind, explain_details
from locales.fields import Field
from locales.formats import date_short
from locales.statuses import kind_word
from tui.account import span_told

if TYPE_CHECKING:
    from db.domain.explain import Explanation

PERIODS = (
    Field("period", N_("Period")),
    Field("what", N_("Kind")),
    Field("due_on", N_("Due"), "date"),
    Field("amount", N_("Amount"), "money"),
    Field("state", N_("Status"), "status"),
    Field("open", N_("Still open"), "money"),
)
LEDGER = (
    Field("on", N_("Date"), "date"),
    Field("what", N_("What")),
    Field("change", N_("Change"), "money"),
    Field("balance", N_("Balance"), "money"),
    Field("details", N_("Details")),
)


class PeriodLine(NamedTuple):
    """A charge and how much of it is paid; `charge` is its number unless it is a payment's refund."""

    charge: int | None
    number: int
    period: str
    what: str
    due_on: date
    amount: Decimal
    state: str
    open: Decimal
    currency: str


class LedgerLine(NamedTuple):
    """An entry. `stands`: it was not taken back and takes nothing back."""

    kind: str
    number: int
    on: date
    what: str
    change: Decimal
    balance: Decimal
    details: str
    currency: str
    stands: bool


def period_lines(explanation: "Explanation", currency: str) -> list[PeriodLine]:
    """Every charge, the one that is due last first."""
    return [_period(line, currency) for line in reversed(explanation.allocation.lines)]


def ledger_lines(explanation: "Explanation", currency: str) -> list[LedgerLine]:
    """Every entry, the latest first; the balance is the one behind it."""
    return [_entry(line, currency) for line in reversed(explanation.lines)]


def _period(line: Any, currency: str) -> PeriodLine:
    debt = line.debt
    span = span_told(debt.period_start, debt.period_end) or date_short(debt.due_on)
    own = debt.source == "charge"
    return PeriodLine(
        debt.id if own else None, debt.id, span, kind_word(debt.kind) if own else kind_word("refund"), debt.due_on,
        debt.amount, line.state, line.open, currency,
    )  # fmt: skip


def _entry(line: Any, currency: str) -> LedgerLine:
    entry, kind = line.entry, entry_kind(line)
    stands = line.cancelled_by is None and entry.reverses_id is None
    return LedgerLine(
        kind, entry.id, line.on, f"{kind_word(kind)} #{entry.id}", line.change, line.balance,
        "; ".join(_details(line, currency)), currency, stands,
    )  # fmt: skip


def _details(line: Any, currency: str) -> Iterator[str]:
    """For which days, and what it filled or what filled it."""
    if line.days is not None:
        span = span_told(line.entry.period_start, line.entry.period_end)
        part = line.of_days is not None and line.days != line.of_days
        yield span + (" (" + _("{days} of {of_days} days").format(days=line.days, of_days=line.of_days) + ")") * part
    yield from explain_details(line, currency)
