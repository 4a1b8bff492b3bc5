"""Balances worked out from the ledger.

The triggers keep the amounts and the services keep what is derived from them, in the transaction of every change.
Here both are worked out anew, for the workers, for `ekost balance refresh` and for every night: what is wrong after
all is put right, and counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, text

from db.engine import Database
from db.events import Event, append_many
from db.services.holding import IDS, Progress, all_tenants, ignore, in_chunks, lock_free

_RECALCULATE = text("select recalculate_balances(:tenant_ids)").bindparams(IDS)
_REFRESH = text("select * from refresh_balances(:tenant_ids)").bindparams(IDS)
_DROP_WRONG_CLOSINGS = text("""
delete from balance_closings c using closing_sums s
 where s.tenant_id = any (:tenant_ids) and (s.charged, s.paid) is distinct from (s.total_charges, s.total_payments)
   and c.tenant_id = s.tenant_id and c.closed_on = s.closed_on
""").bindparams(IDS)


class Calculated(NamedTuple):
    """A balance just worked out: whether the amounts were `wrong`, and whether what derives from them `changed`."""

    tenant_id: int
    property_id: int
    outstanding_balance: Decimal
    calculated_at: datetime
    version: int
    wrong: bool
    changed: bool


class Refreshed(NamedTuple):
    """What a run found: balances worked out, amounts and standings put right, closings that were wrong."""

    balances: int = 0
    amounts: int = 0
    standings: int = 0
    closings: int = 0

    def plus(self, found: Sequence[Calculated], closings: int) -> "Refreshed":
        """With another chunk."""
        amounts, standings = sum(one.wrong for one in found), sum(one.changed for one in found)
        return Refreshed(
            self.balances + len(found), self.amounts + amounts, self.standings + standings, self.closings + closings
        )


def recalculate(conn: Connection, tenant_ids: Iterable[int]) -> None:
    """Work out paid-through, oldest due date and status of these tenants from their ledger (R12, R13)."""
    ids = sorted(set(tenant_ids))
    if ids:
        conn.execute(_RECALCULATE, {"tenant_ids": ids})


def calculate(conn: Connection, tenant_ids: Iterable[int]) -> list[Calculated]:
    """Work out the balances of tenants that are held, from the last closing on; what was wrong is noted as drift."""
    return [Calculated._make(row) for row in conn.execute(_REFRESH, {"tenant_ids": list(tenant_ids)})]


def tell(conn: Connection, found: Iterable[Calculated], causes: Mapping[int, Sequence[int]]) -> int:
    """Append BalanceCalculated for each, with the ids of the events that made it necessary. Returns how many."""
    return append_many(conn, [_calculated(one, causes.get(one.tenant_id, ())) for one in found])


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
    return Refreshed().plus(calculate(conn, lock_free(conn, ids)), 0)


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
        tell(conn, [one for one in found if one.wrong or one.changed], {})
        total = total.plus(found, dropped)

    in_chunks(database, work, tenant_ids=tenant_ids, property_id=property_id, progress=progress)
    return total


def _calculated(one: Calculated, event_ids: Sequence[int]) -> Event:
    payload = {
        "tenantId": one.tenant_id,
        "outstandingBalance": one.outstanding_balance,
        "calculatedAt": one.calculated_at.astimezone(UTC).isoformat(),
        "version": one.version,
        "eventIds": list(event_ids),
    }
    return Event("BalanceCalculated", "tenant", one.tenant_id, payload, one.property_id, one.tenant_id)
