"""Who may do what: the login roles of people, and which properties they see."""

from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from db.tables.base import actor, created_at, metadata

logins = Table(
    "logins",
    metadata,
    Column("role_name", Text, primary_key=True),
    Column("grade", Text, nullable=False),
    # None: all properties, those of tomorrow too.
    Column("property_ids", ARRAY(BigInteger)),
    actor(),
    created_at(),
)
