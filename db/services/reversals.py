"""Corrections (R11): a posted entry is never edited or deleted, one reversing entry takes it back."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from db.domain.ledger import AlreadyReversedError, ChargeEntry, PaymentEntry, require_reversible
from db.domain.texts import clean
from db.errors import N_, NotFoundError
from db.events import Event, append, reserve_event
from db.repositories.detached import require_payment_attached
from db.repositories.ledger import Ledger
from db.repositories.lookup import get_property
from db.repositories.values import CHARGE, DEPOSIT, PAYMENT, Values, told
from db.services.balances import recalculate
from db.services.guard import refusing
from db.services.leases import lock_tenant
from db.services.payments import open_month
from db.services.requests import claim_key
from db.tables import charges, deposit_entries, payments, reversals


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
    event_id = reserve_event(conn)
    day = max(get_property(conn, found.property_id).today, found.payment_date)
    open_month(conn, day)
    row = {
        "property_id": found.property_id, "tenant_id": found.tenant_id, "payment_date": day, "amount": -found.amount,
        "method": found.method, "reverses_id": payment_id, "event_id": event_id,
    }  # fmt: skip
    reversal = conn.execute(insert(payments).values(row).returning(payments)).one()
    _record(conn, "payment", payment_id, reversal.id, why)
    after = told(PAYMENT, reversal._mapping)
    if found.method == "deposit":
        back = {key: row[key] for key in ("property_id", "tenant_id", "amount", "event_id")}
        back |= {"kind": "applied", "entry_on": day, "payment_id": reversal.id}
        returned = conn.execute(insert(deposit_entries).values(back).returning(deposit_entries)).one()
        after["deposits"] = [told(DEPOSIT, returned._mapping)]
    _tell(conn, "payment", reversal, why, after)
    recalculate(conn, [found.tenant_id])
    claim.keep(reversal.id)
    return int(reversal.id)


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
    recalculate(conn, [found.tenant_id])
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
    event_id = reserve_event(conn)
    day: date = max(get_property(conn, found.property_id).today, found.charged_on)
    same = ("property_id", "tenant_id", "lease_id", "kind", "period_start", "period_end", "days", "of_days")
    row = {name: getattr(found, name) for name in same}
    row |= {"charged_on": day, "due_on": max(day, found.due_on), "amount": -found.amount}
    row |= {"reverses_id": charge_id, "event_id": event_id}
    twice = AlreadyReversedError(id=charge_id, reversed_by="?")
    with refusing(conn, {"charges_reversed_once": twice}):
        reversal = conn.execute(insert(charges).values(row).returning(charges)).one()
    _record(conn, "charge", charge_id, reversal.id, reason)
    _tell(conn, "charge", reversal, reason, told(CHARGE, reversal._mapping))
    return int(reversal.id)


def _record(conn: Connection, entry: str, entry_id: int, reversal_id: int, reason: str) -> None:
    row = {"entry": entry, "entry_id": entry_id, "reversal_id": reversal_id, "reason": reason}
    with refusing(conn, {"reversals_once": AlreadyReversedError(id=entry_id, reversed_by="?")}):
        conn.execute(insert(reversals).values(row))


def _tell(conn: Connection, entry: str, reversal: Row[Any], reason: str, after: Values) -> None:
    payload = {
        "tenantId": reversal.tenant_id, "entry": entry, "entryId": reversal.reverses_id, "reversalId": reversal.id,
        "amount": reversal.amount, "reason": reason, "after": after,
    }  # fmt: skip
    event = Event("EntryReversed", entry, reversal.id, payload, reversal.property_id, reversal.tenant_id)
    append(conn, event, event_id=reversal.event_id)
