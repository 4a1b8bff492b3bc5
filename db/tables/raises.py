"""Rents of many rooms that were changed at once, and what became of it."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Numeric, Table, Text

from db.tables.base import Money, actor, created_at, identity, metadata

raises = Table(
    "raises",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("by_amount", Money),
    Column("by_percent", Numeric(7, 3)),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

raise_lines = Table(
    "raise_lines",
    metadata,
    Column("raise_id", BigInteger, ForeignKey("raises.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("room_id", BigInteger, ForeignKey("rooms.id"), nullable=False),
    Column("lease_id", BigInteger, ForeignKey("leases.id")),
    Column("starts_on", Date, nullable=False),
    Column("rent_before", Money, nullable=False),
    Column("rent_after", Money, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

raise_undos = Table(
    "raise_undos",
    metadata,
    Column("raise_id", BigInteger, ForeignKey("raises.id"), primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

raise_days = Table(
    "raise_days",
    metadata,
    Column("raise_id", BigInteger, ForeignKey("raises.id"), primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)
