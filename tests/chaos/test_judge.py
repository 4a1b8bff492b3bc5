"""The judge is silent on a book in order, and tells whatever was lost or doubled."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from db.engine import Database
from db.repositories.lookup import find_tenant
from db.services.payments import record_payment
from tests.chaos.journal import Journal, Pen
from tests.chaos.judge import verdict
from tests.chaos.town import found_town
from tests.db.services.house import House
from tests.db.services.imports.filing import imported

FILE = (
    "tenant,amount,date,reference\nT1,5000,2026-01-05,f0-0-0\nT2,6000,2026-01-06,f0-0-1\nNOBODY,1,2026-01-06,f0-0-2\n"
)

# What is done by hand, and how the judge tells it.
MUTATIONS = {
    "a payment is gone": (
        "delete from payments where reference = 'p0-0'",
        "payment: key=p0-0 number=1 id=None times=0",
    ),
    "a payment is there twice": (
        """insert into payments (property_id, tenant_id, payment_date, amount, method, reference, event_id)
           select property_id, tenant_id, payment_date, amount, method, reference, event_id from payments
            where reference = 'p0-1'""",
        "payment: key=p0-1 number=2 id=2 times=2",
    ),
    "an unanswered payment is there twice": (
        """insert into payments (property_id, tenant_id, payment_date, amount, method, reference, event_id)
           select property_id, tenant_id, payment_date, amount, method, reference, event_id from payments
            where reference = 'p0-2'""",
        "payment: key=p0-2 number=None id=3 times=2",
    ),
    "a payment is somebody else's": (
        "update payments set tenant_id = tenant_id + 1 where reference = 'p0-1'",
        "tenant=T1 booked_to=T2",
    ),
    "a payment is another amount": ("update payments set amount = 7 where reference = 'p0-1'", "booked=7.00"),
    "a payment that nobody asked for": (
        "update payments set reference = 'p9-9' where reference = 'p0-1'",
        "payment: key=p9-9 number=None",
    ),
    "a row of a file is gone": ("delete from payments where reference = 'f0-0-1'", "import: name=f0-0.csv good=2"),
    "a row of a file is there twice": (
        """insert into payments (property_id, tenant_id, payment_date, amount, method, reference, event_id, import_id)
           select property_id, tenant_id, payment_date, amount, method, reference, event_id, import_id from payments
            where reference = 'f0-0-1'""",
        "rows=3 different=2",
    ),
    "an import is not done": ("update imports set state = 'failed'", "state=failed"),
    "a delivery is gone": ("delete from deliveries where event_id = 1", "delivery: event=1 type=PropertyAdded"),
    "a delivery is open": (
        "update deliveries set state = 'ready', done_at = null where event_id = 1",
        "open: 1 deliveries",
    ),
    "a delivery is dead": (
        "update deliveries set state = 'dead', done_at = null where event_id = 1",
        "state=dead attempts=1 effects=1",
    ),
    "an effect never was": (
        "delete from audit_log where event_id = 1",
        "consumer=audit state=done attempts=1 effects=0",
    ),
    "an effect was had twice": (
        """insert into events (type, entity_type, entity_id, payload)
           select type, entity_type, entity_id, payload from events where type = 'BalanceCalculated' limit 1""",
        "consumer=balances state=done attempts=1 effects=2",
    ),
    "a balance is wrong": (
        "update balances set total_payments = 1 where tenant_id = (select id from tenants where code = 'T1')",
        "balance: code=T1 total_payments=1.00",
    ),
    "a balance had to be put right": (
        "insert into balance_drifts (tenant_id, charges, payments, deposit) select min(id), 1, 0, 0 from tenants",
        "drift: tenant_id=1 charges=1.00",
    ),
    "what is due by the day has failed": (
        "insert into schedules (name, failures, error) values ('billing', 1, 'KeyError bill:1')",
        "schedule: name=billing zone= failures=1 error=KeyError",
    ),
}
HISTORY = ("payments", "events", "audit_log")


@pytest.fixture(scope="module")
def lived_through(
    shared_database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Connection, Path]]:
    """A town where three payments were asked for, two of them answered, and a file was imported."""
    path = tmp_path_factory.mktemp("journals") / "p0.jsonl"
    pen = Pen(path)
    with shared_database.transaction(dry_run=True) as conn:
        found_town(conn)
        for number in range(3):
            key, tenant = f"p0-{number}", f"T{number}"
            pen.write(what="attempt", key=key, tenant=tenant, amount="500")
            payment = record_payment(conn, find_tenant(conn, tenant), Decimal(500), reference=key, key=key)
            if number < 2:
                pen.write(what="answer", key=key, number=payment)
        pen.write(what="attempt", key="p0-3", tenant="T3", amount="500")
        pen.write(what="file", name="f0-0", good=2, bad=1)
        imported(conn, FILE, name="f0-0.csv")
        pen.write(what="taken", name="f0-0", accepted=True)
        House(conn).deliver()
        yield conn, path


@pytest.fixture
def book(lived_through: tuple[Connection, Path]) -> Iterator[Connection]:
    conn, _ = lived_through
    savepoint = conn.begin_nested()
    for table in HISTORY:
        conn.execute(text(f"alter table {table} disable trigger user"))
    yield conn
    savepoint.rollback()


@pytest.fixture
def journal(lived_through: tuple[Connection, Path]) -> Journal:
    return Journal.read([lived_through[1]])


def test_nothing_lost_and_nothing_doubled_is_told_in_silence(book: Connection, journal: Journal) -> None:
    assert list(verdict(book, journal)) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_was_lost_or_doubled_is_told(book: Connection, journal: Journal, name: str) -> None:
    statement, told = MUTATIONS[name]
    book.execute(text(statement))
    found = list(verdict(book, journal))
    assert any(told in line for line in found), found


def test_a_payment_that_was_answered_and_refused_is_told(book: Connection, journal: Journal) -> None:
    journal.attempts["p0-2"].refused = "key_reused"
    assert any(line.startswith("refused: ") for line in verdict(book, journal))


def test_a_file_that_was_taken_and_is_not_there_is_told(book: Connection, journal: Journal) -> None:
    journal.files["f0-0"].name = "f0-1"
    found = list(verdict(book, journal))
    assert any("import: name=f0-1.csv good=2" in line for line in found), found
