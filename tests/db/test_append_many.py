"""Many events at once are written like one after the other."""

import pytest
from sqlalchemy import Connection, select, text

from db.events import CONSUMERS, Event, append, append_many, consumers
from db.policies import POLICIES
from db.repositories.checks.runner import find_checks, run_checks
from db.repositories.lookup import TenantRef
from db.tables import deliveries, events
from tests.db.services.house import House


@pytest.fixture
def two(conn: Connection) -> list[TenantRef]:
    house = House.build(conn)
    return [house.tenant("Ani"), house.tenant("Budi")]


def noted(tenant: TenantRef, kind: str, number: int) -> Event:
    return Event(kind, "tenant", tenant.id, {"n": number}, tenant.property_id, tenant.id)


def test_numbers_the_events_of_each_tenant_in_their_order(conn: Connection, two: list[TenantRef]) -> None:
    ani, budi = two
    append(conn, noted(budi, "TenantEdited", 0))
    many = [noted(budi, "TenantEdited", 1), noted(ani, "TenantEdited", 2), noted(budi, "TenantEdited", 3)]
    assert append_many(conn, iter([*many, Event("RoomEdited", "room", 1, {"n": 4})])) == 4
    append(conn, noted(ani, "TenantEdited", 5))
    e = events.c
    told = conn.execute(select(e.tenant_id, e.tenant_seq, e.payload["n"]).where(e.payload["n"] != None).order_by(e.id))  # noqa: E711
    assert [tuple(row) for row in told] == [
        (budi.id, 2, 0), (budi.id, 3, 1), (ani.id, 2, 2), (budi.id, 4, 3), (None, None, 4), (ani.id, 3, 5),
    ]  # fmt: skip
    checks = find_checks(["tenant_events_gapless", "events_numbered_once", "events_have_deliveries"])
    assert list(run_checks(conn, checks)) == []


def test_each_type_goes_to_its_own_consumers(conn: Connection, two: list[TenantRef]) -> None:
    kinds = ("PaymentRecorded", "BalanceCalculated", "TenantEdited")
    append_many(conn, [noted(two[0], kind, number) for number, kind in enumerate(kinds)])
    query = select(events.c.type, deliveries.c.consumer, deliveries.c.tenant_id, deliveries.c.max_attempts)
    query = query.join(deliveries, deliveries.c.event_id == events.c.id).where(events.c.payload["n"] != None)  # noqa: E711
    assert {tuple(row) for row in conn.execute(query)} == {
        ("PaymentRecorded", "balances", two[0].id, 4),
        ("PaymentRecorded", "audit", two[0].id, 5),
        ("TenantEdited", "audit", two[0].id, 5),
    }


def test_nothing_is_nothing(conn: Connection) -> None:
    assert append_many(conn, []) == 0


def test_the_database_tells_the_same_consumers_as_the_program(conn: Connection) -> None:
    for type_ in (*CONSUMERS, "RoomAdded", "LoginAdded"):
        found = conn.execute(text("select consumer, attempts from consumers_of(:type)"), {"type": type_})
        assert {row.consumer: row.attempts for row in found} == {
            name: POLICIES[name].attempts for name in consumers(type_)
        }, type_
