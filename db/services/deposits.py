"""The deposit (R8): a liability with its own small ledger, apart from the rent balance."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, func, insert, select

from db.domain.dates import require_not_future
from db.domain.deposit import DepositState
from db.domain.texts import clean_or_none
from db.events import Event, append, reserve_event
from db.repositories.lookup import TenantRef
from db.repositories.values import DEPOSIT, told
from db.services.balances import recalculate
from db.services.leases import lock_tenant
from db.services.payments import insert_payment
from db.services.requests import claim_key
from db.tables import deposit_entries


def deposit_state(conn: Connection, tenant_id: int) -> DepositState:
    """Received, applied and refunded so far."""
    d = deposit_entries.c
    query = select(d.kind, func.sum(d.amount)).where(d.tenant_id == tenant_id).group_by(d.kind)
    return DepositState(**{row[0]: row[1] for row in conn.execute(query)})


def add_deposit(
    conn: Connection,
    tenant: TenantRef,
    amount: Decimal,
    entry_on: date | None = None,
    *,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Take a deposit; it is neither income nor rent. Returns the entry's id. Raises FutureDateError."""
    return _post(conn, tenant, "received", amount, entry_on, note, key)


def apply_deposit(
    conn: Connection,
    tenant: TenantRef,
    amount: Decimal,
    entry_on: date | None = None,
    *,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Pay charges out of the deposit. Returns the entry's id. Raises DepositExceededError."""
    return _post(conn, tenant, "applied", amount, entry_on, note, key)


def refund_deposit(
    conn: Connection,
    tenant: TenantRef,
    amount: Decimal,
    entry_on: date | None = None,
    *,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Give back of the deposit. Returns the entry's id. Raises DepositExceededError."""
    return _post(conn, tenant, "refunded", amount, entry_on, note, key)


_EVENTS = {"received": "DepositReceived", "applied": "DepositApplied", "refunded": "DepositRefunded"}


def _post(
    conn: Connection,
    tenant: TenantRef,
    kind: str,
    amount: Decimal,
    entry_on: date | None,
    note: str | None,
    key: str | None,
) -> int:
    day = require_not_future(entry_on or tenant.today, tenant.today)
    words = clean_or_none(note, "note", 500)
    claim = claim_key(conn, key, f"deposit_{kind}", tenant.id, amount, entry_on, words)
    if claim.answer is not None:
        return claim.answer
    lock_tenant(conn, tenant.id)
    state = deposit_state(conn, tenant.id)
    {"received": state.receive, "applied": state.apply, "refunded": state.refund}[kind](amount)
    payment_id = insert_payment(conn, tenant, amount, day, "deposit") if kind == "applied" else None
    event_id = reserve_event(conn)
    row = {
        "property_id": tenant.property_id, "tenant_id": tenant.id, "kind": kind, "entry_on": day,
        "amount": amount, "payment_id": payment_id, "note": words, "event_id": event_id,
    }  # fmt: skip
    entry = conn.execute(insert(deposit_entries).values(row).returning(deposit_entries)).one()
    payload = {"tenantId": tenant.id, "depositEntryId": entry.id, "amount": entry.amount, "date": day,
               "after": told(DEPOSIT, entry._mapping)}  # fmt: skip
    event = Event(_EVENTS[kind], "deposit", entry.id, payload, tenant.property_id, tenant.id)
    append(conn, event, event_id=event_id)
    recalculate(conn, [tenant.id])
    claim.keep(entry.id)
    return int(entry.id)
