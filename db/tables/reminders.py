"""Who was reminded of which bill."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from db.tables.base import Money, actor, created_at, identity, metadata

reminders = Table(
    "reminders",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("tenant_id", BigInteger, nullable=False),
    Column("charge_id", BigInteger, ForeignKey("charges.id")),
    Column("lease_id", BigInteger, ForeignKey("leases.id")),
    Column("period_start", Date),
    Column("stage", SmallInteger, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount", Money, nullable=False),
    Column("channel", Text, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
    ForeignKeyConstraint(["tenant_id", "property_id"], ["tenants.id", "tenants.property_id"]),
)
