"""Charges posted by hand: utilities, damage, opening balances, credits."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from db.domain.dates import FutureDateError, require_plausible
from db.domain.money import require_positive
from db.domain.texts import clean_or_none
from db.errors import N_, RuleError, UsageError
from db.repositories.lookup import TenantRef
from db.services.posting import calling, posted
from db.services.requests import claim_key

_POST = calling("post_charge", "tenant", "kind", "charged_on", "due_on", "amount", "description")
KINDS = ("electricity", "water", "internet", "damage", "late_fee", "other", "opening", "credit", "refund")


class ChargeKindError(UsageError):
    """Not a kind of charge that may be posted by hand."""

    code = "charge_kind"
    message = N_("{value} is no kind of charge.")
    hint = N_("Use electricity, water, internet, damage, late_fee, other, opening, credit or refund.")


class ChargeDateError(FutureDateError):
    """A charge that counts only later would be in the balance already."""

    code = "charge_in_future"
    hint = N_("A charge counts from its day on; --due says by when it is to be paid.")


class ZeroChargeError(RuleError):
    """A charge of nothing says nothing."""

    code = "charge_zero"
    message = N_("An opening balance of zero needs no entry.")


def post_charge(
    conn: Connection,
    tenant: TenantRef,
    amount: Decimal,
    kind: str,
    *,
    due_on: date | None = None,
    charged_on: date | None = None,
    description: str | None = None,
    key: str | None = None,
) -> int:
    """Post a charge dated `charged_on` (today, or the due date when that is earlier). Returns its id.

    `opening` may be negative: a credit brought along (R17). `credit` is written positive and lowers the balance.
    Raises ChargeKindError, NonPositiveAmountError, ChargeDateError, KeyReusedError.
    """
    if kind not in KINDS:
        raise ChargeKindError(value=kind[:40])
    if kind == "opening" and amount == 0:
        raise ZeroChargeError
    signed = amount if kind == "opening" else require_positive(amount) * (-1 if kind == "credit" else 1)
    due = require_plausible(due_on or charged_on or tenant.today)
    day = require_plausible(charged_on or min(due, tenant.today))
    if day > tenant.today:
        raise ChargeDateError(day=day, today=tenant.today)
    words = clean_or_none(description, "description", 500)
    claim = claim_key(conn, key, "post_charge", tenant.id, signed, kind, due_on, charged_on, words)
    if claim.answer is not None:
        return claim.answer
    values = {
        "tenant": tenant.id,
        "kind": kind,
        "charged_on": day,
        "due_on": due,
        "amount": signed,
        "description": words,
    }
    charge_id = posted(conn, _POST, values, "ChargePosted", tenant.id)
    claim.keep(charge_id)
    return charge_id
