"""The lines of an explained balance, as data for programs and as sentences for people (R20)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from db.errors import N_
from ekost_cli.fields import Field
from locales.catalogs import _
from locales.formats import date_short, money

if TYPE_CHECKING:
    from db.domain.allocation import Fill
    from db.domain.explain import ExplainLine, Explanation

EXPLAIN_FIELDS = (
    Field("id", N_("Number"), "int"),
    Field("on", N_("Date"), "date"),
    Field("kind", N_("Kind")),
    Field("period_start", N_("Period from"), "date", wide=True),
    Field("period_end", N_("Period until"), "date", wide=True),
    Field("days", N_("Days"), "int", wide=True),
    Field("of_days", N_("Of days"), "int", wide=True),
    Field("change", N_("Change"), "money"),
    Field("balance", N_("Balance"), "money"),
    Field("fills", N_("Filled"), "nested"),
    Field("rest", N_("Rest"), "money"),
    Field("reversed", N_("Reversed by"), "int", wide=True),
)


def explain_lines(explanation: "Explanation", currency: str, *, for_people: bool) -> Iterator[dict[str, Any]]:
    """One record per entry, in date order."""
    for line in explanation.lines:
        record = _record(line) | {"currency": currency}
        record["fills"] = _sentence(line, currency) if for_people else [_fill(fill) for fill in line.fills]
        yield record


def _record(line: "ExplainLine") -> dict[str, Any]:
    entry = line.entry
    return {
        "id": entry.id,
        "on": line.on,
        "kind": getattr(entry, "kind", None) or "payment",
        "period_start": getattr(entry, "period_start", None),
        "period_end": getattr(entry, "period_end", None),
        "days": line.days,
        "of_days": line.of_days,
        "change": line.change,
        "balance": line.balance,
        "rest": line.rest,
        "reversed": line.cancelled_by,
    }


def _fill(fill: "Fill") -> dict[str, Any]:
    return {
        "money": f"{fill.money.source}:{fill.money.id}",
        "charge": f"{fill.debt.source}:{fill.debt.id}",
        "amount": fill.amount,
    }


def _sentence(line: "ExplainLine", currency: str) -> str:
    """What this money paid, or what paid this charge."""
    if line.cancelled_by is not None:
        return _("reversed by {id}").format(id=line.cancelled_by)
    parts = []
    for fill in line.fills:
        amount = money(fill.amount, currency)
        if line.change < 0:
            parts.append(_("{amount} to charge {id} due {date}").format(
                amount=amount, id=fill.debt.id, date=date_short(fill.debt.due_on)))  # fmt: skip
        else:
            parts.append(_("{amount} from {date}").format(amount=amount, date=date_short(fill.money.on)))
    return "; ".join(parts)
