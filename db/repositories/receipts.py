"""Questions about receipts."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, case, func, select

from db.errors import N_, NotFoundError
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, read_page
from db.tables import charges, leases, payments, properties, receipt_prints, receipts, reversals, rooms, tenants

# KOSA/2026/12, as lists show a number.
_NUMBER = re.compile(r"\s*([A-Za-z0-9_-]+)/(\d{4})/(\d{1,9})\s*", re.ASCII)


class ReceiptNotFoundError(NotFoundError):
    """No receipt has this number."""

    code = "receipt_not_found"
    message = N_("There is no receipt {ref}.")
    hint = N_("`ekost receipt list` shows the numbers, such as KOSA/2026/1.")


class ReceiptRow(NamedTuple):
    """A receipt: `ref` names it by property, year and number; `copies` papers were printed.

    `state` is that of the payment: active, or voided.
    """

    id: int
    ref: str
    property: str
    year: int
    number: int
    payment_id: int
    tenant: str
    tenant_name: str
    amount: Decimal
    payment_date: date
    issued_on: date
    copies: int
    state: str
    actor: str
    created_at: datetime
    currency: str


_r, _p = receipts.c, payments.c
_COPIES = select(func.count()).where(receipt_prints.c.receipt_id == _r.id).scalar_subquery()
_TAKEN_BACK = select(reversals.c.entry_id).where(reversals.c.entry == "payment", reversals.c.entry_id == _r.payment_id)


class Receipts:
    """Receipts, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        tenant_id: int | None = None,
        since: date | None = None,
        until: date | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
    ) -> Page[ReceiptRow]:
        """A page of receipts, the latest first; of those issued from `since` to `until`, both days included."""
        query = _query()
        if property_id is not None:
            query = query.where(_r.property_id == property_id)
        if tenant_id is not None:
            query = query.where(_r.tenant_id == tenant_id)
        if since is not None:
            query = query.where(_r.issued_on >= since)
        if until is not None:
            query = query.where(_r.issued_on <= until)
        scope = (property_id, tenant_id, since, until)
        return read_page(self._conn, query, Keyset([_r.id], descending=True), ReceiptRow._make, scope=scope,
                         after=after, limit=limit)  # fmt: skip

    def row(self, receipt_id: int) -> ReceiptRow:
        """One receipt by its id."""
        return ReceiptRow._make(self._conn.execute(_query().where(_r.id == receipt_id)).one())

    def of_payment(self, payment_id: int) -> ReceiptRow | None:
        """The receipt of a payment, or None while it has none."""
        found = self._conn.execute(_query().where(_r.payment_id == payment_id)).first()
        return None if found is None else ReceiptRow._make(found)

    def rooms(self, charge_ids: Sequence[int], tenant_id: int, on: date) -> str | None:
        """The rooms that these charges are for; of money that fills none, the room of that day."""
        query = select(rooms.c.number).join_from(leases, rooms, rooms.c.id == leases.c.room_id).distinct()
        charged = query.join(charges, charges.c.lease_id == leases.c.id).where(charges.c.id.in_(charge_ids))
        there = (leases.c.starts_on <= on) & (leases.c.ends_on.is_(None) | (leases.c.ends_on > on))
        lived = query.where(leases.c.tenant_id == tenant_id, there)
        for asked in (charged, lived):
            if found := self._conn.execute(asked.order_by(rooms.c.number)).scalars().all():
                return ", ".join(found)
        return None

    def named(self, ref: str) -> ReceiptRow:
        """The receipt `KOSA/2026/12`. Raises ReceiptNotFoundError."""
        if (asked := _NUMBER.fullmatch(ref)) is not None:
            code, year, number = asked.groups()
            query = _query().where(properties.c.code == code.upper(), _r.year == int(year), _r.number == int(number))
            if (found := self._conn.execute(query).first()) is not None:
                return ReceiptRow._make(found)
        raise ReceiptNotFoundError(ref=ref[:40])


def _query() -> Select[Any]:
    ref = properties.c.code + func.format("/%s/%s", _r.year, _r.number)
    taken_back = case((_TAKEN_BACK.exists(), "voided"), else_="active")
    columns = (
        _r.id, ref, properties.c.code, _r.year, _r.number, _r.payment_id, tenants.c.code, tenants.c.name, _p.amount,
        _p.payment_date, _r.issued_on, _COPIES, taken_back, _r.actor, _r.created_at, properties.c.currency,
    )  # fmt: skip
    query = select(*columns).join_from(receipts, properties, properties.c.id == _r.property_id)
    return query.join(tenants, tenants.c.id == _r.tenant_id).join(payments, _p.id == _r.payment_id)
