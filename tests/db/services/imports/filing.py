"""Files to import, in few words."""

from io import BytesIO

from sqlalchemy import Connection, text

from db.engine import Database
from db.repositories.imports import ImportErrorRow, ImportRow, Imports, RejectedRow
from db.services.imports.run import carry_through, run_import
from db.services.imports.staging import Request, Staged, stage_file

HEADER = "tenant,amount,date,method,reference,note\n"


def stage(conn: Connection, content: str | bytes, *, name: str = "rows.csv", **asked: str) -> Staged:
    """Stage a file of payments, or of what `kind` says."""
    body = content.encode() if isinstance(content, str) else content
    return stage_file(conn, Request(**{"kind": "payments", **asked}), BytesIO(body), name)


def imported(conn: Connection, content: str | bytes, **asked: str) -> ImportRow:
    """Stage and apply a file within the transaction of a test."""
    return carry_through(conn, stage(conn, content, **asked).row.id)


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
    """Tenants whose balance row differs from one that is worked out anew."""
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
