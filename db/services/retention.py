"""Old partitions leave the book, or come back: payments once they are closed, the audit once it is sealed and old.

Nothing is deleted: a partition becomes a table of its own, which may be written to an archive and dropped by hand.
"""

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.engine import Database, PartitionDetachedError
from db.errors import N_, NotFoundError, RuleError
from db.events import Event, append, reserve_event
from db.repositories.audit import CANONICAL
from db.repositories.detached import Detached, detached_partitions
from db.repositories.partitions import PartitionRow, Partitions
from db.services.holding import Progress, ignore
from db.services.partitions import GIVE_WAY

# Millions of rows take their time, but nobody waits for us that long.
_PATIENCE = f"set local statement_timeout = 0; set local lock_timeout = {GIVE_WAY}"
DETACHABLE = ("payments", "audit_log")


class PartitionNotFoundError(NotFoundError):
    """No partition has this name, and no detached one."""

    code = "partition_not_found"
    message = N_("There is no partition {name}.")
    hint = N_("`ekost db partitions` shows them.")


class PartitionNeededError(RuleError):
    """Events, and the net for what has no partition, are never detached."""

    code = "partition_needed"
    message = N_("{name} can't be detached: charges name its events, and they stay.")
    hint = N_("Payments and the audit can be: `ekost db partitions`.")


class PartitionYoungError(RuleError):
    """Lists and reports read it every day."""

    code = "partition_young"
    message = N_("{name} is too young to be detached.")
    hint = N_("Whole years can be, before the last one; `ekost db fold` makes a year of its months.")


class PartitionNotClosedError(RuleError):
    """The closing that is to stand for it is missing."""

    code = "partition_not_closed"
    message = N_("{name} is not closed: {count} tenants have no closing since its last day.")
    hint = N_("`ekost worker` closes every month on the second day after it.")


class AuditUnsealedError(RuleError):
    """What would be cut off is not whole, or not there yet."""

    code = "audit_unsealed"
    message = N_("{name} can't be cut off: {count} of its rows are altered or still to come.")
    hint = N_("`ekost audit verify` shows what is wrong with the audit.")


class PartitionThereError(RuleError):
    """It is in the book already."""

    code = "partition_there"
    message = N_("{name} is not detached.")


class PartitionGoneError(RuleError):
    """The table was moved elsewhere, or is not what was detached."""

    code = "partition_gone"
    message = N_("{name} can't be attached: the table {table} with its {rows} rows is not there.")
    hint = N_("Restore it from the archive under this name, then try again.")


class Moved(NamedTuple):
    """A partition that was detached or attached again, how many rows it has, and the table that holds them."""

    name: str
    rows: int
    table: str


_UNCLOSED = """
select count(*) from (select distinct tenant_id from {name}) t
 where not exists (select from balance_closings c where c.tenant_id = t.tenant_id and c.closed_on >= :last)
"""
_UNSEALED = """
select (select count(*) from {name} where sha256(previous_hash || {canonical}) <> hash)
     + (select count(*) from deliveries
         where consumer = 'audit' and state <> 'done' and event_at < cast(:after as timestamp) at time zone 'UTC')
"""


def find_partitions(conn: Connection, ref: str) -> list[PartitionRow]:
    """The partitions that `ref` names: one by its name, of a year those of payments and audit.

    Raises PartitionNotFoundError, PartitionDetachedError, PartitionNeededError.
    """
    wanted = [f"{parent}_{ref}" for parent in DETACHABLE] if ref.isascii() and ref.isdigit() else [ref.lower()]
    away = {one.name for one in detached_partitions(conn)}
    rows = [row for row in Partitions(conn).rows() if row.name in wanted and not row.detached]
    if not rows:
        raise PartitionNotFoundError(name=ref)
    there = [row for row in rows if row.name not in away]
    if not there:
        raise PartitionDetachedError(name=rows[0].name)
    for row in there:
        if row.table not in DETACHABLE or row.first is None:
            raise PartitionNeededError(name=row.name)
    return there


def detach(conn: Connection, row: PartitionRow) -> Moved:
    """Take a partition out of the book; its sums, or the hashes at its ends, stay. Told as PartitionDetached.

    Who reads it is waited for no longer than two seconds. Raises PartitionYoungError, PartitionNotClosedError,
    AuditUnsealedError, DatabaseBusyError.
    """
    first, after = row.first, row.after
    young = text("select cast(:after as date) > date_trunc('year', now() at time zone 'UTC' - interval '1 year')")
    if (
        first is None
        or after is None
        or (after - first).days < 365
        or conn.execute(young, {"after": after}).scalar_one()
    ):
        raise PartitionYoungError(name=row.name)
    conn.exec_driver_sql(_PATIENCE)
    # Nothing may come in between this look and the cut.
    conn.execute(text(f"lock table {row.name} in share mode"))
    _require_finished(conn, row, after)
    event_id = reserve_event(conn)
    cut = "detach_payments" if row.table == "payments" else "detach_audit"
    count = conn.execute(text(f"select {cut}(:name, :event)"), {"name": row.name, "event": event_id}).scalar_one()
    kept = f"detached_{row.name}"
    _tell(conn, "PartitionDetached", row.name, first, {"rows": count, "seals": _seals(conn, row.name)}, event_id)
    return Moved(row.name, count, kept)


def attach(conn: Connection, ref: str) -> Moved:
    """Bring a detached partition back, told as PartitionAttached. Raises PartitionNotFoundError, PartitionThereError,
    PartitionGoneError.
    """
    found = [one for one in detached_partitions(conn) if one.name == ref.lower()]
    if not found:
        there = any(row.name == ref.lower() for row in Partitions(conn).rows())
        raise PartitionThereError(name=ref.lower()) if there else PartitionNotFoundError(name=ref)
    one = found[0]
    if not one.here or _count(conn, one) != one.rows:
        raise PartitionGoneError(name=one.name, table=one.kept_as, rows=one.rows)
    conn.exec_driver_sql(_PATIENCE)
    conn.execute(text("select attach_again(:name)"), {"name": one.name})
    _tell(conn, "PartitionAttached", one.name, one.first, {"rows": one.rows}, reserve_event(conn))
    return Moved(one.name, one.rows, one.name)


def retain_audit(database: Database, years: int, today: date, *, progress: Progress = ignore) -> list[Moved]:
    """Detach the years of the audit of which every row is older than `years`; 0 keeps all. Raises as `detach`."""
    if not years:
        return []
    limit = today.replace(year=today.year - years, day=1)
    with database.reading() as conn:
        rows = [row for row in _years_of_audit(conn) if row.after is not None and row.after <= limit]
    moved = []
    for number, row in enumerate(rows):
        progress(number, len(rows))
        with database.transaction(statement_timeout_ms=0) as conn:
            moved.append(detach(conn, row))
    return moved


def _years_of_audit(conn: Connection) -> list[PartitionRow]:
    away = {one.name for one in detached_partitions(conn)}
    there = [row for row in Partitions(conn).rows() if row.table == "audit_log" and not row.detached]
    return [row for row in there if row.name not in away and row.first and row.after and _is_year(row.first, row.after)]


def _is_year(first: date, after: date) -> bool:
    return (after - first).days >= 365


def _require_finished(conn: Connection, row: PartitionRow, after: date) -> None:
    if row.table == "payments":
        count = conn.execute(text(_UNCLOSED.format(name=row.name)), {"last": after - timedelta(days=1)}).scalar_one()
        if count:
            raise PartitionNotClosedError(name=row.name, count=count)
    else:
        query = text(_UNSEALED.format(name=row.name, canonical=CANONICAL))
        count = conn.execute(query, {"after": after}).scalar_one()
        if count:
            raise AuditUnsealedError(name=row.name, count=count)


def _seals(conn: Connection, name: str) -> list[dict[str, object]]:
    """What of the audit was cut, for the event: whoever forged it later would have to forge the event too."""
    query = text("select first_position, last_position, encode(hash, 'hex') as hash from audit_cuts where name = :name"
                 " order by first_position")  # fmt: skip
    return [{"from": row.first_position, "until": row.last_position, "hash": row.hash}
            for row in conn.execute(query, {"name": name})]  # fmt: skip


def _tell(conn: Connection, kind: str, name: str, first: date, payload: dict[str, object], event_id: int) -> None:
    append(conn, Event(kind, "partition", first.year, {"name": name, **payload}), event_id=event_id)


def _count(conn: Connection, one: Detached) -> int:
    return int(conn.execute(text(f"select count(*) from {one.kept_as}")).scalar_one())  # noqa: S608 - our own name
