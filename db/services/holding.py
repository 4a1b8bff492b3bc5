"""Hold tenants with their balances, without ever standing in the way of a person for long.

Tenants are locked before balances and both in the order of their ids, like everywhere. Whatever is in use by another
transaction is passed over and taken up later, alone: nothing is held while waiting.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import BigInteger, Connection, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.engine import Database
from db.tables import balances

# So many tenants are held for one transaction: some tens of milliseconds.
CHUNK = 1000

# What is done to tenants that are held, in the transaction that holds them.
Work = Callable[[Connection, Sequence[int]], None]
# Called after each chunk with the tenants done and all of them.
Progress = Callable[[int, int], None]

IDS = bindparam("tenant_ids", type_=ARRAY(BigInteger))
_LOCKS = (
    "select id from tenants where id = any (:tenant_ids) order by id for no key update",
    "select tenant_id from balances where tenant_id = any (:tenant_ids) order by tenant_id for no key update",
)


def lock_free(conn: Connection, tenant_ids: Iterable[int]) -> list[int]:
    """Lock the tenants that no other transaction holds, and their balances; never waits. Returns their ids, sorted.

    In statements of their own: what a later one reads of the ledger of a locked tenant is all there is.
    """
    ids = sorted(set(tenant_ids))
    for lock in _LOCKS:
        ids = list(conn.execute(text(f"{lock} skip locked").bindparams(IDS), {"tenant_ids": ids}).scalars())
    return ids


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

    Raises DatabaseBusyError when somebody holds a tenant for too long; all others are done by then.
    """
    chosen = sorted(set(tenant_ids)) if tenant_ids is not None else None
    total = _count(database, property_id) if chosen is None else len(chosen)
    chunks = _chunks(database, property_id) if chosen is None else _slices(chosen)
    done, in_use = 0, []
    for ids in chunks:
        with database.transaction() as conn:
            free = lock_free(conn, ids)
            if free:
                work(conn, free)
        in_use += sorted(set(ids).difference(free))
        done += len(free)
        progress(done, total)
    for tenant_id in in_use:
        with database.transaction() as conn:
            for lock in _LOCKS:
                conn.execute(text(lock).bindparams(IDS), {"tenant_ids": [tenant_id]})
            work(conn, [tenant_id])
        done += 1
        progress(done, total)


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    there = iter(ids)
    while some := list(islice(there, CHUNK)):
        yield some


def _chunks(database: Database, property_id: int | None) -> Iterator[Sequence[int]]:
    """All tenants in the order of their ids; those that come in meanwhile have a balance that is right."""
    b, last = balances.c, 0
    while True:
        query = select(b.tenant_id).where(b.tenant_id > last).order_by(b.tenant_id).limit(CHUNK)
        if property_id is not None:
            query = query.where(b.property_id == property_id)
        with database.reading() as conn:
            ids = list(conn.execute(query).scalars())
        if not ids:
            return
        yield ids
        last = ids[-1]


def _count(database: Database, property_id: int | None) -> int:
    query = select(func.count()).select_from(balances)
    if property_id is not None:
        query = query.where(balances.c.property_id == property_id)
    with database.reading() as conn:
        return int(conn.execute(query).scalar_one())
