"""Notes about tenants and rooms, and what stands in the rooms."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, SmallInteger, Table, Text, text

from db.tables.base import actor, created_at, identity, metadata

notes = Table(
    "notes",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id")),
    Column("room_id", BigInteger, ForeignKey("rooms.id")),
    Column("body", Text, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

note_voids = Table(
    "note_voids",
    metadata,
    Column("note_id", BigInteger, ForeignKey("notes.id"), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

inventory = Table(
    "inventory",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("room_id", BigInteger, ForeignKey("rooms.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity", SmallInteger, nullable=False, server_default=text("1")),
    Column("note", Text),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

inventory_checks = Table(
    "inventory_checks",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("room_id", BigInteger, ForeignKey("rooms.id"), nullable=False),
    Column("item_id", BigInteger, ForeignKey("inventory.id"), nullable=False),
    Column("lease_id", BigInteger, ForeignKey("leases.id")),
    Column("checked_on", Date, nullable=False),
    Column("condition", Text, nullable=False),
    Column("note", Text),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)
