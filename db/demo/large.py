"""As many tenants as wanted: a house at a time, each in a transaction of its own.

A run that was killed goes on with the next house. Rooms, tenants, leases and payments go in many rows a statement;
the rent is posted by the accrual itself, so that there is no second opinion on what a period is or costs.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from db.demo.bulk import post_payments
from db.demo.cash import dues_of
from db.demo.crowd import HOUSE, Tenancy, house_values, rooms_for, tenancies
from db.demo.habits import plan_payments
from db.demo.plot import RoomPlan
from db.demo.small import SEED, load_small_demo
from db.engine import Database
from db.events import Event, append
from db.repositories.leases import load_leases
from db.repositories.lookup import PropertyRow
from db.repositories.values import ROOM, TENANT, Values, lease_told, told
from db.services.billing import accrue
from db.services.properties import add_property
from db.tables import lease_terms, leases, properties, rooms, tenants

# Called after each house with the tenants there are and the tenants wanted.
Progress = Callable[[int, int], None]
# One process at a time makes a house; another one goes on behind it.
_TURN = 0x0E00DE
# The planner must hear that tables have grown, or it would read them whole for every house.
_ANALYZE_AFTER = frozenset({1, 4, 16, 64, 256})


def load_demo(database: Database, tenants_wanted: int, progress: Progress, *, seed: int = SEED) -> int:
    """Load the small demo, then add houses until there are so many tenants. Returns how many were added.

    Calling it again adds nothing, with a larger number only what is missing. Raises BookInUseError.
    """
    before = _count(database)
    load_small_demo(database, seed=seed)
    houses = 0
    while (there := _add_house(database, tenants_wanted, seed)) is not None:
        houses += 1
        if houses in _ANALYZE_AFTER:
            _analyze(database)
        progress(there, tenants_wanted)
    if houses:
        _analyze(database)
    return _count(database) - before


def _add_house(database: Database, wanted: int, seed: int) -> int | None:
    """Add the next house; how many tenants there are then, or None when there were enough."""
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.exec_driver_sql("set local lock_timeout = '60s'")
        conn.execute(text("select pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
        there = _tenants(conn)
        if there >= wanted:
            return None
        count = min(wanted - there, HOUSE)
        number = conn.execute(select(func.count()).select_from(properties)).scalar_one()
        _fill_house(conn, number, there + 1, count, Random(f"{seed}:{number}"))  # noqa: S311 - no secrets
        return there + count


def _fill_house(conn: Connection, number: int, first: int, count: int, random: Random) -> None:
    values = house_values(random)
    prop = add_property(conn, f"KOST{number + 1:04d}", values.pop("name"), **values)
    plans = rooms_for(count, random)
    people = list(tenancies(first, count, plans, prop.billing_day, prop.today, random))
    room_ids = _insert_rooms(conn, prop, plans, people)
    tenant_ids = _insert_tenants(conn, prop, people)
    _insert_leases(conn, prop, people, tenant_ids, room_ids)
    payload = {"rooms": len(plans), "tenants": count, "after": _added(conn, prop)}
    append(conn, Event("TenantsAdded", "property", prop.id, payload, prop.id))
    accrue(conn, property_id=prop.id)
    dues = dues_of(conn, tenant_ids)
    paid = [
        (tenant_id, planned)
        for tenant_id, one in zip(tenant_ids, people, strict=True)
        for planned in plan_payments(dues[tenant_id], one.habit, prop.today, random)
    ]
    post_payments(conn, paid, prop.id)


def _added(conn: Connection, prop: PropertyRow) -> dict[str, list[Values]]:
    """All of the house, for the event that tells of it."""
    lists = {}
    for table, names in ((rooms, ROOM), (tenants, TENANT)):
        found = conn.execute(select(table).where(table.c.property_id == prop.id).order_by(table.c.id))
        lists[table.name] = [{"id": row.id, **told(names, row._mapping)} for row in found]
    return lists | {"leases": [lease_told(lease) for lease in load_leases(conn, leases.c.property_id == prop.id)]}


def _insert_rooms(
    conn: Connection, prop: PropertyRow, plans: Sequence[RoomPlan], people: Sequence[Tenancy]
) -> list[int]:
    taken = [0] * len(plans)
    for one in people:
        taken[one.room] += one.is_current(prop.today)
    rows = [
        {
            "property_id": prop.id, "number": plan.number, "monthly_rent": plan.rent, "room_type": plan.room_type,
            "capacity": plan.capacity, "basis": plan.basis, "status_on": prop.today,
            "status": "occupied" if taken[place] >= plan.capacity else "available",
        }
        for place, plan in enumerate(plans)
    ]  # fmt: skip
    return _insert(conn, rooms, rows)


def _insert_tenants(conn: Connection, prop: PropertyRow, people: Sequence[Tenancy]) -> list[int]:
    rows = [
        {**one.person._asdict(), "property_id": prop.id, "created_at": _morning(min(one.starts_on, prop.today))}
        for one in people
    ]
    return _insert(conn, tenants, rows)


def _insert_leases(
    conn: Connection, prop: PropertyRow, people: Sequence[Tenancy], tenant_ids: Sequence[int], room_ids: Sequence[int]
) -> None:
    rows = [
        {
            "property_id": prop.id, "tenant_id": tenant_id, "room_id": room_ids[one.room], "slot": one.slot,
            "starts_on": one.starts_on, "ends_on": one.ends_on, "basis": "per_tenant", "grace_days": prop.grace_days,
            "proration": prop.proration, "rounding": prop.rounding, "next_period_on": one.starts_on,
            "billed_from_on": one.starts_on, "created_at": _morning(min(one.starts_on, prop.today)),
        }
        for one, tenant_id in zip(people, tenant_ids, strict=True)
    ]  # fmt: skip
    lease_ids = _insert(conn, leases, rows)
    terms = [
        {"lease_id": lease_id, **rent._asdict()}
        for one, lease_id in zip(people, lease_ids, strict=True)
        for rent in one.rents
    ]
    conn.execute(insert(lease_terms), terms)


def _insert(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> list[int]:
    """Insert rows in a few statements; their ids, in the order of the rows."""
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(conn.execute(statement, rows).scalars())


def _morning(day: date) -> datetime:
    """When it was written down."""
    return datetime.combine(day, time(1), UTC)


def _tenants(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(tenants)).scalar_one())


def _count(database: Database) -> int:
    with database.reading() as conn:
        return _tenants(conn)


def _analyze(database: Database) -> None:
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.execute(text("analyze"))
