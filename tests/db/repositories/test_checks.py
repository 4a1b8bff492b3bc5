"""The checks are silent on a book in order, and each names the rows when its rule is broken by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, text

from db.engine import Database
from db.repositories.checks.catalog import CHECKS
from db.repositories.checks.check import Violation
from db.repositories.checks.runner import UnknownCheckError, find_checks, run_checks
from tests.db.repositories.lived_in import LivedIn

HISTORY = (
    "charges", "payments", "reversals", "deposit_entries", "events", "audit_log", "audit_head", "rooms", "leases",
    "notes", "inventory_checks", "reminders", "meter_readings", "utility_charges",
    "notes", "inventory_checks", "expenses", "cash_handovers", "cash_confirmations", "receipts",
    "bank_lines", "bank_statements",
)  # fmt: skip

# What the file of breaks calls by name: a tenant with debts, one of its rents in the middle, and entries to spoil.
NAMES = """
create temp view behind as select id from tenants where code = 'BEHIND';
create temp view a_rent as
  select min(id) + 1 as id from charges where kind = 'rent' and tenant_id = (select id from behind);
create temp view a_payment as select min(id) as id from payments where reverses_id is null and method <> 'deposit';
create temp view damage as
  select r.tenant_id, r.reverses_id as original, r.id as reversal
    from charges r where r.kind = 'damage' and r.reverses_id is not null;
"""


class Break(NamedTuple):
    """What is done by hand, the checks that must notice, and how a row of the first one reads."""

    checks: list[str]
    entity: str
    detail: str
    statements: str


def read_breaks() -> list[Break]:
    """The blocks of the file."""
    blocks = (Path(__file__).parent / "breaks.sql").read_text().split("\n--- ")[1:]
    parts = (block.partition("\n") for block in blocks)
    return [Break(*read_head(head), statements) for head, _, statements in parts]


def read_head(head: str) -> tuple[list[str], str, str]:
    checks, entity, detail = (part.strip() for part in head.split("|"))
    return checks.split(), entity, detail


BREAKS = read_breaks()


@pytest.fixture(scope="module")
def furnished(shared_database: Database) -> Iterator[Connection]:
    """The house in one transaction for all tests of this file; each breaks it in a savepoint of its own."""
    with shared_database.transaction(dry_run=True) as conn:
        LivedIn.furnish(conn)
        conn.exec_driver_sql("set constraints all immediate")  # of what waits no trigger can be switched off
        conn.exec_driver_sql(NAMES)
        yield conn


@pytest.fixture
def book(furnished: Connection) -> Iterator[Connection]:
    savepoint = furnished.begin_nested()
    yield furnished
    savepoint.rollback()


def test_a_book_in_order_passes_in_silence(book: Connection) -> None:
    assert list(run_checks(book)) == []


@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: broken.checks[0])
def test_what_is_broken_by_hand_is_named(book: Connection, broken: Break) -> None:
    by_hand(book, broken.statements)
    found = list(run_checks(book))
    assert sorted({row.check for row in found}) == sorted(broken.checks)
    told = [row for row in found if row.check == broken.checks[0]]
    assert any(row.entity == broken.entity and broken.detail in row.detail for row in told), told


def test_every_check_is_proven() -> None:
    assert {broken.checks[0] for broken in BREAKS} == {check.name for check in CHECKS}


def test_checks_are_chosen_by_name_and_run_in_that_order(book: Connection) -> None:
    chosen = find_checks(["request_keys_answered", "balances_match_ledger", "request_keys_answered"])
    assert [check.name for check in chosen] == ["request_keys_answered", "balances_match_ledger"]
    assert find_checks() == list(CHECKS)
    with pytest.raises(UnknownCheckError):
        find_checks(["nonsense"])


def test_a_violation_reads_as_one_line(book: Connection) -> None:
    by_hand(book, "update rooms set status = 'available' where number = 'A1'")
    room, status_on = book.execute(text("select id, status_on from rooms where number = 'A1'")).one()
    detail = f"number=A1 status=available status_on={status_on} tenants=1 capacity=1 leases=1"
    assert list(run_checks(book)) == [Violation("room_status_matches_leases", "room", str(room), detail)]


def by_hand(conn: Connection, statements: str) -> None:
    """Run the statements with the triggers switched off for a moment, unless they are about triggers themselves."""
    tables = () if "trigger" in statements else HISTORY
    for table in tables:
        conn.execute(text(f"alter table {table} disable trigger user"))
    conn.exec_driver_sql(statements)
    for table in tables:
        conn.execute(text(f"alter table {table} enable trigger user"))
