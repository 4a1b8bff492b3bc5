"""Corrections (R11): a posted entry is never edited or deleted, one reversing entry takes it back."""

from sqlalchemy import Connection, select

from db.domain.ledger import AlreadyReversedError, ChargeEntry, PaymentEntry, require_reversible
from db.domain.texts import clean
from db.errors import N_, NotFoundError
from db.repositories.detached import require_payment_attached
from db.repositories.ledger import Ledger
from db.services.guard import refusing
from db.services.leases import lock_tenant
from db.services.posting import calling, posted
from db.services.requests import claim_key
from db.tables import charges, payments

_REVERSE = {entry: calling(f"reverse_{entry}", entry, "reason") for entry in ("payment", "charge")}


class PaymentNotFoundError(NotFoundError):
    """No payment has this number."""

    code = "payment_not_found"
    message = N_("There is no payment {id}.")
    hint = N_("`ekost payment list` shows the numbers.")


class ChargeNotFoundError(NotFoundError):
    """No charge has this number."""

    code = "charge_not_found"
    message = N_("There is no charge {id}.")
    hint = N_("`ekost charge list` shows the numbers.")


def void_payment(conn: Connection, payment_id: int, reason: str, *, key: str | None = None) -> int:
    """Take a payment back with a reversing entry dated today; returns the reversal's id.

    A payment out of the deposit returns to it. Raises PaymentNotFoundError, AlreadyReversedError,
    ReversalReversedError, KeyReusedError.
    """
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "void_payment", payment_id, why)
    if claim.answer is not None:
        return claim.answer
    found = conn.execute(select(payments).where(payments.c.id == payment_id)).first()
    require_payment_attached(conn, payment_id, None if found is None else found.event_id)
    if found is None:
        raise PaymentNotFoundError(id=payment_id)
    lock_tenant(conn, found.tenant_id)
    known = Ledger(conn).payment(payment_id)
    entry = PaymentEntry(found.id, found.payment_date, found.amount, found.reverses_id, found.method)
    require_reversible(entry, known.reversed_by if known else None)
    reversal_id = _reverse(conn, "payment", payment_id, why, found.tenant_id)
    claim.keep(reversal_id)
    return reversal_id


def void_charge(conn: Connection, charge_id: int, reason: str, *, key: str | None = None) -> int:
    """Take a charge or credit back with a reversing entry dated today; returns the reversal's id.

    Money that had paid it pays the next charges. Raises as `void_payment`, ChargeNotFoundError.
    """
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "void_charge", charge_id, why)
    if claim.answer is not None:
        return claim.answer
    found = conn.execute(select(charges.c.tenant_id).where(charges.c.id == charge_id)).first()
    if found is None:
        raise ChargeNotFoundError(id=charge_id)
    lock_tenant(conn, found.tenant_id)
    reversal_id = reverse_charge(conn, charge_id, why)
    claim.keep(reversal_id)
    return reversal_id


def reverse_charge(conn: Connection, charge_id: int, reason: str) -> int:
    """The reversing entry of a charge whose tenant is locked; returns its id."""
    found = conn.execute(select(charges).where(charges.c.id == charge_id)).one()
    known = Ledger(conn).charge(charge_id)
    entry = ChargeEntry(
        found.id, found.kind, found.charged_on, found.due_on, found.amount, reverses_id=found.reverses_id
    )
    require_reversible(entry, known.reversed_by if known else None)
    return _reverse(conn, "charge", charge_id, reason, found.tenant_id)


def _reverse(conn: Connection, entry: str, entry_id: int, reason: str, tenant_id: int) -> int:
    twice = AlreadyReversedError(id=entry_id, reversed_by="?")
    with refusing(conn, {"charges_reversed_once": twice, "reversals_once": twice}):
        return posted(conn, _REVERSE[entry], {entry: entry_id, "reason": reason}, "EntryReversed", tenant_id)
