"""Leases and their effective-dated terms."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, SmallInteger, Table, Text, text

from db.tables.base import Money, created_at, identity, metadata
from db.tables.policies import late_policy

leases = Table(
    "leases",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False),
    Column("room_id", BigInteger, ForeignKey("rooms.id"), nullable=False),
    Column("slot", SmallInteger, nullable=False, server_default=text("1")),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("basis", Text, nullable=False),
    Column("grace_days", SmallInteger, nullable=False),
    Column("proration", Text, nullable=False),
    Column("rounding", Money, nullable=False),
    Column("next_period_on", Date),
    Column("billed_from_on", Date, nullable=False),
    created_at(),
    *late_policy(),
)

lease_terms = Table(
    "lease_terms",
    metadata,
    Column("lease_id", BigInteger, ForeignKey("leases.id"), primary_key=True),
    Column("effective_on", Date, primary_key=True),
    Column("monthly_rent", Money, nullable=False),
    Column("billing_day", SmallInteger, nullable=False),
    created_at(),
)
