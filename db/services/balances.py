"""What is derived from a balance: paid through, oldest due, status. Amounts need no service: triggers keep them."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

_RECALCULATE = text("select recalculate_balances(:tenant_ids)").bindparams(
    bindparam("tenant_ids", type_=ARRAY(BigInteger))
)


def recalculate(conn: Connection, tenant_ids: Iterable[int]) -> None:
    """Work out paid-through, oldest due date and status of these tenants from their ledger (R12, R13)."""
    ids = sorted(set(tenant_ids))
    if ids:
        conn.execute(_RECALCULATE, {"tenant_ids": ids})
