"""What banks say, and which payment or expense each line of it is."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from db.tables.base import Instant, Money, actor, created_at, identity, metadata


def _house() -> Column[int]:
    return Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False)


def _event() -> Column[int]:
    return Column("event_id", BigInteger, nullable=False)


def _account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["account_id", "property_id"], ["bank_accounts.id", "bank_accounts.property_id"])


bank_accounts = Table(
    "bank_accounts",
    metadata,
    identity(),
    _house(),
    Column("name", Text, nullable=False),
    Column("number", Text),
    _event(),
    actor(),
    created_at(),
    UniqueConstraint("id", "property_id"),
)

bank_statements = Table(
    "bank_statements",
    metadata,
    identity(),
    _house(),
    Column("account_id", BigInteger, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("period_start", Date),
    Column("period_end", Date),
    Column("opening", Money),
    Column("closing", Money),
    Column("lines_total", Integer, nullable=False),
    Column("lines_added", Integer, nullable=False),
    Column("asserted", Boolean),
    _event(),
    actor(),
    created_at(),
    _account(),
    UniqueConstraint("id", "property_id"),
)

bank_lines = Table(
    "bank_lines",
    metadata,
    identity(),
    _house(),
    Column("account_id", BigInteger, nullable=False),
    Column("statement_id", BigInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("amount", Money, nullable=False),
    Column("description", Text, nullable=False),
    Column("balance", Money),
    Column("fingerprint", LargeBinary, nullable=False),
    _event(),
    actor(),
    created_at(),
    _account(),
    ForeignKeyConstraint(["statement_id", "property_id"], ["bank_statements.id", "bank_statements.property_id"]),
    UniqueConstraint("account_id", "fingerprint"),
)

bank_matches = Table(
    "bank_matches",
    metadata,
    identity(),
    _house(),
    Column("line_id", BigInteger, ForeignKey("bank_lines.id"), nullable=False),
    Column("turn", Integer, nullable=False),
    Column("entry_turn", Integer),
    Column("payment_id", BigInteger),
    Column("expense_id", BigInteger, ForeignKey("expenses.id")),
    Column("ignored", Text),
    Column("made", Boolean, nullable=False),
    _event(),
    actor(),
    created_at(),
    UniqueConstraint("line_id", "turn"),
    UniqueConstraint("payment_id", "entry_turn"),
    UniqueConstraint("expense_id", "entry_turn"),
)

bank_match_voids = Table(
    "bank_match_voids",
    metadata,
    Column("match_id", BigInteger, ForeignKey("bank_matches.id"), primary_key=True),
    _house(),
    Column("reason", Text, nullable=False),
    _event(),
    actor(),
    created_at(),
)

bank_rules = Table(
    "bank_rules",
    metadata,
    identity(),
    _house(),
    Column("pattern", Text, nullable=False),
    Column("tenant_id", BigInteger),
    Column("category", Text),
    Column("ignored", Text),
    Column("learned", Boolean, nullable=False, server_default=text("false")),
    actor(),
    created_at(),
    ForeignKeyConstraint(["tenant_id", "property_id"], ["tenants.id", "tenants.property_id"]),
    UniqueConstraint("property_id", "pattern"),
)

# The matches that stand; a view.
bank_living = Table(
    "bank_living",
    MetaData(),
    Column("id", BigInteger),
    Column("property_id", BigInteger),
    Column("line_id", BigInteger),
    Column("payment_id", BigInteger),
    Column("expense_id", BigInteger),
    Column("ignored", Text),
    Column("made", Boolean),
    Column("actor", Text),
    Column("created_at", Instant),
)
