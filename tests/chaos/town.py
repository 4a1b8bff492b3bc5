"""The kos in which it all happens: a property, tenants in rooms, rents owed."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Connection

from db.repositories.lookup import find_property, find_room, find_tenant
from db.services.leases import assign_tenant
from db.services.properties import add_property
from db.services.rooms import add_room
from db.services.tenants import add_tenant

TENANTS = 40


def found_town(conn: Connection) -> None:
    """KOSA with forty tenants, T0 to T39, each half a year in a room of their own.

    They owe millions and pay in hundreds: somebody who is paid ahead for a thousand years costs more than a worker.
    """
    add_property(conn, "KOSA", "Kos Melati")
    kosa = find_property(conn, "KOSA")
    for number in range(TENANTS):
        add_room(conn, kosa, f"A{number}", Decimal(1_500_000))
        add_tenant(conn, kosa, f"Tenant {number}", code=f"T{number}")
        room, tenant = find_room(conn, f"A{number}", "KOSA"), find_tenant(conn, f"T{number}")
        assign_tenant(conn, tenant, room, kosa.today - timedelta(days=180))
