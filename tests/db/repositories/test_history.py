"""The book rebuilt from the audit is the book: every thing, at every moment of a walk through all services."""

import re
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, select

import db.services
from db.domain.history import Book, balance, deposit_held, rebuild
from db.engine import Database
from db.repositories import values
from db.repositories.history import facts, set_entries
from db.tables import audit_log, lease_terms, leases
from tests.conftest import clone, command
from tests.db.repositories.walk import TABLES, Picture, Things, walk

# What the database derives, what the event itself says, and marks of progress that no fact depends on.
DERIVED = {
    "property": {"id", "version", "created_at"},
    "room": {"id", "property_id", "number_key", "status_on", "version", "created_at"},
    "tenant": {"id", "property_id", "name_key", "search_text", "event_seq", "version", "created_at"},
    "charge": {"property_id", "tenant_id", "event_id", "actor", "created_at"},
    "payment": {"property_id", "tenant_id", "event_id", "actor", "created_at"},
    "deposit": {"property_id", "tenant_id", "event_id", "actor", "created_at"},
    "lease": {"property_id", "next_period_on", "created_at"},
}
# Events that tell of work and change nothing of the book.
WORK = {"ImportFinished", "ImportUndone", "ImportDiscarded", "DeliveryDiscarded", "BalanceCalculated"}


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
        assert _known(book) == picture.things
        assert {
            number: (balance(book, number), deposit_held(book, number)) for number in picture.money
        } == picture.money


def test_the_walk_leaves_out_no_change_that_a_service_can_tell_of(walked: tuple[Connection, list[Picture]]) -> None:
    conn, _ = walked
    sources = [file.read_text() for file in Path(db.services.__file__).parent.rglob("*.py")]
    told = {
        name for source in sources for name in re.findall(r'(?:Event\(\s*|": )"([A-Z][a-z]+[A-Z][A-Za-z]+)"', source)
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


def _known(book: Book) -> Things:
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
