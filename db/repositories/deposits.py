"""Questions about deposits."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select

from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import balances, deposit_entries, properties, tenants


class DepositRow(NamedTuple):
    """An entry of a tenant's deposit, and what is held now; `payment_id` is the payment made out of it.

    `method` is how it was taken or given back, None where nobody told.
    """

    id: int
    tenant: str
    tenant_name: str
    property: str
    entry_on: date
    kind: str
    amount: Decimal
    held: Decimal
    payment_id: int | None
    method: str | None
    note: str | None
    created_at: datetime
    currency: str


_d = deposit_entries.c
_COLUMNS = (
    _d.id, tenants.c.code, tenants.c.name, properties.c.code, _d.entry_on, _d.kind, _d.amount, balances.c.deposit_held,
    _d.payment_id, _d.method, _d.note, _d.created_at, properties.c.currency,
)  # fmt: skip


class Deposits:
    """Deposit entries, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        tenant_id: int | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[DepositRow]:
        """A page of deposit entries, the latest first."""
        query = _query()
        if property_id is not None:
            query = query.where(_d.property_id == property_id)
        if tenant_id is not None:
            query = query.where(_d.tenant_id == tenant_id)
        keyset = Keyset([_d.entry_on, _d.id], descending=True)
        scope = (property_id, tenant_id)
        return read_page(self._conn, query, keyset, DepositRow._make, scope=scope, after=after, limit=limit, way=way)

    def row(self, entry_id: int) -> DepositRow:
        """One entry."""
        return DepositRow._make(self._conn.execute(_query().where(_d.id == entry_id)).one())


def _query() -> Select[Any]:
    joined = select(*_COLUMNS).join_from(deposit_entries, tenants, tenants.c.id == _d.tenant_id)
    return joined.join(properties, properties.c.id == _d.property_id).join(
        balances, balances.c.tenant_id == tenants.c.id
    )
