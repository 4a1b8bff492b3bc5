"""A payment as it is given to who paid: plain lines, narrow enough for the small printers of a counter.

The paper says what was received, of whom and for what, period by period, and what is open afterwards. One that was
taken back says so above everything else, whoever kept an earlier copy.
"""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from locales.catalogs import _
from locales.formats import date_long, date_short, money
from locales.safe import safe
from locales.statuses import kind_word, status_word

# Characters on a line: of paper 58 mm wide, and of 80 mm or a screen.
NARROW, WIDE = 32, 48


class Part(NamedTuple):
    """What of the payment went to one charge: its days, `end` being the day behind the last, or when it was due."""

    kind: str
    start: date | None
    end: date | None
    due_on: date
    amount: Decimal


class Receipt(NamedTuple):
    """What the paper says. `rest` of the amount fills nothing yet; `balance` is what the tenant owes on `today`.

    `void` is the reason for which the payment was taken back; None while it stands.
    """

    number: int
    paid_on: date
    house: str
    address: str | None
    tenant: str
    room: str | None
    amount: Decimal
    currency: str
    method: str
    reference: str | None
    parts: Sequence[Part]
    rest: Decimal
    balance: Decimal
    today: date
    void: str | None = None


def receipt_lines(receipt: Receipt, *, width: int = WIDE) -> list[str]:
    """The lines of the paper in the reader's language, none longer than `width`; stored text is safe to show."""
    lines: list[str] = []
    if receipt.void is not None:
        lines += [_("VOID").center(width, "*"), *_wrapped(safe(receipt.void), width), "*" * width]
    lines += [_("RECEIPT").center(width).rstrip(), *_centered(receipt.house, width)]
    lines += _centered(receipt.address or "", width)
    lines.append("-" * width)
    for label, value in _facts(receipt):
        lines += _pair(label, value, width)
    lines.append("-" * width)
    if receipt.void is None:
        lines += _paid_for(receipt, width)
        lines.append("-" * width)
    lines += _standing(receipt, width)
    return lines


def _facts(receipt: Receipt) -> Iterator[tuple[str, str]]:
    yield _("No."), str(receipt.number)
    yield _("Date"), date_long(receipt.paid_on)
    yield _("Received from"), receipt.tenant
    if receipt.room:
        yield _("Room"), receipt.room
    yield _("Amount"), money(receipt.amount, receipt.currency)
    yield _("Method"), status_word(receipt.method)
    if receipt.reference:
        yield _("Reference"), receipt.reference


def _paid_for(receipt: Receipt, width: int) -> Iterator[str]:
    """Charge by charge what the payment filled, and what of it is paid ahead."""
    yield _("Payment for:")
    for part in receipt.parts:
        yield from _pair(f" {kind_word(part.kind)} {_days(part)}", money(part.amount, receipt.currency), width)
    if receipt.rest > 0:
        yield from _pair(" " + _("paid ahead"), money(receipt.rest, receipt.currency), width)


def _days(part: Part) -> str:
    if part.start is None or part.end is None:
        return date_short(part.due_on)
    return f"{date_short(part.start)}-{date_short(part.end - timedelta(days=1))}"


def _standing(receipt: Receipt, width: int) -> list[str]:
    """What is open on the day of the paper; money paid ahead is told as such, and never as less than nothing."""
    when = date_short(receipt.today)
    told = _("In credit, {date}") if receipt.balance < 0 else _("Still to pay, {date}")
    return _pair(told.format(date=when), money(abs(receipt.balance), receipt.currency), width)


def _pair(label: str, value: str, width: int) -> list[str]:
    """A label and its value at the other edge; on lines of their own where they don't fit on one."""
    label, value = safe(label), safe(value)
    if len(label) + len(value) + 1 <= width:
        return [label + " " * (width - len(label) - len(value)) + value]
    return [*_wrapped(label, width), *(line.rjust(width) for line in _wrapped(value, width))]


def _centered(text: str, width: int) -> list[str]:
    return [line.center(width).rstrip() for line in _wrapped(safe(text), width)]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, drop_whitespace=True)
