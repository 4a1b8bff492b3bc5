"""The values of rows as events tell them: enough to rebuild the book from what is told.

Names in camelCase, money as decimal text, dates in ISO form. What the database derives is not told; neither is when
and by whom, since the event itself says so.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping

from db.repositories.leases import Lease
from db.repositories.tenants import mask_national_id

PROPERTY = ("code", "name", "address", "currency", "timezone", "billing_day", "grace_days", "proration", "rounding",
            "reminder_stages", "pay_to", "greeting", "place", "signatory", "language", "archived_at")  # fmt: skip
ROOM = ("number", "room_type", "monthly_rent", "capacity", "basis", "status", "deleted_at")
# The national id is told with its middle hidden: history can't be erased, and nobody needs the whole number of old.
TENANT = (
    "code",
    "name",
    "phone",
    "email",
    "national_id",
    "emergency_name",
    "emergency_phone",
    "language",
    "deleted_at",
)
LEASE = ("id", "tenant_id", "room_id", "slot", "starts_on", "ends_on", "basis", "grace_days", "proration", "rounding",
         "billed_from_on", "refund", "late_fee", "late_fee_rate", "late_fee_grace", "late_fee_every",
         "late_fee_cap_percent", "late_fee_cap_amount", "charge_order")  # fmt: skip
POLICY = ("billing_day", "grace_days", "proration", "rounding", "refund", "basis", "late_fee", "late_fee_rate",
          "late_fee_grace", "late_fee_every", "late_fee_cap_percent", "late_fee_cap_amount",
          "charge_order")  # fmt: skip
TERMS = ("effective_on", "monthly_rent", "billing_day")
CHARGE = ("id", "lease_id", "kind", "period_start", "period_end", "days", "of_days", "charged_on", "due_on", "amount",
          "description", "reverses_id", "related_id", "method")  # fmt: skip
PAYMENT = ("id", "payment_date", "amount", "method", "reference", "note", "import_id", "reverses_id")
NOTE = ("id", "room_id", "body")
ITEM = ("id", "room_id", "name", "quantity", "note")
DEPOSIT = ("id", "kind", "entry_on", "amount", "payment_id", "method", "note", "opening")
REMINDER = ("id", "charge_id", "lease_id", "period_start", "stage", "due_on", "amount", "channel", "sent_on")

Values = dict[str, object]


def told(names: tuple[str, ...], row: Mapping[str, Any] | RowMapping) -> Values:
    """The named values of a row, as far as it has them."""
    return {_camel(name): _plain(name, row[name]) for name in names if name in row}


def change(
    names: tuple[str, ...], before: Mapping[str, Any] | RowMapping, after: Mapping[str, Any] | RowMapping
) -> dict[str, Values]:
    """`before` and `after` of those values that differ, for a payload."""
    differ = tuple(name for name in names if before[name] != after[name])
    return {"before": told(differ, before), "after": told(differ, after)}


def lease_told(lease: Lease) -> Values:
    """A whole lease, with its terms."""
    return told(LEASE, lease._asdict()) | terms_told(lease)


def terms_told(lease: Lease) -> Values:
    """All terms of a lease: they are few, and one that is written later may change others."""
    return {"terms": [told(TERMS, asdict(terms)) for terms in lease.terms]}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _plain(name: str, value: object) -> object:
    if name == "national_id":
        return mask_national_id(value if value is None else str(value))
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, date) else value
