"""What every table shares: the metadata and the column types."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Identity, Integer, MetaData, Numeric, Text, text

metadata = MetaData()

# Money as the ledger keeps it: Decimal in the property's currency.
Money = Numeric(14, 2)
Total = Numeric(16, 2)
Instant = DateTime(timezone=True)


def identity() -> Column[int]:
    """The primary key that PostgreSQL numbers."""
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def created_at() -> Column[Any]:
    """The moment of recording, UTC."""
    return Column("created_at", Instant, nullable=False, server_default=text("now()"))


def actor() -> Column[str]:
    """Who did it: the database role of the session."""
    return Column("actor", Text, nullable=False, server_default=text("session_user"))


def version() -> Column[int]:
    """Counts the changes of a row, for optimistic concurrency."""
    return Column("version", Integer, nullable=False, server_default=text("1"))
