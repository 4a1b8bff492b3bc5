"""Charges posted by hand: utilities, damage, opening balances, credits."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from db.domain.dates import FutureDateError, require_plausible
from db.domain.ledger import REFUND
from db.domain.methods import CASH, require_method
from db.domain.money import require_positive
from db.domain.texts import clean_or_none
from db.errors import N_, RuleError, UsageError
from db.repositories.lookup import TenantRef
from db.services.posting import calling, posted
from db.services.requests import claim_key

_POST = calling("post_charge", "tenant", "kind", "charged_on", "due_on", "amount", "description", "method")
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


class RefundMethodError(UsageError):
    """Only money that is paid out has a method."""

    code = "refund_method"
    message = N_("A charge of kind {kind} moves no money, so it has no method.")
    hint = N_("--method says how a refund was paid out.")


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
    method: str | None = None,
    key: str | None = None,
) -> int:
    """Post a charge dated `charged_on` (today, or the due date when that is earlier). Returns its id.

    `opening` may be negative: a credit brought along (R17). `credit` is written positive and lowers the balance.
    `method` is how a `refund` was paid out, in cash unless said. Raises ChargeKindError, RefundMethodError,
    MethodError, NonPositiveAmountError, ChargeDateError, KeyReusedError.
    """
    if kind not in KINDS:
        raise ChargeKindError(value=kind[:40])
    if method is not None and kind != REFUND:
        raise RefundMethodError(kind=kind)
    if kind == "opening" and amount == 0:
        raise ZeroChargeError
    signed = amount if kind == "opening" else require_positive(amount) * (-1 if kind == "credit" else 1)
    due = require_plausible(due_on or charged_on or tenant.today)
    day = require_plausible(charged_on or min(due, tenant.today))
    if day > tenant.today:
        raise ChargeDateError(day=day, today=tenant.today)
    words = clean_or_none(description, "description", 500)
    more = () if method in (None, CASH) else (method,)
    claim = claim_key(conn, key, "post_charge", tenant.id, signed, kind, due_on, charged_on, words, *more)
    if claim.answer is not None:
        return claim.answer
    values = {
        "tenant": tenant.id,
        "kind": kind,
        "charged_on": day,
        "due_on": due,
        "amount": signed,
        "description": words,
        "method": require_method(method or CASH) if kind == REFUND else None,
    }
    charge_id = posted(conn, _POST, values, "ChargePosted", tenant.id)
    claim.keep(charge_id)
    return charge_id
