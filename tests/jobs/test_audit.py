"""The audit consumer against a real book: each event once, in a chain that an independent reader can follow."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Row, select, text
from sqlalchemy.exc import DBAPIError

from db.engine import Database
from db.outbox import Delivery, claim, complete, hold
from db.repositories.audit import Audit
from db.services.audit import append_events
from db.tables import audit_log, events
from jobs.audit import deliver
from tests.db.services.house import House

NOTHING_BEFORE = bytes(32)


def deliveries(conn: Connection) -> list[Delivery]:
    """All that is due for the audit, claimed."""
    return claim(conn, "audit", 1000)


def rows(conn: Connection) -> list[Row[Any]]:
    return list(conn.execute(select(audit_log).order_by(audit_log.c.position)))


def sealed(row: Row[Any]) -> bytes:
    """The hash of a row as anybody can work it out who has the log as JSON."""

    def instant(value: datetime) -> str:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    values = [
        row.position, row.event_id, instant(row.occurred_at), instant(row.recorded_at), row.operation, row.entity_type,
        row.entity_id, row.property_id, row.tenant_id, row.actor, row.before, row.after, row.details,
    ]  # fmt: skip
    return hashlib.sha256(row.previous_hash + json.dumps(values, ensure_ascii=False).encode()).digest()


@pytest.fixture
def lived_in(conn: Connection) -> House:
    house = House.build(conn)
    house.room()
    house.tenant("Budi Ω “é”\\")
    return house


def test_each_event_becomes_one_row_in_the_order_of_their_numbers(lived_in: House) -> None:
    conn = lived_in.conn
    deliver(conn, hold(conn, deliveries(conn)))
    told = conn.execute(select(events).order_by(events.c.id)).all()
    found = rows(conn)
    assert [row.position for row in found] == list(range(1, len(told) + 1))
    assert [(row.event_id, row.occurred_at, row.operation, row.actor) for row in found] == [
        (event.id, event.recorded_at, event.type, event.actor) for event in told
    ]
    for row, event in zip(found, told, strict=True):
        assert {"timestamp": event.payload["timestamp"], **row.details} | {
            name: value for name, value in (("before", row.before), ("after", row.after)) if value is not None
        } == event.payload


def test_anybody_can_work_out_the_hashes(lived_in: House) -> None:
    conn = lived_in.conn
    first, *rest = deliveries(conn)
    deliver(conn, [first])
    deliver(conn, rest)
    found = rows(conn)
    assert [row.hash for row in found] == [sealed(row) for row in found]
    assert [row.previous_hash for row in found] == [NOTHING_BEFORE, *(row.hash for row in found[:-1])]
    head = conn.execute(text("select position, hash from audit_head")).one()
    assert tuple(head) == (len(found), found[-1].hash)


def test_a_second_delivery_has_no_effect(lived_in: House) -> None:
    conn = lived_in.conn
    due = deliveries(conn)
    deliver(conn, due[:2])
    deliver(conn, due)
    deliver(conn, due)
    complete(conn, due)
    assert sorted(row.event_id for row in rows(conn)) == sorted(one.event_id for one in due)
    assert deliveries(conn) == []


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_log set actor = 'somebody'",
        "delete from audit_log",
        "truncate audit_log",
        "truncate audit_log_default",
        "delete from audit_head",
        "truncate audit_head",
        "update audit_head set position = 0",
    ],
)
def test_the_log_can_only_grow(lived_in: House, statement: str) -> None:
    conn = lived_in.conn
    deliver(conn, deliveries(conn))
    with pytest.raises(DBAPIError, match=r"only grows|append-only"), conn.begin_nested():
        conn.execute(text(statement))


def test_every_partition_refuses_to_be_emptied(lived_in: House) -> None:
    conn = lived_in.conn
    conn.execute(text("select ensure_partition('audit_log', date '2031-05-01')"))
    partitions = "select inhrelid::regclass::text from pg_inherits where inhparent = 'audit_log'::regclass"
    names = list(conn.execute(text(partitions)).scalars())
    assert {"audit_log_default", "audit_log_2031_05"} <= set(names)
    for name in names:
        with pytest.raises(DBAPIError, match="append-only"), conn.begin_nested():
            conn.execute(text(f"truncate {name}"))


def test_an_event_of_long_ago_finds_a_partition_of_its_month(conn: Connection) -> None:
    long_ago = datetime(2019, 5, 31, 23, 30, tzinfo=UTC)
    conn.execute(text("select ensure_partition('events', date '2019-05-31')"))
    told = {"recorded_at": long_ago, "type": "RoomChanged", "entity_type": "room", "entity_id": 1, "payload": {}}
    event_id = conn.execute(events.insert().values(told).returning(events.c.id)).scalar_one()
    assert append_events(conn, [(event_id, long_ago)]) == 1
    assert conn.execute(text("select event_id from audit_log_2019")).scalars().all() == [event_id]


def test_appenders_at_once_make_one_chain_with_each_event_once(database: Database) -> None:
    with database.transaction() as conn:
        house = House.build(conn)
        for number in range(30):
            house.room(f"R{number}")
        told = [(row.id, row.recorded_at) for row in conn.execute(select(events).order_by(events.c.id))]

    def append(batch: Sequence[tuple[int, datetime]]) -> int:
        with database.transaction() as conn:
            return append_events(conn, batch)

    # Each event in two batches, as if a lease had run out while its worker was still at it.
    batches = [told[start : start + 10] for start in range(0, len(told), 5)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(append, batches)) == len(told)
    with database.reading() as conn:
        assert sorted(row.event_id for row in rows(conn)) == [event_id for event_id, _ in told]
        assert list(Audit(conn).verify()) == []
