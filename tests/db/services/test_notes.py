"""Notes and things in rooms: written once, taken back with a reason, found by whom they are about."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from db.domain.dates import FutureDateError
from db.domain.texts import TextLengthError, UncleanTextError
from db.errors import EkostError
from db.repositories.checks.runner import run_checks
from db.repositories.happened import happened_to_room, happened_to_tenant
from db.repositories.inventory import Inventory, ItemNotFoundError, ItemNumberError
from db.repositories.lookup import AmbiguousError, RoomRef, TenantRef, find_property, find_room
from db.repositories.notes import NobodyFoundError, NoteNotFoundError, Notes, find_subject
from db.services.inventory import (
    ConditionError,
    ItemExistsError,
    LeaseElsewhereError,
    NothingCheckedError,
    QuantityError,
    add_item,
    check_items,
    remove_item,
)
from db.services.notes import NoteVoidedError, add_note, void_note
from db.services.requests import KeyReusedError
from db.services.rooms import archive_room
from db.tables import audit_log, leases
from tests.db.services.house import House


def room(house: House, number: str = "A1") -> RoomRef:
    return find_room(house.conn, number, "KOSA")


def test_a_note_is_written_once_taken_back_once_and_never_changed(house: House) -> None:
    budi, found = house.tenant(), Notes(house.conn)
    first = add_note(house.conn, budi, "  asks for a [b]fan[/b]  ", key="k1")
    assert add_note(house.conn, budi, "asks for a [b]fan[/b]", key="k1") == first
    with pytest.raises(KeyReusedError):
        add_note(house.conn, room(house), "asks for a [b]fan[/b]", key="k1")
    second = add_note(house.conn, room(house), "the roof leaks")
    assert void_note(house.conn, first, "he has one", key="k2") == void_note(house.conn, first, "he has one", key="k2")
    with pytest.raises(NoteVoidedError):
        void_note(house.conn, first, "again")
    with pytest.raises(NoteNotFoundError):
        void_note(house.conn, second + 1, "there is none")
    rows = [(row.id, row.text, row.tenant, row.room, row.state, row.reason) for row in found.page().items]
    gone = (first, "asks for a [b]fan[/b]", "BUDI", None, "voided", "he has one")
    assert rows == [(second, "the roof leaks", None, "A1", "active", None), gone]
    assert [row.id for row in found.page(about=budi).items] == [first]
    assert found.page(about=budi, voided=False).items == []
    assert [event.type for event in happened_to_tenant(house.conn, budi.id, limit=2).items] == [
        "NoteVoided",
        "NoteAdded",
    ]
    assert happened_to_room(house.conn, room(house).id).items[0].payload["after"]["body"] == "the roof leaks"
    house.deliver()
    assert list(run_checks(house.conn)) == []
    told = select(audit_log.c.operation).where(audit_log.c.entity_type == "note").order_by(audit_log.c.position)
    assert list(house.conn.execute(told).scalars()) == ["NoteAdded", "NoteAdded", "NoteVoided"]
    for statement in ("update notes set body = 'x'", "delete from note_voids", "truncate inventory cascade"):
        with pytest.raises(DBAPIError, match="append-only"), house.conn.begin_nested():
            house.conn.execute(text(statement))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", TextLengthError),
        ("x" * 1001, TextLengthError),
        ("red \x1b[31m", UncleanTextError),
        ("a\nb", UncleanTextError),
    ],
)
def test_a_note_is_a_line_of_words(house: House, body: str, error: type[EkostError]) -> None:
    with pytest.raises(error):
        add_note(house.conn, house.tenant(), body)


def test_a_word_means_a_tenant_or_a_room_but_never_either(house: House) -> None:
    budi = house.tenant()
    house.room(str(budi.id))
    assert isinstance(find_subject(house.conn, "budi"), TenantRef)
    assert isinstance(find_subject(house.conn, "kosa/a1"), RoomRef)
    with pytest.raises(AmbiguousError):
        find_subject(house.conn, str(budi.id))
    assert isinstance(find_subject(house.conn, f"KOSA/{budi.id}"), RoomRef)
    with pytest.raises(NobodyFoundError):
        find_subject(house.conn, "nobody")
    archive_room(house.conn, room(house))
    assert isinstance(find_subject(house.conn, "A1"), RoomRef)


def test_things_of_a_room_have_a_history_of_conditions(house: House) -> None:
    house.room("A2")
    today, known = find_property(house.conn, "KOSA").today, Inventory(house.conn)
    house.let(today - timedelta(days=40), until=today)
    lease = house.conn.execute(select(leases.c.id)).scalar_one()
    bed = add_item(house.conn, room(house), "Kasur", note="150 cm", on=today - timedelta(days=50), key="k1")
    assert add_item(house.conn, room(house), "Kasur", note="150 cm", on=today - timedelta(days=50), key="k1") == bed
    fan = add_item(house.conn, room(house), "Kipas", quantity=2, on=today - timedelta(days=50))
    add_item(house.conn, room(house, "A2"), "Kasur", condition="rusak")
    moved_in, changes = today - timedelta(days=40), {"KASUR": "worn", str(fan): "good"}
    for _ in range(2):  # the second time with the same key nothing is recorded
        check_items(house.conn, room(house), changes, moved_in, lease_id=lease, note="moving in", key="k2")
    check_items(house.conn, room(house), {"kipas": "broken"}, rest="aus")
    check_items(house.conn, room(house), {"kasur": "missing"}, today - timedelta(days=10))  # told late: not the last
    rows = [
        (row.name, row.quantity, row.condition, row.checked_on, row.remark) for row in known.of_room(room(house).id)
    ]
    assert rows == [("Kasur", 1, "worn", today, None), ("Kipas", 2, "broken", today, None)]
    checks = [
        (c.checked_on, c.name, c.condition, c.lease_id, c.tenant, c.note) for c in known.checks(room(house).id).items
    ]
    assert checks[2:5] == [
        (today - timedelta(days=10), "Kasur", "missing", None, None, None),
        (moved_in, "Kipas", "good", lease, "BUDI", "moving in"),
        (moved_in, "Kasur", "worn", lease, "BUDI", "moving in"),
    ]
    assert len(checks) == 7
    assert [row.room for row in known.page(property_id=room(house).property_id, limit=2).items] == ["A1", "A1"]
    assert [row.room for row in known.page(condition="broken").items] == ["A1", "A2"]
    remove_item(house.conn, room(house), "kasur", "thrown away", key="k3")
    with pytest.raises(ItemNumberError):
        known.row(bed)
    assert add_item(house.conn, room(house), "Kasur") != bed
    told = [event.type for event in happened_to_room(house.conn, room(house).id, limit=4).items]
    assert told == ["ItemAdded", "ItemRemoved", "InventoryChecked", "InventoryChecked"]
    house.deliver()
    assert list(run_checks(house.conn)) == []


def test_what_can_not_be_is_refused(house: House) -> None:
    house.room("A2")
    today = house.let(date(2026, 1, 10), number="A2").today
    add_item(house.conn, room(house), "Kasur")
    lease = house.conn.execute(select(leases.c.id)).scalar_one()

    def checked(conn: Connection, **given: object) -> None:
        check_items(conn, room(house), **{"conditions": {"kasur": "good"}} | given)  # type: ignore[arg-type]

    with pytest.raises(ItemExistsError):
        add_item(house.conn, room(house), "KASUR")
    with pytest.raises(QuantityError):
        add_item(house.conn, room(house), "Meja", quantity=0)
    with pytest.raises(ConditionError):
        add_item(house.conn, room(house), "Meja", condition="removed")
    with pytest.raises(ItemNotFoundError):
        checked(house.conn, conditions={"lemari": "good"})
    with pytest.raises(FutureDateError):
        checked(house.conn, on=today + timedelta(days=1))
    with pytest.raises(LeaseElsewhereError):
        checked(house.conn, lease_id=lease)
    with pytest.raises(NothingCheckedError):
        checked(house.conn, conditions={})
