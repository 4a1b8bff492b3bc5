"""Hold tenants with their balances, without ever standing in the way of a person for long.

Tenants are locked before balances and both in the order of their ids, like everywhere. Whatever is in use by another
transaction is passed over and taken up later: nobody ever waits for a lock here, so nobody waits crosswise.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import BigInteger, Connection, Select, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.engine import Database, DatabaseBusyError
from db.tables import tenants

# Seconds: how long to wait for tenants that are in use, and between two looks.
PATIENCE, PAUSE = 10.0, 0.05
# So many tenants are held for one transaction: some tens of milliseconds.
CHUNK = 1000

# What is done to tenants that are held, in the transaction that holds them.
Work = Callable[[Connection, Sequence[int]], None]
# Called after each chunk with the tenants done and all of them.
Progress = Callable[[int, int], object]

IDS = bindparam("tenant_ids", type_=ARRAY(BigInteger))
_LOCK_TENANTS = text("""
select id from tenants where id = any (:tenant_ids) order by id for no key update skip locked
""").bindparams(IDS)
_LOCK_BALANCES = text("""
select tenant_id from balances where tenant_id = any (:tenant_ids) order by tenant_id for no key update skip locked
""").bindparams(IDS)
# A balance that somebody has deleted is drift like any other.
_ADD_BALANCES = text("""
insert into balances (tenant_id, property_id) select id, property_id from tenants where id = any (:tenant_ids)
on conflict do nothing returning tenant_id
""").bindparams(IDS)


def lock_free(conn: Connection, tenant_ids: Iterable[int]) -> list[int]:
    """Lock the tenants that no other transaction holds, and their balances; never waits. Returns their ids, sorted.

    In statements of their own: what a later one reads of the ledger of a locked tenant is all there is.
    """
    wanted = sorted(set(tenant_ids))
    ids = list(conn.execute(_LOCK_TENANTS, {"tenant_ids": wanted}).scalars())
    free = list(conn.execute(_LOCK_BALANCES, {"tenant_ids": ids}).scalars())
    if len(free) < len(ids):
        missing = sorted(set(ids).difference(free))
        free += conn.execute(_ADD_BALANCES, {"tenant_ids": missing}).scalars()
    return sorted(free)


def ignore(done: int, total: int) -> None:
    """A progress that nobody watches."""


def in_chunks(
    database: Database,
    work: Work,
    *,
    tenant_ids: Iterable[int] | None = None,
    property_id: int | None = None,
    progress: Progress = ignore,
) -> None:
    """Do `work` to these tenants or to all, a chunk a transaction; what was done stays when a later one fails.

    Raises DatabaseBusyError when somebody holds a tenant for longer than 10 seconds; all others are done by then.
    """
    chosen = sorted(set(tenant_ids)) if tenant_ids is not None else None
    total = _count(database, property_id) if chosen is None else len(chosen)
    chunks = _chunks(database, property_id) if chosen is None else _slices(chosen)
    done, in_use = 0, set[int]()
    for ids in chunks:
        free = _hold_and(database, work, ids)
        in_use |= set(ids).difference(free)
        done += len(free)
        progress(done, total)
    patience = time.monotonic() + PATIENCE
    while in_use:
        free = _hold_and(database, work, sorted(in_use)[:CHUNK])
        in_use.difference_update(free)
        done += len(free)
        progress(done, total)
        if not free:
            if time.monotonic() > patience:
                raise DatabaseBusyError
            time.sleep(PAUSE)


def _hold_and(database: Database, work: Work, ids: Sequence[int]) -> Sequence[int]:
    with database.transaction() as conn:
        free = lock_free(conn, ids)
        if free:
            work(conn, free)
    return free


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    there = iter(ids)
    while some := list(islice(there, CHUNK)):
        yield some


def _chunks(database: Database, property_id: int | None) -> Iterator[Sequence[int]]:
    """All tenants in the order of their ids; those that come in meanwhile have a balance that is right."""
    last = 0
    while True:
        query = all_tenants(property_id).where(tenants.c.id > last).order_by(tenants.c.id).limit(CHUNK)
        with database.reading() as conn:
            ids = list(conn.execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _count(database: Database, property_id: int | None) -> int:
    with database.reading() as conn:
        return int(conn.execute(select(func.count()).select_from(all_tenants(property_id).subquery())).scalar_one())


def all_tenants(property_id: int | None) -> Select[int]:
    """The ids of all tenants, or of those of a property, whether archived or not."""
    query = select(tenants.c.id)
    return query if property_id is None else query.where(tenants.c.property_id == property_id)
