"""A small house to try services in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, select, update

from db.domain.aging import Buckets, age
from db.domain.allocation import Allocation, allocate
from db.domain.ledger import standing
from db.outbox import claim, complete
from db.repositories.entries import Entries
from db.repositories.lookup import TenantRef, find_property, find_room, find_tenant
from db.services.billing import Accrued, accrue
from db.services.leases import assign_tenant
from db.services.properties import add_property
from db.services.rooms import add_room
from db.services.tenants import add_tenant
from db.tables import balances, leases
from jobs.drain import EFFECTS

RENT = Decimal(1_500_000)


@dataclass(frozen=True)
class House:
    """One property, KOSA, and short words for what tests do in it."""

    conn: Connection

    @classmethod
    def build(cls, conn: Connection, **policy: object) -> "House":
        add_property(conn, "KOSA", "Kos Melati", **policy)
        return cls(conn)

    def room(self, number: str = "A1", rent: Decimal | int = RENT, **more: object) -> int:
        return add_room(self.conn, find_property(self.conn, "KOSA"), number, Decimal(rent), **more)

    def tenant(self, name: str = "Budi") -> TenantRef:
        add_tenant(self.conn, find_property(self.conn, "KOSA"), name)
        return find_tenant(self.conn, name)

    def let(
        self, start: date, *, name: str = "Budi", number: str = "A1", until: date | None = None, **more: object
    ) -> TenantRef:
        """A tenant in a room from `start`; with `until`, rent is posted only up to that day."""
        tenant = self.tenant(name)
        if until is None:
            assign_tenant(self.conn, tenant, find_room(self.conn, number, "KOSA"), start, **more)
            return tenant
        from db.services.leases import lock_tenant, open_lease
        from db.services.rooms import sync_room_statuses

        lock_tenant(self.conn, tenant.id)
        room = find_room(self.conn, number, "KOSA")
        open_lease(self.conn, tenant, room, start, **more)
        sync_room_statuses(self.conn, [room.id])
        accrue(self.conn, tenant_id=tenant.id, until=until)
        return tenant

    def freeze(self, tenant: TenantRef) -> None:
        """No more rent: what is posted is what the test is about."""
        self.conn.execute(update(leases).where(leases.c.tenant_id == tenant.id).values(next_period_on=None))

    def deliver(self) -> None:
        """Do what a worker would do with all that waits, in this transaction."""
        for consumer, effect in EFFECTS.items():
            claimed = claim(self.conn, consumer, 10_000)
            effect(self.conn, claimed)
            complete(self.conn, claimed)

    def accrue(self, until: date) -> Accrued:
        return accrue(self.conn, until=until)

    def balance(self, tenant: TenantRef, as_of: date | None = None) -> Decimal:
        if as_of is None:
            query = select(balances.c.outstanding_balance).where(balances.c.tenant_id == tenant.id)
            return self.conn.execute(query).scalar_one()
        return self.aging(tenant, as_of).total

    def allocation(self, tenant: TenantRef, as_of: date | None = None) -> Allocation:
        entries = Entries(self.conn).of_tenants([tenant.id])[tenant.id]
        counted = standing(entries.charges, entries.payments, as_of)
        return allocate(counted.debts, counted.money)

    def aging(self, tenant: TenantRef, as_of: date) -> Buckets:
        found = self.allocation(tenant, as_of)
        return age(found.lines, found.credit, as_of)
