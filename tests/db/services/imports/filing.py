"""Files to import, in few words."""

import random
from io import BytesIO

from sqlalchemy import Connection, text

from db import outbox
from db.engine import Database
from db.repositories.imports import ImportErrorRow, ImportRow, Imports, RejectedRow
from db.services.balances import recalculate
from db.services.imports.run import run_import
from db.services.imports.staging import Request, Staged, stage_file
from db.services.imports.steps import take_step
from jobs import balances as consumer

HEADER = "tenant,amount,date,method,reference,note\n"
# So many are in the fixture `book`: T1, T2, …
TENANTS = 40


def stage(conn: Connection, content: str | bytes, *, name: str = "rows.csv", **asked: str) -> Staged:
    """Stage a file of payments, or of what `kind` says."""
    body = content.encode() if isinstance(content, str) else content
    return stage_file(conn, Request(**{"kind": "payments", **asked}), BytesIO(body), name)


def imported(conn: Connection, content: str | bytes, **asked: str) -> ImportRow:
    """Stage and apply a file within the transaction of a test."""
    return applied(conn, stage(conn, content, **asked).row)


def applied(conn: Connection, row: ImportRow) -> ImportRow:
    """Take all steps within the transaction of a test."""
    while row.is_open():
        row = take_step(conn, row.id).row
    return row


def applied_and_derived(conn: Connection, row: ImportRow) -> ImportRow:
    """The same, with what the events are going to change too."""
    done = applied(conn, row)
    paid = text("select distinct tenant_id from payments where import_id = :id")
    recalculate(conn, conn.execute(paid, {"id": row.id}).scalars())
    return done


def run_file(database: Database, content: str | bytes, **asked: str) -> ImportRow:
    """Stage and apply a file with real commits."""
    with database.transaction() as conn:
        staged = stage(conn, content, **asked)
    return run_import(database, staged.row.id)


def counts(row: ImportRow) -> tuple[str, int, int, int, int]:
    """State, then rows in all, applied, skipped and rejected."""
    return row.state, row.rows_total, row.rows_applied, row.rows_skipped, row.rows_rejected


def errors(conn: Connection, row: ImportRow) -> list[ImportErrorRow]:
    return Imports(conn).errors(row.id, limit=1000).items


def codes(conn: Connection, row: ImportRow) -> list[tuple[int, str, str]]:
    """Line, column and code of every rejection."""
    return [(found.line, found.column, found.code) for found in errors(conn, row)]


def rejected(conn: Connection, row: ImportRow) -> list[RejectedRow]:
    return Imports(conn).rejected(row.id, limit=1000).items


def balances(conn: Connection) -> dict[str, str]:
    """What each tenant has paid, by code."""
    query = "select t.code, b.total_payments from balances b join tenants t on t.id = b.tenant_id order by 1"
    return {code: str(amount) for code, amount in conn.execute(text(query))}


def stale(conn: Connection) -> list[str]:
    """Tenants whose balance row, once all events are delivered, differs from one that is worked out anew."""
    while due := outbox.hold(conn, outbox.claim(conn, "balances", 1000)):
        consumer.deliver(conn, due)
        outbox.complete(conn, due)
    kept = text("""
        select tenant_id, total_charges, total_payments, paid_through_on, oldest_due_on, status from balances order by 1
    """)
    before = conn.execute(kept).all()
    conn.execute(text("select recalculate_balances(array(select id from tenants))"))
    after = conn.execute(kept).all()
    ledger = conn.execute(
        text("""
        select b.tenant_id from balances b
         where b.total_payments <> (select coalesce(sum(amount), 0) from payments p where p.tenant_id = b.tenant_id)
    """)
    ).scalars()
    return [str(a) for a, b in zip(before, after, strict=True) if a != b] + [str(found) for found in ledger]


def many(count: int, seed: int = 1, *, bad: int = 0) -> tuple[str, dict[str, str]]:
    """A file of `count` good payments among `bad` ones, and what each tenant has paid then."""
    chance = random.Random(seed)
    paid = dict.fromkeys((f"T{n}" for n in range(1, TENANTS + 1)), 0)
    rows = ["NOBODY,1,2026-01-01,,,\n"] * bad
    for n in range(count):
        code, amount = f"T{chance.randint(1, TENANTS)}", chance.randint(1, 90) * 5000
        paid[code] += amount
        rows.append(f"{code},{amount},2026-{chance.randint(1, 6):02}-{chance.randint(1, 28):02},,R{seed}-{n},\n")
    chance.shuffle(rows)
    return HEADER + "".join(rows), {code: f"{amount}.00" for code, amount in sorted(paid.items())}


def history(counts: dict[str, int], seed: int = 1) -> tuple[str, dict[str, str]]:
    """A file with so many payments in each year or month, and what each tenant has paid then."""
    chance = random.Random(seed)
    paid = dict.fromkeys((f"T{n}" for n in range(1, TENANTS + 1)), 0)
    rows = []
    for when, count in counts.items():
        for n in range(count):
            code, amount = f"T{chance.randint(1, TENANTS)}", chance.randint(1, 90) * 5000
            paid[code] += amount
            day = f"{when}-{chance.randint(1, 28):02}" if "-" in when else f"{when}-{n % 12 + 1:02}-15"
            rows.append(f"{code},{amount},{day},,{when}-{n},\n")
    chance.shuffle(rows)
    return HEADER + "".join(rows), {code: f"{amount}.00" for code, amount in sorted(paid.items())}


def staged(book: Database, content: str) -> int:
    with book.transaction() as conn:
        return stage(conn, content).row.id


def sorted_out(book: Database, import_id: int) -> None:
    """Take steps until nothing is left to be done but to post chunks."""
    unsorted = text("select count(*) from import_chunks where import_id = :id and first_row = 0")
    while True:
        with book.transaction() as conn:
            row = take_step(conn, import_id).row
            ready = not row.options.get("months") and not conn.execute(unsorted, {"id": import_id}).scalar_one()
        if row.state == "running" and ready:
            return


def step_until(book: Database, import_id: int, position: int) -> ImportRow:
    """Take steps, each in a transaction of its own, until so many rows are done."""
    while True:
        with book.transaction() as conn:
            row = take_step(conn, import_id).row
        if row.state == "running" and row.position >= position:
            return row


def check(book: Database, import_id: int, paid: dict[str, str], expected: tuple[str, int, int, int, int]) -> None:
    """The import is as expected, and so are the balances, the events and the ledger."""
    with book.transaction(dry_run=True) as conn:
        row = Imports(conn).row(import_id)
        assert counts(row) == expected
        assert balances(conn) == paid
        assert stale(conn) == []
        told = text("""
            select count(*), coalesce(sum((payload ->> 'count')::int), 0) from events
             where type = 'PaymentsImported' and entity_id = :id
        """)
        chunks, rows = conn.execute(told, {"id": import_id}).one()
        assert rows == row.rows_applied
        named = text("select count(distinct event_id), count(*) from payments where import_id = :id")
        assert conn.execute(named, {"id": import_id}).one() == (chunks, row.rows_applied)
        left = text("select count(*) from pg_class where relname ~ '^import_[a-z]+_[0-9]' and relkind = 'r'")
        assert conn.execute(left).scalar_one() == 0
        assert conn.execute(text("select count(*) from import_chunks")).scalar_one() == 0
