"""How properties bill, by the day from which they do so."""

from typing import Any

from sqlalchemy import BigInteger, Column, Date, ForeignKey, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.tables.base import Money, actor, created_at, identity, metadata


def late_policy() -> list[Column[Any]]:
    """The columns of a policy that a lease has too: the database takes them from the policy of its first day."""
    return [
        Column("refund", Text, nullable=False),
        Column("late_fee", Text, nullable=False),
        Column("late_fee_rate", Money, nullable=False),
        Column("late_fee_grace", SmallInteger, nullable=False),
        Column("late_fee_every", SmallInteger, nullable=False),
        Column("late_fee_cap_percent", Money),
        Column("late_fee_cap_amount", Money),
        Column("charge_order", ARRAY(Text), nullable=False),
    ]


property_policies = Table(
    "property_policies",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("billing_day", SmallInteger),
    Column("grace_days", SmallInteger, nullable=False),
    Column("proration", Text, nullable=False),
    Column("rounding", Money, nullable=False),
    Column("refund", Text, nullable=False, server_default=text("'none'")),
    Column("basis", Text, nullable=False, server_default=text("'per_tenant'")),
    Column("late_fee", Text, nullable=False, server_default=text("'off'")),
    Column("late_fee_rate", Money, nullable=False, server_default=text("0")),
    Column("late_fee_grace", SmallInteger, nullable=False, server_default=text("0")),
    Column("late_fee_every", SmallInteger, nullable=False, server_default=text("1")),
    Column("late_fee_cap_percent", Money),
    Column("late_fee_cap_amount", Money),
    Column("charge_order", ARRAY(Text), nullable=False, server_default=text("'{rent,utilities,other,late_fee}'")),
    Column("event_id", BigInteger),
    actor(),
    created_at(),
)
