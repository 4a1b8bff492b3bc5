"""Partitions that were detached: which they are, and who asks for what only their rows could tell."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.engine import PartitionDetachedError


class Detached(NamedTuple):
    """A partition of `parent` with the days from `first` to the one before `after`; its table is now `kept_as`.

    `here`: that table is still in the database.
    """

    name: str
    parent: str
    first: date
    after: date
    rows: int
    kept_as: str
    event_id: int
    here: bool


_ALL = text("""
select name, parent, first, after, rows, kept_as, event_id, to_regclass(kept_as) is not null as here
  from detached_partitions order by parent, first
""")


def detached_partitions(conn: Connection, parent: str | None = None) -> list[Detached]:
    """All of them, or those of one table."""
    found = [Detached._make(row) for row in conn.execute(_ALL)]
    return [one for one in found if parent in (None, one.parent)]


def require_attached(conn: Connection, parent: str, day: date) -> None:
    """Raise PartitionDetachedError where a question about the end of `day` needs rows that are detached.

    On the last day of a partition its sums answer it.
    """
    for one in detached_partitions(conn, parent):
        if one.first <= day < one.after - timedelta(days=1):
            raise PartitionDetachedError(name=one.name)


def require_payment_attached(conn: Connection, payment_id: int, event_id: int | None = None) -> None:
    """Raise PartitionDetachedError for a payment that was detached, or one (of `event_id`) that stands for others."""
    for one in detached_partitions(conn, "payments"):
        if one.event_id == event_id or (event_id is None and one.here and _holds(conn, one, "id", payment_id)):
            raise PartitionDetachedError(name=one.name)


def require_import_attached(conn: Connection, import_id: int) -> None:
    """Raise PartitionDetachedError where payments of an import are detached, or can't be looked for any more."""
    made = text("select created_at < (select detached_at from detached_partitions where name = :name)"
                " from imports where id = :id")  # fmt: skip
    for one in detached_partitions(conn, "payments"):
        if one.here:
            affected = _holds(conn, one, "import_id", import_id)
        else:
            affected = bool(conn.execute(made, {"name": one.name, "id": import_id}).scalar())
        if affected:
            raise PartitionDetachedError(name=one.name)


def whole(sql: str, detached: Sequence[Detached]) -> str:
    """A query of payments or the audit in which the detached rows are there again, and what stands for them is not."""
    parts = []
    for parent in sorted({one.parent for one in detached}):
        mine = [one for one in detached if one.parent == parent]
        standing = ", ".join(f"'{one.name}'::regclass" for one in mine)
        columns = _COLUMNS[parent]
        rows = [f"select {columns} from {parent} where tableoid not in ({standing})"]  # noqa: S608 - names of our tables
        rows += [f"select {columns} from {one.kept_as}" for one in mine]  # noqa: S608
        parts.append(f"{parent} as ({' union all '.join(rows)})")
    if not parts:
        return sql
    lines = sql.splitlines()
    while lines and lines[0].startswith("--"):
        del lines[0]
    rest = "\n".join(lines)
    return f"with {', '.join(parts)}" + (f", {rest[5:]}" if rest.startswith("with ") else f"\n{rest}")


_COLUMNS = {
    "payments": "id, property_id, tenant_id, payment_date, amount, method, reference, note, import_id, reverses_id,"
    " event_id, actor, created_at",
    "audit_log": "position, event_id, occurred_at, recorded_at, operation, entity_type, entity_id, property_id,"
    " tenant_id, actor, before, after, details, previous_hash, hash",
}


def _holds(conn: Connection, one: Detached, column: str, value: int) -> bool:
    query = f"select exists (select from {one.kept_as} where {column} = :value)"  # noqa: S608 - names of our tables
    return bool(conn.execute(text(query), {"value": value}).scalar_one())
