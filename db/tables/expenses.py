"""What was spent, and cash in the hands of people."""

from sqlalchemy import BigInteger, Boolean, Column, Computed, Date, ForeignKey, Table, Text, text

from db.tables.base import Money, Total, actor, created_at, identity, metadata

expenses = Table(
    "expenses",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("room_id", BigInteger, ForeignKey("rooms.id")),
    Column("spent_on", Date, nullable=False),
    Column("category", Text, nullable=False),
    Column("amount", Money, nullable=False),
    Column("method", Text, nullable=False, server_default=text("'cash'")),
    Column("payee", Text),
    Column("description", Text),
    Column("reverses_id", BigInteger, ForeignKey("expenses.id"), unique=True),
    Column("reason", Text),
    Column("holder", Text, nullable=False, server_default=text("session_user")),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

cash_received = Table(
    "cash_received",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("holder", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("amount", Total, nullable=False),
    Column("folded", Boolean, nullable=False, server_default=text("false")),
)

cash_handovers = Table(
    "cash_handovers",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("giver", Text, nullable=False),
    Column("receiver", Text),
    Column("amount", Money),
    Column("expected", Total, nullable=False),
    Column("counted", Money),
    Column("variance", Total, Computed("counted - expected", persisted=True)),
    Column("handed_on", Date, nullable=False),
    Column("note", Text),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

cash_confirmations = Table(
    "cash_confirmations",
    metadata,
    Column("handover_id", BigInteger, ForeignKey("cash_handovers.id"), primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("confirmed_on", Date, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)

cash_voids = Table(
    "cash_voids",
    metadata,
    Column("handover_id", BigInteger, ForeignKey("cash_handovers.id"), primary_key=True),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("voided_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    actor(),
    created_at(),
)
