"""Meters, their readings, what a unit costs, and what was charged for it."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Numeric, Table, Text

from db.tables.base import Money, actor, created_at, identity, metadata

Reading = Numeric(12, 3)

meters = Table(
    "meters",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("room_id", BigInteger, ForeignKey("rooms.id")),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("serial", Text),
    Column("position", Integer, nullable=False),
    Column("retired_on", Date),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

meter_readings = Table(
    "meter_readings",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("meter_id", BigInteger, ForeignKey("meters.id"), nullable=False),
    Column("read_on", Date, nullable=False),
    Column("value", Reading, nullable=False),
    Column("old_last", Reading),
    Column("new_first", Reading),
    Column("previous_id", BigInteger, ForeignKey("meter_readings.id")),
    Column("usage", Numeric(13, 3)),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

meter_reading_voids = Table(
    "meter_reading_voids",
    metadata,
    Column("reading_id", BigInteger, ForeignKey("meter_readings.id"), primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

tariffs = Table(
    "tariffs",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("mode", Text, nullable=False),
    Column("amount", Money),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

utility_charges = Table(
    "utility_charges",
    metadata,
    Column("charge_id", BigInteger, ForeignKey("charges.id"), primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("lease_id", BigInteger, ForeignKey("leases.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("tariff_id", BigInteger, ForeignKey("tariffs.id"), nullable=False),
    Column("reading_id", BigInteger, ForeignKey("meter_readings.id")),
    Column("period_start", Date),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)
