"""What months came to, kept ready: worked out anew as a whole, since any entry may belong to any month."""

from sqlalchemy import text

from db.engine import Database


def refresh_summaries(database: Database) -> None:
    """Work every month out anew. Who reads meanwhile sees what was there before."""
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.execute(text("select refresh_summary()"))
