"""The closing statement for people: as rows of a table, and as a paper that both sides sign."""

import textwrap
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from locales.catalogs import _
from locales.formats import date_long, date_short, money
from locales.safe import safe
from locales.statuses import kind_word
from locales.workings import working_told

# Characters on a line of the paper.
WIDE = 64


def statement_rows(statement: Any) -> Iterator[dict[str, object]]:
    """Each line, then what it all comes to; amounts that leave the tenant's debt have a minus."""
    for line in statement.lines:
        yield _row(_what(line, statement.currency), line.amount, statement, _period(line))
    yield from (_row(what, amount, statement) for what, amount in _sums(statement))


def statement_paper(statement: Any, *, width: int = WIDE) -> Iterator[str]:
    """A page in the reader's language, no line longer than `width`; stored text is safe to show."""
    yield _("CLOSING STATEMENT").center(width).rstrip()
    for text in (statement.house, statement.address or ""):
        yield from (line.center(width).rstrip() for line in _wrapped(text, width))
    yield "=" * width
    yield from _pair(_("Tenant"), f"{statement.tenant_name} ({statement.tenant})", width)
    yield from _pair(_("Room"), statement.room, width)
    last = date_long(max(statement.closed_on - timedelta(days=1), statement.moved_in_on))
    yield from _pair(_("Rented"), f"{date_long(statement.moved_in_on)} - {last}", width)
    yield "-" * width
    for part, heading in (("open", _("Open before leaving")), ("posted", _("Added by leaving"))):
        if lines := [line for line in statement.lines if line.part == part]:
            yield heading
            for line in lines:
                told = " ".join(filter(None, ("", _what(line, statement.currency), _period(line))))
                yield from _pair(told, money(line.amount, statement.currency), width)
    yield "-" * width
    for what, amount in _sums(statement):
        yield from _pair(what, money(amount, statement.currency), width)
    yield "=" * width
    yield from _wrapped(_("Both sides have seen the room and agree to this statement."), width)
    yield ""
    yield f"{statement.house[: width // 2 - 2]}, {date_long(statement.closed_on)}"
    half = width // 2
    yield _("Landlord").ljust(half) + _("Tenant")
    yield from ("", "", "")
    yield "(____________________)".ljust(half) + "(____________________)"


def _sums(statement: Any) -> Iterator[tuple[str, Decimal]]:
    yield _("Total owed"), statement.owed
    yield _("Deposit"), statement.deposit_before
    for what, amount in (
        (_("Paid out of the deposit"), statement.deposit_applied),
        (_("Overpayment given back"), statement.credit_refunded),
        (_("Deposit given back"), statement.deposit_refunded),
        (_("Deposit still held"), statement.deposit_held),
    ):
        if amount:
            yield what, amount
    yield _("To be paid out to the tenant"), statement.refund_due
    if statement.outstanding_balance:
        owes = _("Still to be paid by the tenant") if statement.outstanding_balance > 0 else _("In credit")
        yield owes, abs(statement.outstanding_balance)


def _row(what: str, amount: Decimal, statement: Any, period: str = "") -> dict[str, object]:
    return {"what": what, "period": period, "amount": amount, "currency": statement.currency}


def _what(line: Any, currency: str) -> str:
    """`damage: Broken window`, `taken back: rent`, `electricity: 1.250,3 → …`."""
    kind = kind_word(line.kind)
    if line.amount < 0 and line.part == "posted" and line.kind != "credit":
        kind = _("taken back: {what}").format(what=kind)
    return f"{kind}: {working_told(line.description, currency)}" if line.description else kind


def _period(line: Any) -> str:
    if line.period_start is not None and line.period_end is not None:
        return f"{date_short(line.period_start)}-{date_short(_last(line.period_end))}"
    return "" if line.due_on is None else date_short(line.due_on)


def _last(end: date) -> date:
    return end - timedelta(days=1)


def _pair(label: str, value: str, width: int) -> Iterator[str]:
    """A label and its value at the other edge; the value on a line of its own where both don't fit on one."""
    label, value = safe(label), safe(value)
    if len(label) + len(value) + 1 <= width:
        yield label + " " * (width - len(label) - len(value)) + value
        return
    yield from _wrapped(label, width)
    yield from (line.rjust(width) for line in _wrapped(value, width))


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(safe(text), width)
