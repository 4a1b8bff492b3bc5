"""The open bills of some tenants, those that are only coming among them, and what was said of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Date, TextClause, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.domain.allocation import RENT, still_open
from db.domain.money import ZERO
from db.domain.reminders import Bill, BillKey, Last
from db.domain.rent import rent_due
from db.repositories.entries import Entries
from db.repositories.leases import Lease, load_leases
from db.tables import charges, leases


class TenantBills(NamedTuple):
    """What is open of a tenant, in the order in which it is filled (R12), and the last reminder of any of it."""

    open: list[Bill]
    last: Last | None


def _asking(sql: str, **arrays: Any) -> TextClause:
    return text(sql).bindparams(*(bindparam(name, type_=ARRAY(kind)) for name, kind in arrays.items()))


_LAST = _asking(
    """
select r.tenant_id, r.sent_on, r.event_id
  from unnest(:ids) as t (id)
 cross join lateral (select * from reminders where tenant_id = t.id order by sent_on desc limit 1) r""",
    ids=BigInteger,
)
_OF_CHARGES = _asking(
    "select charge_id, max(stage) as stage from reminders where charge_id = any (:ids) group by charge_id",
    ids=BigInteger,
)
_OF_RENTS = _asking(
    """
select lease_id, period_start, max(stage) as stage
  from unnest(:leases, :starts) as rent (lease_id, period_start) join reminders using (lease_id, period_start)
 group by lease_id, period_start""",
    leases=BigInteger,
    starts=Date,
)


class Bills:
    """Open bills, in one transaction; so many statements however many tenants there are."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def of_tenants(self, balances: Mapping[int, Decimal], until: date) -> dict[int, TenantBills]:
        """The open bills of each tenant, by their `balances`: what is posted, and rent of periods up to `until`."""
        posted, coming = self._posted(balances), self._coming(balances, until)
        found = {tenant_id: [*posted.get(tenant_id, ()), *coming.get(tenant_id, ())] for tenant_id in balances}
        stages = self._stages([bill.key for bills in found.values() for bill in bills])
        lasts = {row.tenant_id: Last(row.sent_on, row.event_id) for row in self._ask(_LAST, ids=list(balances))}
        return {
            tenant_id: TenantBills([replace(bill, sent=stages.get(bill.key)) for bill in bills], lasts.get(tenant_id))
            for tenant_id, bills in found.items()
        }

    def _posted(self, balances: Mapping[int, Decimal]) -> dict[int, list[Bill]]:
        owed = {tenant_id: amount for tenant_id, amount in balances.items() if amount > 0}
        debts = Entries(self._conn).last_debts(owed)
        lines = {tenant_id: still_open(debts[tenant_id], amount)[::-1] for tenant_id, amount in owed.items()}
        c = charges.c
        query = select(c.id, c.lease_id, c.period_start, c.period_end, c.event_id)
        numbers = [line.debt.id for found in lines.values() for line in found]
        rows = {row.id: row for row in self._conn.execute(query.where(c.id.in_(numbers)))}
        return {
            tenant_id: [_bill(line.debt.kind, line.debt.due_on, line.open, rows[line.debt.id]) for line in found]
            for tenant_id, found in lines.items()
        }

    def _coming(self, balances: Mapping[int, Decimal], until: date) -> dict[int, list[Bill]]:
        """Rent that nobody has posted yet, as far as money paid ahead does not cover it (R13)."""
        found: dict[int, list[Bill]] = {}
        credit = {tenant_id: max(-amount, ZERO) for tenant_id, amount in balances.items()}
        near = load_leases(self._conn, leases.c.tenant_id.in_(balances), leases.c.next_period_on <= until)
        for lease in near:
            for bill in _upcoming(lease, until):
                covered = min(credit[lease.tenant_id], bill.open)
                credit[lease.tenant_id] -= covered
                if covered < bill.open:
                    found.setdefault(lease.tenant_id, []).append(replace(bill, open=bill.open - covered))
        return found

    def _stages(self, keys: Sequence[BillKey]) -> dict[BillKey, int]:
        """The latest stage that was sent of each bill."""
        of_charges = [key.charge_id for key in keys if key.charge_id is not None]
        rents = [key for key in keys if key.lease_id is not None]
        found = {BillKey(row.charge_id): row.stage for row in self._ask(_OF_CHARGES, ids=of_charges)}
        starts = [key.period_start for key in rents]
        for row in self._ask(_OF_RENTS, leases=[key.lease_id for key in rents], starts=starts):
            found[BillKey(None, row.lease_id, row.period_start)] = row.stage
        return found

    def _ask(self, query: TextClause, **values: Sequence[object]) -> Sequence[Any]:
        return self._conn.execute(query, values).all()


def _bill(kind: str, due_on: date, amount: Decimal, row: Any) -> Bill:
    rent = kind == RENT and row.lease_id is not None
    key = BillKey(None, row.lease_id, row.period_start) if rent else BillKey(row.id)
    return Bill(key, kind, due_on, amount, row.period_start, row.period_end, row.event_id)


def _upcoming(lease: Lease, until: date) -> Iterator[Bill]:
    for rent in rent_due(
        lease.terms, lease.starts_on, lease.ends_on, lease.policy, since=lease.next_period_on, until=until
    ):
        key = BillKey(None, lease.id, rent.period.start)
        yield Bill(key, RENT, rent.due_on, rent.amount, rent.period.start, rent.period.end)
