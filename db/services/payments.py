"""Recording payments: the one path by which money comes in, for the command, the TUI and single import rows."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, insert, text

from db.domain.dates import require_not_future
from db.domain.money import require_positive
from db.domain.texts import clean_or_none
from db.errors import N_, UsageError
from db.events import Event, append, reserve_event
from db.repositories.lookup import TenantRef
from db.repositories.values import PAYMENT, told
from db.services.balances import recalculate
from db.services.billing import accrue
from db.services.leases import lock_tenant
from db.services.requests import claim_key
from db.tables import payments

METHODS = ("cash", "transfer", "qris", "ewallet", "other")


class MethodError(UsageError):
    """Not a way to pay that we know."""

    code = "method"
    message = N_("{value} is no payment method.")
    hint = N_("Use cash, transfer, qris, ewallet or other.")


def record_payment(
    conn: Connection,
    tenant: TenantRef,
    amount: Decimal,
    payment_date: date | None = None,
    *,
    method: str = "cash",
    reference: str | None = None,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Book a payment of today, or of `payment_date`; it fills the oldest charges first, the rest is credit (R12, R13).

    Returns its id. Raises FutureDateError (M3), NonPositiveAmountError, MethodError, KeyReusedError.
    """
    require_positive(amount)
    day = require_not_future(payment_date or tenant.today, tenant.today)
    if method not in METHODS:
        raise MethodError(value=method[:40])
    texts = {"reference": clean_or_none(reference, "reference"), "note": clean_or_none(note, "note", 500)}
    # The date as it was given: a request that says nothing of it is the same one when it is repeated after midnight.
    claim = claim_key(conn, key, "record_payment", tenant.id, amount, payment_date, method, *texts.values())
    if claim.answer is not None:
        return claim.answer
    # Locked first: two payments at once must not see the same ledger.
    lock_tenant(conn, tenant.id)
    accrue(conn, tenant_id=tenant.id)
    payment_id = insert_payment(conn, tenant, amount, day, method, **texts)
    recalculate(conn, [tenant.id])
    claim.keep(payment_id)
    return payment_id


def open_month(conn: Connection, day: date) -> None:
    """Make the partition that payments of this day go to, unless it is there."""
    conn.execute(text("select ensure_partition('payments', :day)"), {"day": day})


def insert_payment(
    conn: Connection,
    tenant: TenantRef,
    amount: Decimal,
    payment_date: date,
    method: str,
    *,
    reference: str | None = None,
    note: str | None = None,
) -> int:
    """The payment row and its event, for a tenant that is locked."""
    event_id = reserve_event(conn)
    open_month(conn, payment_date)
    row = {
        "property_id": tenant.property_id, "tenant_id": tenant.id, "payment_date": payment_date, "amount": amount,
        "method": method, "reference": reference, "note": note, "event_id": event_id,
    }  # fmt: skip
    posted = conn.execute(insert(payments).values(row).returning(payments)).one()
    payload = {"tenantId": tenant.id, "paymentId": posted.id, "amount": posted.amount, "date": payment_date,
               "after": told(PAYMENT, posted._mapping)}  # fmt: skip
    event = Event("PaymentRecorded", "payment", posted.id, payload, tenant.property_id, tenant.id)
    append(conn, event, event_id=event_id)
    return int(posted.id)
