"""The balance consumer: whatever changed a tenant's ledger, the balance is worked out anew and told.

Working it out again changes nothing, so an event that is delivered twice has one effect.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from db import outbox
from db.engine import Database
from db.events import Event, append_many
from db.outbox import Delivery
from db.services.balances import calculate, tell
from db.services.holding import in_chunks, lock_free

# Told once a batch, for screens that show balances.
CHANNEL = "ekost_balances"

_IDS = bindparam("event_ids", type_=ARRAY(BigInteger))
_CONCERNED = """
select event_id, tenant_id from payments where event_id = any (:event_ids)
union
select event_id, tenant_id from charges where event_id = any (:event_ids)
"""
_TENANTS = text(f"select distinct tenant_id from ({_CONCERNED}) c").bindparams(_IDS)  # noqa: S608
_COUNTS = text(f"select event_id, count(*) from ({_CONCERNED}) c group by event_id").bindparams(_IDS)  # noqa: S608


class _GoneError(Exception):
    """Somebody else has taken the deliveries over."""


def deliver(conn: Connection, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
    """Work out the tenants concerned, and tell it; returns the deliveries of tenants that are in use just now.

    One BalanceCalculated a tenant, however many of its events are in the batch. An event of many tenants is told as
    one BalancesCalculated: fifty thousand rows of an import would otherwise bury every other event.
    """
    wide = [delivery for delivery in deliveries if delivery.tenant_id is None]
    in_use = _deliver_narrow(conn, [delivery for delivery in deliveries if delivery.tenant_id is not None])
    if wide:
        concerned = _tenants_of(conn, wide)
        free = lock_free(conn, concerned)
        if len(free) < len(concerned):
            in_use += wide
        else:
            calculate(conn, free)
            conclude(conn, wide)
    _ring(conn)
    return in_use


def work_ahead(database: Database, deliveries: Sequence[Delivery], between: Callable[[], object]) -> None:
    """Work out all tenants that these events concern, a bounded transaction at a time, with a call in between.

    Stops when the deliveries have gone to somebody else. Raises DatabaseBusyError when tenants stay in use.
    """
    with database.reading() as conn:
        concerned = _tenants_of(conn, deliveries)

    def work(conn: Connection, tenant_ids: Sequence[int]) -> None:
        held = outbox.hold(conn, deliveries)
        if not held:
            raise _GoneError
        outbox.renew(conn, held)
        calculate(conn, tenant_ids)

    with suppress(_GoneError):
        in_chunks(database, work, tenant_ids=concerned, progress=lambda done, total: between())


def conclude(conn: Connection, deliveries: Sequence[Delivery]) -> None:
    """Tell that the balances which these events concern have been worked out: how many each."""
    ids = [delivery.event_id for delivery in deliveries]
    counts = {row[0]: row[1] for row in conn.execute(_COUNTS, {"event_ids": ids})}
    now = conn.execute(text("select to_jsonb(clock_timestamp())")).scalar_one()
    append_many(conn, [_told(event_id, counts.get(event_id, 0), now) for event_id in ids])
    _ring(conn)


def _deliver_narrow(conn: Connection, deliveries: Sequence[Delivery]) -> list[Delivery]:
    causes = [(delivery.tenant_id, delivery.event_id) for delivery in deliveries if delivery.tenant_id is not None]
    free = set(lock_free(conn, (tenant_id for tenant_id, _ in causes)))
    if free:
        calculate(conn, free)
        tell(conn, free, causes)
    return [delivery for delivery in deliveries if delivery.tenant_id not in free]


def _tenants_of(conn: Connection, deliveries: Sequence[Delivery]) -> Sequence[int]:
    ids = [delivery.event_id for delivery in deliveries]
    return conn.execute(_TENANTS, {"event_ids": ids}).scalars().all()


def _told(event_id: int, count: int, now: str) -> Event:
    payload = {"eventId": event_id, "count": count, "calculatedAt": now}
    return Event("BalancesCalculated", "event", event_id, payload)


def _ring(conn: Connection) -> None:
    conn.execute(text("select pg_notify(:channel, '')"), {"channel": CHANNEL})
