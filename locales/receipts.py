"""A payment as it is given to who paid: plain lines, narrow enough for the small printers of a counter.

The paper says what was received, of whom and for what, in figures and in words, and what is open afterwards, in the
language of who gets it. One that was taken back says so above everything else, whoever kept an earlier copy.
"""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from locales.amounts import in_words
from locales.catalogs import _, speaking
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

    `number` is None while the payment has no receipt, `issued_on` its day; `copy` is 1 for the original, 0 for none.
    `void` is the reason for which the payment was taken back; None while it stands.
    """

    number: str | None
    issued_on: date
    copy: int
    payment_id: int
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
    place: str | None = None
    signatory: str | None = None
    language: str | None = None
    void: str | None = None


# Above this a document that says money was received needs a stamp (UU 10/2020, article 3).
STAMPED_ABOVE = Decimal(5_000_000)


def receipt_lines(receipt: Receipt, *, width: int = WIDE, language: str | None = None) -> list[str]:
    """The lines of the paper, none longer than `width`, in `language`, else the recipient's; stored text is safe."""
    with speaking(language or receipt.language):
        return [*_head(receipt, width), *_body(receipt, width), *_foot(receipt, width)]


def period(part: Part) -> str:
    """The days that a charge is for, or when it was due."""
    if part.start is None or part.end is None:
        return date_short(part.due_on)
    return f"{date_short(part.start)}-{date_short(part.end - timedelta(days=1))}"


def purpose(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """What the payment is for, charge by charge, and what of it is paid ahead, each with its amount."""
    for part in receipt.parts:
        yield f"{kind_word(part.kind)} {period(part)}", money(part.amount, receipt.currency)
    if receipt.rest > 0:
        yield _("paid ahead"), money(receipt.rest, receipt.currency)


def facts(receipt: Receipt) -> Iterator[tuple[str, str]]:
    """What else is told of the payment: room, when and how it was paid, what is open."""
    if receipt.room:
        yield _("Room"), receipt.room
    yield _("Paid on"), date_long(receipt.paid_on)
    yield _("Method"), status_word(receipt.method)
    if receipt.reference:
        yield _("Reference"), receipt.reference
    told = _("In credit, {date}") if receipt.balance < 0 else _("Still to pay, {date}")
    yield told.format(date=date_short(receipt.today)), money(abs(receipt.balance), receipt.currency)


def signed(receipt: Receipt) -> str:
    """Place and date."""
    day = date_long(receipt.issued_on)
    return f"{receipt.place}, {day}" if receipt.place else day


def needs_stamp(receipt: Receipt) -> bool:
    """Whether the sum is so large that a stamp is needed; only a reminder, the law decides."""
    return receipt.currency == "IDR" and receipt.amount > STAMPED_ABOVE


def _head(receipt: Receipt, width: int) -> Iterator[str]:
    if receipt.void is not None:
        yield _("VOID").center(width, "*")
        yield from _wrapped(safe(receipt.void), width)
        yield "*" * width
    yield _("RECEIPT").center(width).rstrip()
    if receipt.copy > 1:
        yield _("COPY").center(width).rstrip()
    yield from _centered(receipt.house, width)
    yield from _centered(receipt.address or "", width)
    yield "-" * width
    yield from _pair(_("No."), receipt.number or "-", width)


def _body(receipt: Receipt, width: int) -> Iterator[str]:
    yield from _below(_("Received from"), receipt.tenant, width)
    yield from _below(_("The sum of"), in_words(receipt.amount, receipt.currency), width)
    if receipt.void is None:
        yield _("Payment for:")
        for what, amount in purpose(receipt):
            yield from _pair(f" {what}", amount, width)
    figure = f"| {money(receipt.amount, receipt.currency)} |"
    edge = f"+{'-' * (len(figure) - 2)}+"
    yield from (line.center(width).rstrip() for line in (edge, figure, edge))


def _foot(receipt: Receipt, width: int) -> Iterator[str]:
    for label, value in facts(receipt):
        yield from _pair(label, value, width)
    yield "-" * width
    yield from (line.rjust(width) for line in _wrapped(safe(signed(receipt)), width))
    if receipt.signatory:
        yield from ("", "")
        yield from (line.rjust(width) for line in _wrapped(safe(receipt.signatory), width))
    if needs_stamp(receipt):
        yield from _wrapped(stamp_note(), width)


def stamp_note() -> str:
    """What to remember about the stamp."""
    return _("Above Rp5,000,000 a stamp of Rp10,000 is needed (UU 10/2020).")


def _below(label: str, value: str, width: int) -> list[str]:
    """A label, and what may be long on lines of its own."""
    return [label + ":", *(f" {line}" for line in _wrapped(safe(value), width - 1))]


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
