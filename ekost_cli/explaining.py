"""The lines of an explained balance as data for programs (R20)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from db.errors import N_
from ekost_cli.fields import Field
from locales.explaining import entry_kind

if TYPE_CHECKING:
    from db.domain.allocation import Fill
    from db.domain.explain import Explanation

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


def explain_records(explanation: "Explanation", currency: str) -> Iterator[dict[str, Any]]:
    """One record per entry, in date order."""
    for line in explanation.lines:
        entry = line.entry
        yield {
            "id": entry.id,
            "on": line.on,
            "kind": entry_kind(line),
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


def _fill(fill: "Fill") -> dict[str, Any]:
    return {
        "money": f"{fill.money.source}:{fill.money.id}",
        "charge": f"{fill.debt.source}:{fill.debt.id}",
        "amount": fill.amount,
    }
