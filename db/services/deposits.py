"""The deposit (R8): a liability with its own small ledger, apart from the rent balance."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, func, select

from db.domain.dates import require_not_future
from db.domain.deposit import DepositState
from db.domain.methods import CASH, require_method
from db.domain.money import require_positive
from db.domain.texts import clean_or_none
from db.repositories.lookup import TenantRef
from db.services.leases import lock_tenant
from db.services.posting import calling, posted
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
    method: str = CASH,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Take a deposit; it is neither income nor rent. Returns the entry's id. Raises FutureDateError, MethodError."""
    return _post(conn, tenant, "received", amount, entry_on, note, key, require_method(method))


def bring_deposit(conn: Connection, tenant: TenantRef, amount: Decimal, held_on: date | None = None) -> int:
    """Take over a deposit that is held since before the book began (R17): it is owed to the tenant, but no money
    comes in. Returns the entry's id. Raises FutureDateError, NonPositiveAmountError.
    """
    day = require_not_future(held_on or tenant.today, tenant.today)
    values = {"tenant": tenant.id, "day": day, "amount": require_positive(amount), "note": None}
    return posted(conn, _BRINGING, values, _EVENTS["received"], tenant.id)


def take_back_deposit(conn: Connection, tenant: TenantRef, reason: str) -> None:
    """Take back all that `bring_deposit` took over, if anything: nothing else may have been done with it since."""
    d = deposit_entries.c
    held = conn.execute(select(func.sum(d.amount)).where(d.tenant_id == tenant.id, d.opening)).scalar()
    if held:
        values = {"tenant": tenant.id, "day": tenant.today, "amount": -held, "note": reason}
        posted(conn, _BRINGING, values, _EVENTS["received"], tenant.id)


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
    method: str = CASH,
    note: str | None = None,
    key: str | None = None,
) -> int:
    """Give back of the deposit. Returns the entry's id. Raises DepositExceededError, MethodError."""
    return _post(conn, tenant, "refunded", amount, entry_on, note, key, require_method(method))


_POSTING = calling("post_deposit", "tenant", "kind", "day", "amount", "method", "note")
_BRINGING = calling("post_opening_deposit", "tenant", "day", "amount", "note")
_EVENTS = {"received": "DepositReceived", "applied": "DepositApplied", "refunded": "DepositRefunded"}


def _post(
    conn: Connection,
    tenant: TenantRef,
    kind: str,
    amount: Decimal,
    entry_on: date | None,
    note: str | None,
    key: str | None,
    method: str | None = None,
) -> int:
    day = require_not_future(entry_on or tenant.today, tenant.today)
    words = clean_or_none(note, "note", 500)
    # The usual method is left out: a request of a program that knew no other one is still the same.
    more = () if method in (None, CASH) else (method,)
    claim = claim_key(conn, key, f"deposit_{kind}", tenant.id, amount, entry_on, words, *more)
    if claim.answer is not None:
        return claim.answer
    lock_tenant(conn, tenant.id)
    state = deposit_state(conn, tenant.id)
    {"received": state.receive, "applied": state.apply, "refunded": state.refund}[kind](amount)
    values = {"tenant": tenant.id, "kind": kind, "day": day, "amount": amount, "method": method, "note": words}
    entry_id = posted(conn, _POSTING, values, _EVENTS[kind], tenant.id)
    claim.keep(entry_id)
    return entry_id
