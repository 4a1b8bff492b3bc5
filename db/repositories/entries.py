"""The ledger of some tenants as the rules take it, in two statements however many tenants there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, case, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from db.domain.allocation import Debt
from db.domain.ledger import ChargeEntry, PaymentEntry
from db.domain.policies import CHARGE_ORDER
from db.repositories.detached import require_attached
from db.tables import charges, leases, payments

# Of a tenant of many years the last few are read: what is due later than these is already as much as is owed.
_LAST_DEBTS = text("""
select d.tenant_id, d.id, d.kind, d.due_on, d.amount, charge_rank(d.kind, p.charge_order) as rank
  from unnest(cast(:ids as bigint[]), cast(:owed as numeric[])) as o (tenant_id, owed)
 cross join lateral (
    select c.*, sum(c.amount) over (order by c.due_on desc groups between unbounded preceding and 1 preceding) as later
      from charges c
     where c.tenant_id = o.tenant_id and c.amount > 0 and c.reverses_id is null
       and not exists (select from reversals r where r.entry = 'charge' and r.entry_id = c.id)) d
 cross join lateral (select charge_order_of(o.tenant_id) as charge_order offset 0) p
 where coalesce(d.later, 0) < o.owed""")


@dataclass(frozen=True, slots=True)
class TenantEntries:
    """Charges and payments of one tenant, reversals among them."""

    charges: list[ChargeEntry] = field(default_factory=list)
    payments: list[PaymentEntry] = field(default_factory=list)


class Entries:
    """Ledger entries, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of_tenants(self, tenant_ids: Sequence[int], *, until: date | None = None) -> dict[int, TenantEntries]:
        """The entries of each tenant, dated up to `until`, in date order. Raises PartitionDetachedError.

        Of a partition that was detached one payment stands for all of a tenant's, dated on its last day.
        """
        if until is not None:
            require_attached(self._conn, "payments", until)
        found = {tenant_id: TenantEntries() for tenant_id in tenant_ids}
        self._add_charges(found, until)
        self._add_payments(found, until)
        return found

    def last_debts(self, owed: Mapping[int, Decimal]) -> dict[int, list[Debt]]:
        """The last charges of each tenant, as many as what is owed takes; what was taken back is none."""
        found: dict[int, list[Debt]] = {tenant_id: [] for tenant_id in owed}
        if owed:
            asked = {"ids": list(owed), "owed": list(owed.values())}
            for tenant_id, number, kind, due_on, amount, rank in self._conn.execute(_LAST_DEBTS, asked):
                found[tenant_id].append(Debt(number, kind, due_on, amount, rank=rank))
        return found

    def of_lease(self, tenant_id: int, lease_id: int) -> list[ChargeEntry]:
        """The charges of one lease, reversals among them, in date order; found by the tenant's index."""
        query = _charges().where(charges.c.tenant_id == tenant_id, charges.c.lease_id == lease_id)
        return [ChargeEntry(*values) for _, *values in self._conn.execute(query)]

    def _add_charges(self, found: dict[int, TenantEntries], until: date | None) -> None:
        # An order of one's own is rare, and then one for all charges of a tenant.
        orders = (
            select(leases.c.tenant_id, leases.c.charge_order)
            .where(leases.c.tenant_id.in_(found), leases.c.ends_on.is_distinct_from(leases.c.starts_on))
            .order_by(leases.c.tenant_id, leases.c.starts_on.desc(), leases.c.id.desc())
            .ext(distinct_on(leases.c.tenant_id))
            .subquery("orders")
        )
        rank = case(
            (orders.c.charge_order != list(CHARGE_ORDER), func.charge_rank(charges.c.kind, orders.c.charge_order))
        )
        query = _charges().add_columns(rank).outerjoin(orders, orders.c.tenant_id == charges.c.tenant_id)
        query = query.where(charges.c.tenant_id.in_(found))
        if until is not None:
            query = query.where(charges.c.charged_on <= until)
        for tenant_id, *values in self._conn.execute(query):
            found[tenant_id].charges.append(ChargeEntry(*values))

    def _add_payments(self, found: dict[int, TenantEntries], until: date | None) -> None:
        p = payments.c
        columns = (p.id, p.payment_date, p.amount, p.reverses_id, p.method)
        query = select(p.tenant_id, *columns).where(p.tenant_id.in_(found)).order_by(p.payment_date, p.id)
        if until is not None:
            query = query.where(p.payment_date <= until)
        for tenant_id, *values in self._conn.execute(query):
            found[tenant_id].payments.append(PaymentEntry(*values))


def _charges() -> Select[Any]:
    c = charges.c
    columns = (c.id, c.kind, c.charged_on, c.due_on, c.amount, c.period_start, c.period_end, c.reverses_id,
               c.days, c.of_days)  # fmt: skip
    return select(c.tenant_id, *columns).order_by(c.charged_on, c.id)
