"""Charges, payments, reversals, deposits, request keys and balances."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import Instant, Money, Total, actor, created_at, identity, metadata

charges = Table(
    "charges",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False),
    Column("lease_id", BigInteger, ForeignKey("leases.id")),
    Column("kind", Text, nullable=False),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("days", SmallInteger),
    Column("of_days", SmallInteger),
    Column("charged_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount", Money, nullable=False),
    Column("description", Text),
    Column("reverses_id", BigInteger, ForeignKey("charges.id")),
    Column("related_id", BigInteger, ForeignKey("charges.id")),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
    Column("method", Text),
)

payments = Table(
    "payments",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("property_id", BigInteger, nullable=False),
    Column("tenant_id", BigInteger, nullable=False),
    Column("payment_date", Date, primary_key=True),
    Column("amount", Money, nullable=False),
    Column("method", Text, nullable=False, server_default=text("'cash'")),
    Column("reference", Text),
    Column("note", Text),
    Column("import_id", BigInteger),
    Column("reverses_id", BigInteger),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
    ForeignKeyConstraint(["tenant_id", "property_id"], ["tenants.id", "tenants.property_id"]),
)

reversals = Table(
    "reversals",
    metadata,
    Column("entry", Text, primary_key=True),
    Column("entry_id", BigInteger, primary_key=True),
    Column("reversal_id", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    actor(),
    created_at(),
)

deposit_entries = Table(
    "deposit_entries",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("entry_on", Date, nullable=False),
    Column("amount", Money, nullable=False),
    Column("payment_id", BigInteger),
    Column("note", Text),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
    Column("method", Text),
    Column("opening", Boolean, nullable=False, server_default=text("false")),
)

request_keys = Table(
    "request_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("operation", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("result", JSONB),
    actor(),
    created_at(),
)

balances = Table(
    "balances",
    metadata,
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("total_charges", Total, nullable=False, server_default=text("0")),
    Column("total_payments", Total, nullable=False, server_default=text("0")),
    Column(
        "outstanding_balance",
        Total,
        Computed("total_charges - total_payments", persisted=True),
        nullable=False,
    ),
    Column("deposit_held", Total, nullable=False, server_default=text("0")),
    Column("paid_through_on", Date),
    Column("oldest_due_on", Date),
    Column("status", Text, nullable=False, server_default=text("'paid'")),
    Column("calculated_at", Instant, nullable=False, server_default=text("now()")),
    Column("version", BigInteger, nullable=False, server_default=text("0")),
)
