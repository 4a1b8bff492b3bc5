"""Fill new partitions with the rows of an import, then attach them: all in one transaction, the locks at its end.

What everybody needs is held only while the partitions are attached, for about a second. It is never waited for while
something else is held, so nobody who records a payment meanwhile can be drawn into a deadlock.
"""

import random
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ARRAY, BigInteger, Connection, Date, bindparam, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from db.engine import sqlstate
from db.events import reserve_event
from db.repositories.imports import ImportRow
from db.services.imports import chunks
from db.services.imports.chunks import Chunk, Span
from db.services.imports.months import Partition
from db.services.imports.payments import tell
from db.services.imports.sorting import create_rows

# How often it is tried to find everything free, and the longest pause in between, in seconds.
TRIES = 20
PAUSE = 0.3
_LOCKED = ("55P03", "40P01")


class LoadRefusedError(Exception):
    """A partition is there by now, or what it takes is never free: the rows of `span` have to go the ordinary way."""

    def __init__(self, span: Span) -> None:
        super().__init__(span.part)
        self.span = span


class Told(NamedTuple):
    """What an event tells: so many rows of the amount between two lines of the file."""

    event_id: int
    first_line: int
    last_line: int
    rows: int
    amount: Decimal


# Straight from the stage: what comes in whole needs no table to go on from.
_FETCH = """
create temporary table import_load on commit drop as
select r.*, nextval('payments_id_seq') as entry_id from ({rows}) r
"""

_CLAIM = text("""
insert into import_rows (fingerprint, import_id, line, entry_id)
select fingerprint, :import_id, line, entry_id from import_load order by fingerprint
""")

# One event for each piece of the usual size: whoever works the balances out takes one at a time.
_FILL = """
insert into {child} (id, property_id, tenant_id, payment_date, amount, method, reference, note, import_id, event_id)
select entry_id, property_id, tenant_id, payment_date, amount, method, reference, note, :import_id,
       (cast(:events as bigint[]))[1 + (position - 1) / :size]
  from import_load where payment_date >= :first and payment_date < :after
"""

_TOLD = text("""
select (cast(:events as bigint[]))[1 + (position - 1) / :size] as event_id, min(line), max(line), count(*), sum(amount)
  from import_load group by 1 order by 1
""").bindparams(bindparam("size", type_=BigInteger))

# What each tenant has paid goes to the balances by the same trigger as any payment.
_SUM = """
create temporary table import_paid on commit drop as
select tenant_id, min(payment_date) as payment_date, sum(amount) as amount from import_load group by tenant_id;
create temporary table import_paying (like import_paid) on commit drop;
create trigger balances_add_payments after insert on import_paying
  referencing new table as inserted for each statement execute function balances_add_payments();
analyze import_paid
"""

_MISSING = text("""
select distinct p.name, p.first, p.after from unnest(:days) day cross join lateral partition_for('payments', day) p
 where not p.there order by p.first
""").bindparams(bindparam("days", type_=ARRAY(Date)))

_ADVISORY = text("select pg_try_advisory_xact_lock(hashtext('ensure_partition'))")

_FREE_BALANCES = text("""
select count(*) = (select count(*) from import_paid)
  from (select from balances where tenant_id in (select tenant_id from import_paid)
         order by tenant_id for no key update skip locked) held
""")


def load(conn: Connection, row: ImportRow, span: Span) -> Chunk:
    """Post a part as whole partitions. Raises LoadRefusedError."""
    new = _missing(conn, span)
    rows = _fetch(conn, row, span)
    events = {"events": [reserve_event(conn) for _ in range(0, rows, chunks.SIZE)], "size": chunks.SIZE}
    for part in new:
        _fill(conn, row, part, events)
    conn.exec_driver_sql(_SUM)
    _attach_when_free(conn, row, span, new)
    for told in map(Told._make, conn.execute(_TOLD, events)):
        tell(conn, row, *told)
    return Chunk(rows, applied=rows)


def _missing(conn: Connection, span: Span) -> Sequence[Partition]:
    """The partitions to make: all of the span, or none of them."""
    days = span.partitions or []
    new = [Partition._make(found) for found in conn.execute(_MISSING, {"days": days})]
    if len(new) < len(days):
        raise LoadRefusedError(span)
    return new


def _fetch(conn: Connection, row: ImportRow, span: Span) -> int:
    """Put the rows into the temporary table `import_load`; how many they are. A known one would have a partition."""
    rows = create_rows(conn, row, span.part, _FETCH)
    try:
        conn.execute(_CLAIM, {"import_id": row.id})
    except IntegrityError:
        raise LoadRefusedError(span) from None
    return rows


def _fill(conn: Connection, row: ImportRow, part: Partition, events: Mapping[str, object]) -> None:
    child = _child(row, part)
    conn.exec_driver_sql(f"create table {child} (like payments including defaults including constraints)")
    values = {"import_id": row.id, "first": part.first, "after": part.after, **events}
    conn.execute(text(_FILL.format(child=child)).bindparams(bindparam("size", type_=BigInteger)), values)
    conn.execute(text("select index_like('payments', :child)"), {"child": child})


def _child(row: ImportRow, part: Partition) -> str:
    return f"import_load_{row.id}_{part.name.removeprefix('payments_')}"


def _attach_when_free(conn: Connection, row: ImportRow, span: Span, new: Sequence[Partition]) -> None:
    """Attach them as soon as nobody holds what that takes. Raises LoadRefusedError when it never is."""
    for _ in range(TRIES):
        try:
            with conn.begin_nested() as moment:
                if _held(conn, span):
                    _attach(conn, row, new)
                    return
                moment.rollback()
        except DBAPIError as error:
            if sqlstate(error) not in _LOCKED:
                raise
        time.sleep(random.uniform(0, PAUSE))  # noqa: S311 - only so that two do not keep step
    raise LoadRefusedError(span)


def _held(conn: Connection, span: Span) -> bool:
    """Take everything, the first while nothing else is held, the rest at once or not at all."""
    conn.exec_driver_sql("set local lock_timeout = '1s'; lock table payments_default in access exclusive mode")
    if not conn.execute(_ADVISORY).scalar():
        return False
    _missing(conn, span)
    # Writers of tenants; those who only look a tenant up as their key go on.
    conn.exec_driver_sql("set local lock_timeout = '250ms'; lock table tenants in share row exclusive mode")
    return bool(conn.execute(_FREE_BALANCES).scalar())


def _attach(conn: Connection, row: ImportRow, new: Sequence[Partition]) -> None:
    conn.exec_driver_sql("insert into import_paying select * from import_paid order by tenant_id")
    for part in new:
        names = {"child": _child(row, part), "name": part.name, "first": part.first, "after": part.after}
        conn.execute(text("select attach_partition('payments', :child, :name, :first, :after)"), names)
