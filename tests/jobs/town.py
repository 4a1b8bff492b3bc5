"""A few tenants who pay, for tests of what happens after that."""

import time
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import text

from db.engine import Database
from db.repositories.lookup import find_property, find_room, find_tenant
from db.services.leases import assign_tenant
from db.services.payments import record_payment
from db.services.properties import add_property
from db.services.rooms import add_room
from db.services.tenants import add_tenant
from jobs.drain import EFFECTS, drain
from jobs.schedules import Calendar
from tests.jobs.running import wait_until

TENANTS = 3


def found_town(database: Database) -> None:
    """KOSA with tenants T0 to T2 in rooms, half a year behind with the rent; all of it delivered."""
    with database.transaction() as conn:
        add_property(conn, "KOSA", "Kos Melati")
        kosa = find_property(conn, "KOSA")
        for number in range(TENANTS):
            add_room(conn, kosa, f"A{number}", Decimal(1_500_000))
            add_tenant(conn, kosa, f"Tenant {number}", code=f"T{number}")
            room, tenant = find_room(conn, f"A{number}", "KOSA"), find_tenant(conn, f"T{number}")
            assign_tenant(conn, tenant, room, kosa.today - timedelta(days=180))
    # The calendar has nothing to do either: a relay that a test stops is not in the middle of that.
    Calendar(database, lambda message, **fields: None).look()
    for consumer in EFFECTS:
        drain(database, consumer)


def pay(database: Database, tenant: str = "T0", amount: int = 1000, *, ring: bool = True) -> None:
    """A payment as a person records it."""
    with database.transaction(ring=ring) as conn:
        record_payment(conn, find_tenant(conn, tenant), Decimal(amount))


_UNDONE = text("select count(*) from deliveries where state <> 'done'")
_AFTER = text("""
select extract(epoch from d.done_at - e.recorded_at) from deliveries d
  join events e on e.id = d.event_id and e.recorded_at = d.event_at
 where d.consumer = 'balances' and d.state = 'done' order by e.id desc limit 1
""")


def undone(database: Database) -> int:
    """How many deliveries are not at their end."""
    with database.reading() as conn:
        return int(conn.execute(_UNDONE).scalar_one())


def wait_until_done(database: Database, seconds: float = 15.0) -> float:
    """Wait until everything is delivered; how many seconds it took."""
    return wait_until(lambda: undone(database) == 0, seconds)


def seconds_to_balance(database: Database) -> float:
    """From the commit of the newest payment to its balance, by the database's clock."""
    with database.reading() as conn:
        return float(conn.execute(_AFTER).scalar_one())


def pay_and_wait(database: Database) -> float:
    """A payment, and how long it took until everything that follows from it was done."""
    begun = time.monotonic()
    pay(database)
    wait_until_done(database)
    return time.monotonic() - begun
