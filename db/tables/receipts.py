"""Receipts of payments, their numbers, and who printed them."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, SmallInteger, Table, text

from db.tables.base import actor, created_at, identity, metadata

receipt_numbers = Table(
    "receipt_numbers",
    metadata,
    Column("property_id", BigInteger, ForeignKey("properties.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("last", Integer, nullable=False, server_default=text("0")),
)

receipts = Table(
    "receipts",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("payment_id", BigInteger, nullable=False),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

receipt_prints = Table(
    "receipt_prints",
    metadata,
    Column("receipt_id", BigInteger, ForeignKey("receipts.id"), primary_key=True),
    Column("copy", SmallInteger, primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)
