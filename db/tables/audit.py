"""The audit: what happened, once and for all, and where its chain of hashes ends."""

from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import Instant, metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("event_id", BigInteger, primary_key=True, autoincrement=False),
    Column("occurred_at", Instant, primary_key=True),
    Column("recorded_at", Instant, nullable=False),
    Column("operation", Text, nullable=False),
    Column("entity_type", Text, nullable=False),
    Column("entity_id", BigInteger, nullable=False),
    Column("property_id", BigInteger),
    Column("tenant_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    Column("details", JSONB, nullable=False),
    Column("previous_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("position", BigInteger, nullable=False, server_default=text("0")),
    Column("hash", LargeBinary, nullable=False, server_default=text("decode(repeat('00'::text, 32), 'hex'::text)")),
)
