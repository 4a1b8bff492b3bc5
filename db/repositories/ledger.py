"""Questions about charges and payments."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Select, func, select

from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.repositories.words import is_about, words_of
from db.tables import balances, payments, reversals, tenants
from db.tables.views import charge_list, payment_list


class PaymentRow(NamedTuple):
    """A payment, or with `reverses_id` the reversal of one. `reversed_by` is the reversal's id."""

    id: int
    tenant: str
    tenant_name: str
    property: str
    payment_date: date
    amount: Decimal
    method: str
    reference: str | None
    note: str | None
    import_id: int | None
    reversed_by: int | None
    created_at: datetime
    reverses_id: int | None
    currency: str


class ChargeRow(NamedTuple):
    """A charge, credit (negative) or reversal. `period_end` is the first day after the period."""

    id: int
    tenant: str
    kind: str
    period_start: date | None
    period_end: date | None
    due_on: date
    amount: Decimal
    description: str | None
    reversed_by: int | None
    tenant_name: str
    property: str
    charged_on: date
    days: int | None
    of_days: int | None
    reverses_id: int | None
    related_id: int | None
    created_at: datetime
    currency: str


_p, _c = payment_list.c, charge_list.c
_joined = payments.c.tenant_id == balances.c.tenant_id
_PAYMENT = [_p[name] for name in PaymentRow._fields]
_CHARGE = [_c[name] for name in ChargeRow._fields]


class Ledger:
    """Questions about charges and payments, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def payments(
        self,
        *,
        property_id: int | None = None,
        tenant_id: int | None = None,
        since: date | None = None,
        until: date | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        matching: str | None = None,
        way: Way = Way.BEHIND,
    ) -> Page[PaymentRow]:
        """A page of payments, the latest first; `since` and `until` are both inclusive.

        With `matching` those of the tenants who fit its words. Raises UncleanTextError, TextLengthError.
        """
        query = _between(select(*_PAYMENT), _p.payment_date, since, until)
        query = _of(query, _p, property_id, tenant_id)
        keyset = Keyset([_p.payment_date, _p.id], descending=True, bounded=True)
        if matching is not None:
            query = query.where(_p.tenant_id.in_(_fitting(words_of(self._conn, matching))))
        scope = (property_id, tenant_id, since, until, matching)
        return read_page(self._conn, query, keyset, PaymentRow._make, scope=scope, after=after, limit=limit, way=way)

    def charges(
        self,
        *,
        property_id: int | None = None,
        tenant_id: int | None = None,
        kind: str | None = None,
        just_posted: bool = False,
        since: date | None = None,
        until: date | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[ChargeRow]:
        """A page of charges, the latest first; `since` and `until` are both inclusive."""
        query = _between(select(*_CHARGE), _c.charged_on, since, until)
        query = _of(query, _c, property_id, tenant_id)
        if kind is not None:
            query = query.where(_c.kind == kind)
        if just_posted:
            # now() is the beginning of the transaction: only what this very one posted has it.
            query = query.where(_c.created_at == func.now())
        keyset = Keyset([_c.charged_on, _c.id], descending=True)
        scope = (property_id, tenant_id, kind, just_posted, since, until)
        return read_page(self._conn, query, keyset, ChargeRow._make, scope=scope, after=after, limit=limit, way=way)

    def payment(self, payment_id: int) -> PaymentRow | None:
        """One payment, or None."""
        row = self._conn.execute(select(*_PAYMENT).where(_p.id == payment_id)).first()
        return None if row is None else PaymentRow._make(row)

    def outstanding(self, payment_id: int) -> Decimal:
        """The balance of the tenant who made a payment."""
        balance = select(balances.c.outstanding_balance).join_from(payments, balances, _joined)
        return Decimal(self._conn.execute(balance.where(payments.c.id == payment_id)).scalar_one())

    def charge(self, charge_id: int) -> ChargeRow | None:
        """One charge, or None."""
        row = self._conn.execute(select(*_CHARGE).where(_c.id == charge_id)).first()
        return None if row is None else ChargeRow._make(row)

    def reason(self, entry: Literal["payment", "charge"], entry_id: int) -> str | None:
        """Why an entry was taken back, or None."""
        r = reversals.c
        found = self._conn.execute(select(r.reason).where(r.entry == entry, r.entry_id == entry_id)).scalar()
        return None if found is None else str(found)


def _fitting(wanted: str) -> Select[Any]:
    return select(tenants.c.id).where(is_about(tenants.c.search_text, wanted))


def _between(query: Select[Any], column: Any, since: date | None, until: date | None) -> Select[Any]:
    if since is not None:
        query = query.where(column >= since)
    return query if until is None else query.where(column <= until)


def _of(query: Select[Any], columns: Any, property_id: int | None, tenant_id: int | None) -> Select[Any]:
    if property_id is not None:
        query = query.where(columns.property_id == property_id)
    return query if tenant_id is None else query.where(columns.tenant_id == tenant_id)
