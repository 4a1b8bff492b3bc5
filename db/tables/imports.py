"""Imports, their rejected rows, what of them is still to do, and the fingerprints of what has been imported."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, LargeBinary, SmallInteger, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.tables.base import Instant, actor, created_at, identity, metadata

_count = text("0")

imports = Table(
    "imports",
    metadata,
    identity(),
    Column("kind", Text, nullable=False),
    Column("property_id", BigInteger, ForeignKey("properties.id")),
    Column("file_name", Text, nullable=False),
    Column("file_hash", Text, nullable=False),
    Column("options", JSONB, nullable=False, server_default=text("'{}'")),
    Column("state", Text, nullable=False, server_default=text("'queued'")),
    Column("rows_total", BigInteger, nullable=False, server_default=_count),
    Column("rows_applied", BigInteger, nullable=False, server_default=_count),
    Column("rows_skipped", BigInteger, nullable=False, server_default=_count),
    Column("rows_rejected", BigInteger, nullable=False, server_default=_count),
    Column("position", BigInteger, nullable=False, server_default=_count),
    Column("failure", JSONB),
    actor(),
    created_at(),
    Column("finished_at", Instant),
    Column("worked_at", Instant),
)

import_errors = Table(
    "import_errors",
    metadata,
    Column("import_id", BigInteger, ForeignKey("imports.id"), primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("column_name", Text, primary_key=True, server_default=text("''")),
    Column("code", Text, nullable=False),
    Column("fields", JSONB, nullable=False, server_default=text("'{}'")),
    Column("value", Text, nullable=False, server_default=text("''")),
    Column("raw", JSONB, nullable=False, server_default=text("'{}'")),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("import_id", BigInteger, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("entry_id", BigInteger, nullable=False),
)

import_chunks = Table(
    "import_chunks",
    metadata,
    Column("import_id", BigInteger, ForeignKey("imports.id"), primary_key=True),
    Column("part", SmallInteger, primary_key=True),
    Column("first_row", BigInteger, primary_key=True),
    Column("last_row", BigInteger, nullable=False),
    Column("partitions", ARRAY(Date)),
)
