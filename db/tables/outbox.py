"""Events, their deliveries, and who delivers."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables.base import Instant, actor, identity, metadata

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
    Column("discard_reason", Text),
)

workers = Table(
    "workers",
    metadata,
    identity(),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("queues", ARRAY(Text), nullable=False),
    Column("started_at", Instant, nullable=False, server_default=text("now()")),
    Column("seen_at", Instant, nullable=False, server_default=text("now()")),
    Column("by_hand", Boolean, nullable=False, server_default=text("false")),
    actor(),
)

schedules = Table(
    "schedules",
    metadata,
    Column("name", Text, primary_key=True),
    Column("done_for", Text),
    Column("done_at", Instant),
    Column("zone", Text, primary_key=True, server_default=text("''")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("next_at", Instant),
    Column("error", Text),
)
