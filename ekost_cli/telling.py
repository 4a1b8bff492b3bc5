"""What happened, told to a person: the event's name in words and what it was about."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from db.errors import N_
from ekost_cli.fields import Field
from ekost_cli.statuses import status_word
from locales.catalogs import _
from locales.formats import date_short, money

if TYPE_CHECKING:
    from db.repositories.events import EventRow

TOLD_FIELDS = (
    Field("recorded_at", N_("When"), "instant"),
    Field("what", N_("What")),
    Field("about", N_("Details")),
    Field("actor", N_("By whom"), wide=True),
)

_WORDS = {
    "TenantAdded": N_("Tenant added"),
    "TenantChanged": N_("Tenant changed"),
    "TenantArchived": N_("Tenant archived"),
    "TenantAssigned": N_("Moved in"),
    "TenantMoved": N_("Moved to another room"),
    "TenantLeft": N_("Moved out"),
    "RentChanged": N_("Rent changed"),
    "PaymentRecorded": N_("Payment recorded"),
    "ChargePosted": N_("Charge posted"),
    "EntryReversed": N_("Entry reversed"),
    "DepositReceived": N_("Deposit received"),
    "DepositApplied": N_("Deposit applied"),
    "DepositRefunded": N_("Deposit refunded"),
}


def told(event: "EventRow", currency: str) -> dict[str, Any]:
    """An event as a line for a person; one without words of its own keeps its name."""
    return {
        "recorded_at": event.recorded_at,
        "what": _(_WORDS[event.type]) if event.type in _WORDS else event.type,
        "about": ", ".join(_about(event.payload, currency)),
        "actor": event.actor,
    }


def _about(payload: Mapping[str, Any], currency: str) -> list[str]:
    """Kind, amount, day, reason and the names of what was changed, as far as the event has them."""
    parts = [status_word(payload["kind"])] if "kind" in payload else []
    amount = payload.get("amount") or payload.get("monthlyRent")
    if amount is not None:
        parts.append(money(Decimal(str(amount)), currency))
    day = payload.get("date") or payload.get("assignmentDate") or payload.get("effectiveOn")
    if day is not None:
        parts.append(date_short(date.fromisoformat(day)))
    if payload.get("reason"):
        parts.append(str(payload["reason"]))
    after = payload.get("after")
    if isinstance(after, Mapping) and "before" in payload:
        parts.append(", ".join(f"{name}: {payload['before'].get(name)} → {value}" for name, value in after.items()))
    return parts
