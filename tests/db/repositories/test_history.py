"""The book rebuilt from the audit is the book: every thing, at every moment of a walk through all services."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, select, text

import db.services
from db.domain.history import Book, TenantThen, balance, deposit_held, rebuild
from db.engine import Database
from db.events import Event, append
from db.migrations import runner
from db.repositories import values
from db.repositories.happened import happened_to_room, happened_to_tenant
from db.repositories.history import History, UnknownThenError, facts, set_entries
from db.repositories.lookup import find_room, find_tenant
from db.repositories.tenants import Tenants
from db.services.leases import assign_tenant, change_rent
from db.services.moves import move_out
from db.services.payments import record_payment
from db.services.properties import add_property
from db.services.rooms import add_room, archive_room
from db.services.tenants import add_tenant, archive_tenant, edit_tenant
from db.tables import audit_log, lease_terms, leases
from tests.conftest import clone, command
from tests.db.repositories.walk import TABLES, Picture, Things, tell, walk
from tests.db.services.house import House

# What the database derives, what the event itself says, and marks of progress that no fact depends on.
DERIVED = {
    "property": {"id", "search_text", "version", "created_at"},
    "room": {"id", "property_id", "number_key", "status_on", "version", "created_at"},
    "tenant": {
        "id",
        "property_id",
        "name_key",
        "search_text",
        "search_name",
        "search_rooms",
        "event_seq",
        "version",
        "created_at",
    },
    "charge": {"property_id", "tenant_id", "event_id", "actor", "created_at"},
    "payment": {"property_id", "tenant_id", "event_id", "actor", "created_at"},
    "deposit": {"property_id", "tenant_id", "event_id", "actor", "created_at"},
    "lease": {"property_id", "next_period_on", "created_at"},
}
# Events that tell of work and change nothing of the book.
WORK = {"ImportFinished", "ImportUndone", "ImportDiscarded", "DeliveryDiscarded", "BalanceCalculated", "PolicyChanged"}


@pytest.fixture(scope="module")
def walked(server_url: str, template: str) -> Any:
    """A book in which everything has happened, and the pictures taken on the way."""
    url = clone(server_url, template)
    with Database(url).transaction(dry_run=True) as conn:
        yield conn, walk(conn)
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


def test_every_picture_of_the_walk_is_rebuilt_from_the_audit(walked: tuple[Connection, list[Picture]]) -> None:
    conn, pictures = walked
    for picture in pictures:
        until = audit_log.c.event_id <= picture.event_id
        book = rebuild(chain(facts(conn, until), set_entries(conn, until)))
        assert known(book) == picture.things
        assert {
            number: (balance(book, number), deposit_held(book, number)) for number in picture.money
        } == picture.money


def test_the_walk_leaves_out_no_change_that_a_service_can_tell_of(walked: tuple[Connection, list[Picture]]) -> None:
    conn, _ = walked
    sources = [file.read_text() for file in Path(db.services.__file__).parent.rglob("*.py")]
    told = {
        name for source in sources for name in re.findall(r'(?:Event\(\s*|": )"([A-Z][a-z]+[A-Z][A-Za-z]+)"', source)
    }
    ledger = [file.read_text() for file in (Path(runner.__file__).parent / "sql").rglob("*.sql")]
    told |= {
        name for source in ledger for name in re.findall(r"write_event\(\w+, '([A-Z][a-z]+[A-Z][A-Za-z]+)'", source)
    }
    audited = set(conn.execute(select(audit_log.c.operation)).scalars())
    assert told >= {"PaymentRecorded", "DepositApplied", "RentSplit"}
    assert told - WORK <= audited


def test_a_new_column_is_told_or_left_out_for_a_reason() -> None:
    for kind, (table, names) in TABLES.items():
        assert set(names) | DERIVED[kind] == set(table.columns.keys()), kind
    assert set(values.LEASE) | DERIVED["lease"] == set(leases.columns.keys())
    assert {*values.TERMS, "lease_id", "created_at"} == set(lease_terms.columns.keys())


def test_before_values_are_those_of_the_change_before(walked: tuple[Connection, list[Picture]]) -> None:
    """What an event says of the time before is what the events before it have said."""
    conn, _ = walked
    known: dict[tuple[str, int], dict[str, Any]] = {}
    query = select(audit_log).where(audit_log.c.entity_type.in_(("property", "room", "tenant"))).order_by("event_id")
    compared = 0
    for row in conn.execute(query):
        thing = known.setdefault((row.entity_type, row.entity_id), {})
        before = {name: value for name, value in (row.before or {}).items() if name != "leases"}
        assert before == {name: thing[name] for name in before}, row.operation
        compared += len(before)
        thing.update(row.after or {})
    assert compared > 20


def known(book: Book) -> Things:
    """What a book knows, in the form of a picture."""
    names = {kind: {_camel(name) for name in names} for kind, (_, names) in TABLES.items()}
    names["lease"] = {_camel(name) for name in values.LEASE} | {"terms"}
    return {
        kind: {
            number: {key: value for key, value in thing.items() if key in names[kind]} for number, thing in all_.items()
        }
        for kind, all_ in book.things.items()
    }


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


def at(conn: Connection, instant: str) -> None:
    """What was told since the last call, and is not audited yet, happened at this instant."""
    values = {"at": datetime.fromisoformat(instant)}
    for statement in (
        "alter table events disable trigger user",
        "alter table deliveries drop constraint if exists deliveries_event_id_event_at_fkey",
        """update events set recorded_at = :at where id in (select event_id from deliveries
            where consumer = 'audit' and state = 'ready')""",
        "update deliveries set event_at = :at where consumer = 'audit' and state = 'ready'",
    ):
        conn.execute(text(statement), values if ":at" in statement else {})
    tell(conn)


def test_the_book_of_an_evening_knows_what_was_told_until_midnight_of_the_house(conn: Connection) -> None:
    prop = add_property(conn, "KOSJ", "Kos Jayapura", timezone="Asia/Jayapura")
    add_room(conn, prop, "A1", Decimal(1_500_000))
    budi = find_tenant(conn, str(add_tenant(conn, prop, "Budi")))
    at(conn, "2026-03-01T14:59:59.999999Z")
    edit_tenant(conn, budi, {"phone": "0812-0000-1234"})
    assign_tenant(conn, budi, find_room(conn, "A1", "KOSJ"), date(2026, 3, 1))
    at(conn, "2026-03-01T15:00Z")
    due = Tenants(conn).row(budi.id).outstanding_balance
    record_payment(conn, budi, Decimal(400_000), date(2026, 3, 1))
    change_rent(conn, budi, Decimal(1_700_000), budi.today)
    at(conn, "2026-11-05T03:00Z")

    def stood(day: str) -> TenantThen:
        return History(conn, date.fromisoformat(day), "Asia/Jayapura").tenant(budi)

    with pytest.raises(UnknownThenError):
        stood("2026-02-28")
    first, second, last = stood("2026-03-01"), stood("2026-03-02"), stood("2026-11-05")
    assert (first.phone, first.room, first.outstanding_balance) == (None, None, 0)
    assert (second.phone, second.room, second.monthly_rent) == ("+6281200001234", "A1", Decimal(1_500_000))
    assert second.outstanding_balance == due
    assert last.outstanding_balance == due - 400_000 == Tenants(conn).row(budi.id).outstanding_balance
    rooms_then = [History(conn, date.fromisoformat(day), "Asia/Jayapura").room(find_room(conn, "A1", "KOSJ"))
                  for day in ("2026-03-01", "2026-03-02")]  # fmt: skip
    assert [(then.occupied, then.status) for then in rooms_then] == [(0, "available"), (1, "occupied")]
    assert [one.tenant for one in rooms_then[1].occupants] == ["BUDI"]


def test_what_others_did_to_a_tenant_or_in_a_room_is_told_of_them_too(conn: Connection) -> None:
    house = House.build(conn)
    house.room("S1", 2_000_000, capacity=2, basis="split_room")
    house.room("A1")
    ani, budi = house.tenant("Ani"), house.tenant("Budi")
    room, start = find_room(conn, "S1"), ani.today - timedelta(days=20)
    long_gone = house.tenant("Cici")
    assign_tenant(conn, long_gone, room, start - timedelta(days=40))
    move_out(conn, long_gone, start - timedelta(days=10))
    append(conn, Event("BalanceCalculated", "tenant", ani.id, {}, ani.property_id, ani.id))
    assign_tenant(conn, ani, room, start)
    assign_tenant(conn, budi, room, start + timedelta(days=3))
    record_payment(conn, budi, Decimal(1))
    move_out(conn, budi, ani.today)
    change_rent(conn, ani, Decimal(1_900_000), ani.today)
    assert [one.type for one in happened_to_tenant(conn, ani.id).items] == [
        "RentChanged", "RentSplit", "RentSplit", "TenantAssigned", "TenantAdded",
    ]  # fmt: skip
    assert "RentSplit" not in {one.type for one in happened_to_tenant(conn, long_gone.id).items}
    there = happened_to_room(conn, room.id).items
    assert [(one.type, one.tenant, one.room) for one in there if one.tenant] == [
        ("RentChanged", "ANI", None), ("TenantLeft", "BUDI", "S1"), ("TenantAssigned", "BUDI", "S1"),
        ("TenantAssigned", "ANI", "S1"), ("TenantLeft", "CICI", "S1"), ("TenantAssigned", "CICI", "S1"),
    ]  # fmt: skip
    assert [one.type for one in there][-1] == "RoomAdded"
    assert [one.type for one in happened_to_room(conn, find_room(conn, "A1").id).items] == ["RoomAdded"]
    first = happened_to_room(conn, room.id, limit=2)
    assert [*first.items, *happened_to_room(conn, room.id, after=first.next, limit=50).items] == there


def test_who_is_archived_is_still_found_when_asked_for(conn: Connection) -> None:
    house = House.build(conn)
    house.room("A1")
    first = find_room(conn, "A1")
    archive_room(conn, first)
    assert find_room(conn, "A1", archived=True).id == first.id
    second = house.room("A1")
    assert find_room(conn, "A1", archived=True).id == second
    ani = house.tenant("Ani")
    archive_tenant(conn, ani)
    assert [find_tenant(conn, ref, archived=True).id for ref in ("ANI", "ani", str(ani.id))] == [ani.id] * 3
