"""The balance consumer: whatever changed a tenant's ledger, the balance is worked out anew and told.

Working it out again changes nothing, so an event that is delivered twice has one effect.
"""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import Connection, text

from db.events import Event, append_many
from db.outbox import Delivery
from db.services.balances import calculate, tell
from db.services.holding import lock_free

CHANNEL = "ekost_balances"

_TENANTS_OF = text("""
select tenant_id from payments where event_id = :event_id
union
select tenant_id from charges where event_id = :event_id
""")


def deliver(conn: Connection, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
    """Recalculate the tenants concerned, and tell it; returns the deliveries of tenants that are in use just now.

    One BalanceCalculated a tenant, however many of its events are in the batch. An event of many tenants is told
    as one BalancesCalculated: fifty thousand rows of an import would otherwise bury every other event.
    """
    many = [delivery for delivery in deliveries if delivery.tenant_id is None]
    in_use = _deliver_single(conn, [delivery for delivery in deliveries if delivery.tenant_id is not None])
    for delivery in many:
        _deliver_set(conn, delivery)
    conn.execute(text("select pg_notify(:channel, '')"), {"channel": CHANNEL})
    return in_use


def _deliver_single(conn: Connection, deliveries: Sequence[Delivery]) -> list[Delivery]:
    causes: defaultdict[int, list[int]] = defaultdict(list)
    for delivery in deliveries:
        causes[delivery.tenant_id or 0].append(delivery.event_id)
    free = set(lock_free(conn, causes))
    tell(conn, calculate(conn, free), causes)
    return [delivery for delivery in deliveries if delivery.tenant_id not in free]


def _deliver_set(conn: Connection, delivery: Delivery) -> None:
    tenant_ids = conn.execute(_TENANTS_OF, {"event_id": delivery.event_id}).scalars().all()
    calculate(conn, lock_free(conn, tenant_ids))
    payload = {"eventId": delivery.event_id, "count": len(tenant_ids)}
    append_many(conn, [Event("BalancesCalculated", "event", delivery.event_id, payload)])
