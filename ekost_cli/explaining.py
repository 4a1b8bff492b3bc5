"""The lines of an explained balance: data for programs, a ledger to read aloud for people (R20)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from db.errors import N_
from ekost_cli.fields import Field
from ekost_cli.statuses import status_word
from locales.catalogs import _
from locales.formats import date_short, money

if TYPE_CHECKING:
    from db.domain.allocation import Fill
    from db.domain.explain import ExplainLine, Explanation

EXPLAIN_FIELDS = (
    Field("id", N_("Number"), "int"),
    Field("on", N_("Date"), "date"),
    Field("kind", N_("Kind"), "status"),
    Field("period_start", N_("Period from"), "date"),
    Field("period_end", N_("Period until"), "date"),
    Field("days", N_("Days"), "int"),
    Field("of_days", N_("Of days"), "int"),
    Field("change", N_("Change"), "money"),
    Field("balance", N_("Balance"), "money"),
    Field("fills", N_("Filled"), "nested"),
    Field("rest", N_("Rest"), "money"),
    Field("reversed", N_("Reversed by"), "int"),
)
# Widths that leave a line of 80 columns whole: date, what, change, balance.
_LINE = "{:<10}  {:<34}  {:>15}  {:>15}"
_DETAIL = " " * 14 + "{}"


def explain_records(explanation: "Explanation", currency: str) -> Iterator[dict[str, Any]]:
    """One record per entry, in date order."""
    for line in explanation.lines:
        entry = line.entry
        yield {
            "id": entry.id,
            "on": line.on,
            "kind": _kind(line),
            "period_start": getattr(entry, "period_start", None),
            "period_end": getattr(entry, "period_end", None),
            "days": line.days,
            "of_days": line.of_days,
            "change": line.change,
            "balance": line.balance,
            "fills": [_fill(fill) for fill in line.fills],
            "rest": line.rest,
            "reversed": line.cancelled_by,
            "currency": currency,
        }


def explain_text(explanation: "Explanation", currency: str) -> Iterator[str]:
    """The same as a ledger with a running balance, each entry with what it filled or what filled it."""
    yield _LINE.format(_("Date"), _("What"), _("Change"), _("Balance")).rstrip()
    for line in explanation.lines:
        amounts = money(line.change, currency), money(line.balance, currency)
        yield _LINE.format(date_short(line.on), _what(line), *amounts)
        yield from (_DETAIL.format(text) for text in _details(line, currency))


def _kind(line: "ExplainLine") -> str:
    return getattr(line.entry, "kind", None) or "payment"


def _fill(fill: "Fill") -> dict[str, Any]:
    return {
        "money": f"{fill.money.source}:{fill.money.id}",
        "charge": f"{fill.debt.source}:{fill.debt.id}",
        "amount": fill.amount,
    }


def _what(line: "ExplainLine") -> str:
    """`rent 25/03/2026, 16 of 31 days`."""
    word = _entry(_kind(line), line.entry.id)
    if line.days is None:
        return word
    if line.of_days is None or line.days == line.of_days:
        return f"{word}, " + _("{days} days").format(days=line.days)
    return f"{word}, " + _("{days} of {of_days} days").format(days=line.days, of_days=line.of_days)


def _entry(kind: str, number: int) -> str:
    """`payment #7`; payments and charges count apart, so that the number alone would not tell which one is meant."""
    # The same word as a status says how a tenant stands.
    word = _("credit") if kind == "credit" else status_word(kind)
    return f"{word} #{number}"


def _details(line: "ExplainLine", currency: str) -> Iterator[str]:
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
