"""Properties, rooms and tenants."""

from sqlalchemy import BigInteger, Column, Computed, Date, ForeignKey, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.tables.base import Instant, Money, created_at, identity, metadata, version

properties = Table(
    "properties",
    metadata,
    identity(),
    Column("code", Text(collation="C"), nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text),
    Column("currency", Text, nullable=False, server_default=text("'IDR'")),
    Column("timezone", Text, nullable=False, server_default=text("'Asia/Jakarta'")),
    Column("billing_day", SmallInteger),
    Column("grace_days", SmallInteger, nullable=False, server_default=text("0")),
    Column("proration", Text, nullable=False, server_default=text("'daily'")),
    Column("rounding", Money, nullable=False, server_default=text("1")),
    Column("reminder_stages", ARRAY(SmallInteger), nullable=False, server_default=text("'{-3,0,1,3,7}'")),
    Column("pay_to", Text),
    Column("greeting", Text, nullable=False, server_default=text("'none'")),
    Column("place", Text),
    Column("signatory", Text),
    Column("language", Text),
    version(),
    created_at(),
    Column("archived_at", Instant),
    Column("search_text", Text, Computed("' ' || folded(code || ' ' || name)", persisted=True), nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("number", Text(collation="C"), nullable=False),
    Column(
        "number_key",
        Text(collation="C"),
        Computed(
            r"regexp_replace(regexp_replace(number, '([0-9]+)', '0000000000000000\1', 'g'),"
            r" '0*([0-9]{16})', '\1', 'g')",
            persisted=True,
        ),
        nullable=False,
    ),
    Column("room_type", Text),
    Column("monthly_rent", Money, nullable=False),
    Column("capacity", SmallInteger, nullable=False, server_default=text("1")),
    Column("basis", Text, nullable=False, server_default=text("'per_tenant'")),
    Column("status", Text, nullable=False, server_default=text("'available'")),
    Column("status_on", Date, nullable=False, server_default=text("current_date")),
    version(),
    created_at(),
    Column("deleted_at", Instant),
)

tenants = Table(
    "tenants",
    metadata,
    identity(),
    Column("property_id", BigInteger, ForeignKey("properties.id"), nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text(collation="C"), Computed("lower(name)", persisted=True), nullable=False),
    Column("phone", Text),
    Column("email", Text),
    Column("national_id", Text),
    Column("emergency_name", Text),
    Column("emergency_phone", Text),
    Column("language", Text),
    Column("search_rooms", Text, nullable=False, server_default=text("''")),
    Column("search_name", Text(collation="C"), Computed("folded(name)", persisted=True), nullable=False),
    Column(
        "search_text",
        Text,
        Computed(
            "' ' || folded(name || ' ' || code || ' ' || coalesce(phone, '') || ' ' || coalesce(email, '')"
            " || ' ' || search_rooms)",
            persisted=True,
        ),
        nullable=False,
    ),
    Column("event_seq", BigInteger, nullable=False, server_default=text("0")),
    version(),
    created_at(),
    Column("deleted_at", Instant),
)
