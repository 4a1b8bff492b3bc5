"""Questions about balances: who owes what, since when, and why."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Select, func, select

from db.domain.aging import Buckets, age
from db.domain.allocation import allocate, oldest_due_on, paid_through, status, still_open
from db.domain.ledger import balance, standing
from db.domain.money import ZERO
from db.repositories.entries import Entries
from db.repositories.leases import coming_rent, tenant_leases
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.repositories.words import is_about, words_of
from db.tables import properties
from db.tables.views import tenant_list


class BalanceRow(NamedTuple):
    """A tenant's balance. `paid_through_on` is the last day paid for; derived columns are as of `calculated_at`."""

    tenant: str
    tenant_name: str
    property: str
    room: str | None
    monthly_rent: Decimal | None
    total_charges: Decimal
    total_payments: Decimal
    outstanding_balance: Decimal
    paid_through_on: date | None
    oldest_due_on: date | None
    days_overdue: int | None
    status: str
    calculated_at: datetime
    currency: str


class AgingRow(NamedTuple):
    """What a tenant owes by days past due; `total` is the balance, credit counted off (R18)."""

    tenant: str
    tenant_name: str
    property: str
    not_due: Decimal
    d1_30: Decimal
    d31_60: Decimal
    d61_90: Decimal
    over_90: Decimal
    credit: Decimal
    total: Decimal
    currency: str


_v = tenant_list.c
_NAMES = {"tenant": "code", "tenant_name": "name"}
_COLUMNS = [_v[_NAMES.get(name, name)] for name in BalanceRow._fields]
_SORTS = {
    # Both of the table of balances, or no index has them.
    "outstanding": Keyset([_v.outstanding_balance, _v.tenant_id], descending=True),
    "name": Keyset([_v.name_key, _v.id]),
    "room": Keyset([_v.property_id, _v.room_key, _v.id], bounded=True),
}
SORTS = tuple(_SORTS)


class Balances:
    """Questions about balances, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        status: str | None = None,
        sort: str = "outstanding",
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        matching: str | None = None,
        way: Way = Way.BEHIND,
    ) -> Page[BalanceRow]:
        """A page of balances, the largest debt first, or by name, or by room (tenants with one).

        With `matching` those that fit its words. Raises UncleanTextError, TextLengthError.
        """
        query: Select[Any] = _live(select(*_COLUMNS), property_id)
        if matching is not None:
            query = query.where(is_about(_v.search_text, words_of(self._conn, matching)))
        if status is not None:
            query = query.where(_v.status == status)
        if sort == "room":
            query = query.where(_v.room.is_not(None))
        scope = (property_id, status, sort, matching)
        return read_page(
            self._conn, query, _SORTS[sort], BalanceRow._make, scope=scope, after=after, limit=limit, way=way
        )

    def row(self, tenant_id: int) -> BalanceRow:
        """One tenant's balance."""
        return BalanceRow._make(self._conn.execute(select(*_COLUMNS).where(_v.id == tenant_id)).one())

    def row_as_of(self, tenant_id: int, as_of: date) -> BalanceRow:
        """One tenant's balance as it stood at the end of a day: only entries dated up to it count (R18)."""
        entries = Entries(self._conn).of_tenants([tenant_id], until=as_of)[tenant_id]
        counted = standing(entries.charges, entries.payments, as_of)
        filled = allocate(counted.debts, counted.money)
        oldest = oldest_due_on(filled.lines)
        ahead = coming_rent(tenant_leases(self._conn, tenant_id), as_of) if filled.credit else ()
        return self.row(tenant_id)._replace(
            total_charges=sum((charge.amount for charge in entries.charges), ZERO),
            total_payments=sum((payment.amount for payment in entries.payments), ZERO),
            outstanding_balance=balance(entries.charges, entries.payments, as_of),
            paid_through_on=paid_through(filled.lines, credit=filled.credit, upcoming=ahead),
            oldest_due_on=oldest,
            days_overdue=0 if oldest is None else max((as_of - oldest).days, 0),
            status=status(filled.lines, filled.credit),
        )

    def aging(
        self,
        as_of: date | None = None,
        *,
        property_id: int | None = None,
        tenant_id: int | None = None,
        sort: str = "name",
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        matching: str | None = None,
        way: Way = Way.BEHIND,
    ) -> Page[AgingRow]:
        """A page of aged balances by name, entries counted up to `as_of` and allocated as they stood (R18).

        Sorted by `outstanding` instead the largest balance of now comes first; buckets are worked out page by page and
        are in no index, so there is no order by one of them.

        Without `as_of` every entry counts, as in the balance, and is aged on the day at its property. With `matching`
        only tenants who fit its words. Raises UncleanTextError, TextLengthError.
        """
        today = func.business_date(properties.c.timezone, type_=Date)
        columns = (_v.id, _v.outstanding_balance, today, _v.code, _v.name, _v.property, _v.currency)
        joined = select(*columns).join(properties, properties.c.id == _v.property_id)
        query: Select[Any] = _live(joined, property_id)
        if tenant_id is not None:
            query = query.where(_v.id == tenant_id)
        if matching is not None:
            query = query.where(is_about(_v.search_text, words_of(self._conn, matching)))
        scope = ("aging", as_of, property_id, tenant_id, sort, matching)
        page = read_page(self._conn, query, _SORTS[sort], tuple, scope=scope, after=after, limit=limit, way=way)
        aged = self._aged_now(page.items) if as_of is None else self._aged(page.items, as_of)
        rows = [_aging_row(row, aged[row[0]]) for row in page.items]
        return Page(rows, page.next, page.previous)

    def _aged(self, found: Sequence[tuple[Any, ...]], as_of: date) -> dict[int, Buckets]:
        """As they stood at the end of a day."""
        ledgers = Entries(self._conn).of_tenants([row[0] for row in found], until=as_of)
        filled = {
            tenant_id: allocate(counted.debts, counted.money)
            for tenant_id, ledger in ledgers.items()
            for counted in (standing(ledger.charges, ledger.payments, as_of),)
        }
        return {tenant_id: age(found.lines, found.credit, as_of) for tenant_id, found in filled.items()}

    def _aged_now(self, found: Sequence[tuple[Any, ...]]) -> dict[int, Buckets]:
        """As they stand: who owes nothing has nothing open, of the others it is the last debts."""
        debts = Entries(self._conn).last_debts({row[0]: row[1] for row in found if row[1] > 0})
        return {
            tenant_id: age(still_open(debts.get(tenant_id, ()), owed), max(-owed, ZERO), today)
            for tenant_id, owed, today, *_ in found
        }


def _aging_row(row: tuple[Any, ...], b: Buckets) -> AgingRow:
    *_, code, name, prop, currency = row
    return AgingRow(code, name, prop, b.not_due, b.d1_30, b.d31_60, b.d61_90, b.over_90, b.credit, b.total, currency)


def _live(query: Select[Any], property_id: int | None) -> Select[Any]:
    query = query.where(_v.deleted_at.is_(None))
    return query if property_id is None else query.where(_v.property_id == property_id)
