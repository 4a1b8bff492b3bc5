"""Totals at the end of months, and balances that were found wrong."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Table

from db.tables.base import Instant, Total, created_at, identity, metadata

balance_closings = Table(
    "balance_closings",
    metadata,
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), primary_key=True),
    Column("closed_on", Date, primary_key=True),
    Column("total_charges", Total, nullable=False),
    Column("total_payments", Total, nullable=False),
    created_at(),
)

balance_drifts = Table(
    "balance_drifts",
    metadata,
    identity(),
    Column("tenant_id", BigInteger, ForeignKey("tenants.id"), nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("charges", Total, nullable=False),
    Column("payments", Total, nullable=False),
    Column("deposit", Total, nullable=False),
)
