"""Events and their deliveries."""

from sqlalchemy import BigInteger, Column, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from db.tables.base import Instant, actor, metadata

events = Table(
    "events",
    metadata,
    Column("id", BigInteger, primary_key=True, server_default=text("nextval('events_id_seq'::regclass)")),
    Column("recorded_at", Instant, primary_key=True, server_default=text("now()")),
    Column("type", Text, nullable=False),
    Column("entity_type", Text, nullable=False),
    Column("entity_id", BigInteger, nullable=False),
    Column("property_id", BigInteger),
    Column("tenant_id", BigInteger),
    Column("tenant_seq", BigInteger),
    Column("payload", JSONB, nullable=False),
    actor(),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("event_id", BigInteger, primary_key=True),
    Column("event_at", Instant, nullable=False),
    Column("consumer", Text, primary_key=True),
    Column("tenant_id", BigInteger),
    Column("state", Text, nullable=False, server_default=text("'ready'")),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("max_attempts", SmallInteger, nullable=False),
    Column("not_before", Instant, nullable=False, server_default=text("now()")),
    Column("lease_owner", Text),
    Column("last_error", Text),
    Column("done_at", Instant),
)
