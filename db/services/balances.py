"""Balances worked out from the ledger.

The triggers keep the amounts and the services keep what is derived from them, in the transaction of every change.
Here both are worked out anew, for the workers, for `ekost balance refresh` and for every night: what is wrong after
all is put right, and counted.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from db.engine import Database
from db.events import append_selected, appending
from db.services.holding import IDS, Progress, all_tenants, ignore, in_chunks, lock_free

_RECALCULATE = text("select recalculate_balances(:tenant_ids)").bindparams(IDS)
# The balance as it is now, in the words of the event.
_TELL = appending(
    """
    select 'BalanceCalculated' as type, 'tenant' as entity_type, b.tenant_id as entity_id, b.property_id, b.tenant_id,
           b.tenant_id as place,
           jsonb_build_object('tenantId', b.tenant_id, 'outstandingBalance', b.outstanding_balance::text,
                              'calculatedAt', to_jsonb(b.calculated_at), 'version', b.version,
                              'eventIds', coalesce(c.event_ids, '[]')) as payload
      from balances b
      left join (select tenant_id, jsonb_agg(event_id order by event_id) as event_ids
                   from unnest(:concerned, :event_ids) c (tenant_id, event_id) group by tenant_id) c using (tenant_id)
     where b.tenant_id = any (:tenant_ids)
    """,
    *(bindparam(name, type_=ARRAY(BigInteger)) for name in ("tenant_ids", "concerned", "event_ids")),
)
_REFRESH = text("select * from refresh_balances(:tenant_ids)").bindparams(IDS)
_DROP_WRONG_CLOSINGS = text("""
delete from balance_closings c using closing_sums s
 where s.tenant_id = any (:tenant_ids) and (s.charged, s.paid) is distinct from (s.total_charges, s.total_payments)
   and c.tenant_id = s.tenant_id and c.closed_on = s.closed_on
""").bindparams(IDS)


class Found(NamedTuple):
    """A balance that is another one now: its amounts were `wrong`, or what derives from them has `changed`."""

    tenant_id: int
    wrong: bool
    changed: bool


class Refreshed(NamedTuple):
    """What a run found: balances worked out, amounts and standings put right, closings that were wrong."""

    balances: int = 0
    amounts: int = 0
    standings: int = 0
    closings: int = 0

    def plus(self, count: int, found: Sequence[Found], closings: int = 0) -> "Refreshed":
        """With another chunk."""
        amounts, standings = sum(one.wrong for one in found), sum(one.changed for one in found)
        return Refreshed(
            self.balances + count, self.amounts + amounts, self.standings + standings, self.closings + closings
        )


def recalculate(conn: Connection, tenant_ids: Iterable[int]) -> None:
    """Work out paid-through, oldest due date and status of these tenants from their ledger (R12, R13)."""
    ids = sorted(set(tenant_ids))
    if ids:
        conn.execute(_RECALCULATE, {"tenant_ids": ids})


def calculate(conn: Connection, tenant_ids: Iterable[int]) -> list[Found]:
    """Work out the balances of tenants that are held, from the last closing on; returns those that are others now.

    What was wrong is noted as drift.
    """
    return [Found._make(row) for row in conn.execute(_REFRESH, {"tenant_ids": list(tenant_ids)})]


def tell(conn: Connection, tenant_ids: Iterable[int], causes: Iterable[tuple[int, int]] = ()) -> int:
    """Append BalanceCalculated for each tenant. `causes`: tenants, and the events that made it necessary."""
    concerned, event_ids = tuple(zip(*causes, strict=True)) or ((), ())
    values = {"tenant_ids": list(tenant_ids), "concerned": list(concerned), "event_ids": list(event_ids)}
    return append_selected(conn, _TELL, ["BalanceCalculated"], values)


def refresh(
    database: Database,
    *,
    tenant_ids: Iterable[int] | None = None,
    property_id: int | None = None,
    progress: Progress = ignore,
) -> Refreshed:
    """Work out the balances of these tenants or of all, a chunk a transaction; those that were wrong are told.

    Raises DatabaseBusyError when somebody holds a tenant for too long; all others are done by then.
    """
    return _refresh(database, tenant_ids, property_id, progress, closings_too=False)


def refresh_within(
    conn: Connection, *, tenant_ids: Iterable[int] | None = None, property_id: int | None = None
) -> Refreshed:
    """The same in one transaction, for a dry run that is rolled back; who is in use is left out."""
    ids = conn.execute(all_tenants(property_id)).scalars() if tenant_ids is None else tenant_ids
    free = lock_free(conn, ids)
    return Refreshed().plus(len(free), calculate(conn, free))


def reconcile(database: Database, *, progress: Progress = ignore) -> Refreshed:
    """Compare every balance and every closing with the whole ledger, and put right what is wrong.

    Raises as `refresh`.
    """
    return _refresh(database, None, None, progress, closings_too=True)


def _refresh(
    database: Database,
    tenant_ids: Iterable[int] | None,
    property_id: int | None,
    progress: Progress,
    *,
    closings_too: bool,
) -> Refreshed:
    total = Refreshed()

    def work(conn: Connection, ids: Sequence[int]) -> None:
        nonlocal total
        # With no wrong closing left, the sum from the last one on is that of the whole ledger.
        dropped = conn.execute(_DROP_WRONG_CLOSINGS, {"tenant_ids": ids}).rowcount if closings_too else 0
        found = calculate(conn, ids)
        if found:
            tell(conn, [one.tenant_id for one in found])
        total = total.plus(len(ids), found, dropped)

    in_chunks(database, work, tenant_ids=tenant_ids, property_id=property_id, progress=progress)
    return total
