"""Recording payments: the one path by which money comes in, for the command, the TUI and single import rows."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from db.domain.dates import require_not_future
from db.domain.methods import require_method
from db.domain.money import require_positive
from db.domain.texts import clean_or_none
from db.events import note_written
from db.repositories.lookup import TenantRef
from db.services.billing import accrue
from db.services.posting import calling
from db.services.requests import KeyReusedError, request_hash
from db.writes import note_answer, note_key

# One statement for all of a payment: whoever records many spends the time on asking, not on answering.
_RECORD = calling("record_payment", "key", "request", "tenant", "day", "amount", "method", "reference", "note")


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
    require_method(method)
    texts = {"reference": clean_or_none(reference, "reference"), "note": clean_or_none(note, "note", 500)}
    # The date as it was given: a request that says nothing of it is the same one when it is repeated after midnight.
    request = request_hash(key, "record_payment", tenant.id, amount, payment_date, method, *texts.values())
    values = {"key": key, "request": request, "tenant": tenant.id, "day": day, "amount": amount, "method": method}
    posted = conn.execute(_RECORD, {**values, **texts}).one()
    if posted.state == "due":
        accrue(conn, tenant_id=tenant.id)
        posted = conn.execute(_RECORD, {**values, **texts}).one()
    if key is not None:
        _note_key(conn, key, posted)
    if posted.state == "done":
        note_written(conn, "PaymentRecorded", posted.id, tenant.id, posted.event, posted.recorded_at, posted.payload)
    return int(posted.id)


def _note_key(conn: Connection, key: str, posted: Row[Any]) -> None:
    if posted.state == "reused":
        raise KeyReusedError(key=key)
    if posted.state == "repeated":
        note_answer(conn, key, "record_payment", posted.id)
    else:
        note_key(conn, key)
