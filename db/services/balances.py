"""What is derived from a balance: paid through, oldest due, status. Amounts need no service: triggers keep them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC

from sqlalchemy import BigInteger, Connection, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.events import Event, append_many
from db.tables import balances

_IDS = bindparam("tenant_ids", type_=ARRAY(BigInteger))
_RECALCULATE = text("select recalculate_balances(:tenant_ids)").bindparams(_IDS)

_LOCK_TENANTS = text("""
select id from tenants where id = any (:tenant_ids) order by id for no key update skip locked
""").bindparams(_IDS)
_LOCK_BALANCES = text("""
select tenant_id from balances where tenant_id = any (:tenant_ids) order by tenant_id for no key update skip locked
""").bindparams(_IDS)


def recalculate(conn: Connection, tenant_ids: Iterable[int]) -> None:
    """Work out paid-through, oldest due date and status of these tenants from their ledger (R12, R13)."""
    ids = sorted(set(tenant_ids))
    if ids:
        conn.execute(_RECALCULATE, {"tenant_ids": ids})


def lock_free(conn: Connection, tenant_ids: Iterable[int]) -> list[int]:
    """Lock the tenants and balances that no other transaction holds, in the order of their ids; never waits.

    In statements of their own: what a later one reads of the ledger of a locked tenant is all there is.
    """
    ids = sorted(set(tenant_ids))
    for lock in (_LOCK_TENANTS, _LOCK_BALANCES):
        ids = list(conn.execute(lock, {"tenant_ids": ids}).scalars())
    return ids


def tell_calculated(conn: Connection, causes: Mapping[int, Sequence[int]]) -> int:
    """Append BalanceCalculated for each tenant, with the ids of the events that made it necessary."""
    b = balances.c
    query = select(b.tenant_id, b.property_id, b.outstanding_balance, b.calculated_at, b.version)
    rows = conn.execute(query.where(b.tenant_id.in_(list(causes))).order_by(b.tenant_id)).all()
    return append_many(
        conn,
        [
            Event(
                "BalanceCalculated",
                "tenant",
                row.tenant_id,
                {
                    "tenantId": row.tenant_id,
                    "outstandingBalance": row.outstanding_balance,
                    "calculatedAt": row.calculated_at.astimezone(UTC).isoformat(),
                    "version": row.version,
                    "eventIds": list(causes[row.tenant_id]),
                },
                row.property_id,
                row.tenant_id,
            )
            for row in rows
        ],
    )
