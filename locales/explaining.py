"""An explained balance as a ledger to read aloud (R20): what a dispute ends with, in a shell and on a screen.

The lines come from the domain's `explain`; nothing here knows where their numbers are from.
"""

from collections.abc import Iterator
from typing import Any

from locales.catalogs import _
from locales.formats import date_short, money
from locales.statuses import kind_word

# Date, what, change, balance; what it is about takes the room that is left.
_LINE = "{:<10}  {:<{room}.{room}}  {:>15}  {:>15}"
_TAKEN, _LEAST = 46, 20
_DETAIL = " " * 14 + "{}"


def explain_text(explanation: Any, currency: str, *, width: int = 80) -> Iterator[str]:
    """A ledger with a running balance, each entry with what it filled or what filled it."""
    room = max(width - _TAKEN, _LEAST)
    yield _LINE.format(_("Date"), _("What"), _("Change"), _("Balance"), room=room).rstrip()
    for line in explanation.lines:
        amounts = money(line.change, currency), money(line.balance, currency)
        yield _LINE.format(date_short(line.on), _what(line), *amounts, room=room)
        yield from (_DETAIL.format(text) for text in explain_details(line, currency))


def entry_kind(line: Any) -> str:
    """The kind of a charge, or that it is a payment."""
    return getattr(line.entry, "kind", None) or "payment"


def _what(line: Any) -> str:
    """`rent 25/03/2026, 16 of 31 days`."""
    word = _entry(entry_kind(line), line.entry.id)
    if line.days is None:
        return word
    if line.of_days is None or line.days == line.of_days:
        return f"{word}, " + _("{days} days").format(days=line.days)
    return f"{word}, " + _("{days} of {of_days} days").format(days=line.days, of_days=line.of_days)


def _entry(kind: str, number: int) -> str:
    """`payment #7`; payments and charges count apart, so that the number alone would not tell which one is meant."""
    return f"{kind_word(kind)} #{number}"


def explain_details(line: Any, currency: str) -> Iterator[str]:
    """What an entry filled, or what filled it, or what it cancels out with; a line each."""
    if line.cancelled_by is not None:
        yield _("cancels out with #{id}").format(id=line.cancelled_by)
        return
    for fill in line.fills:
        amount = money(fill.amount, currency)
        if line.change < 0:
            due = date_short(fill.debt.due_on)
            yield _("{amount} to charge #{id}, due {date}").format(amount=amount, id=fill.debt.id, date=due)
        else:
            source = _entry("payment" if fill.money.source == "payment" else "credit", fill.money.id)
            yield _("{amount} paid with {entry} on {date}").format(
                amount=amount, entry=source, date=date_short(fill.money.on)
            )
    if line.rest and line.fills:
        yield _("{amount} left").format(amount=money(line.rest, currency))
