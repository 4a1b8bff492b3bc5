"""Facts in the past tense: what happened, told once, in the transaction that made it happen.

`append` also writes one delivery per consumer, so that no worker, queue or restart can lose a fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, Connection, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.policies import POLICIES

_MONEY_CONSUMERS = ("balances", "audit")
CONSUMERS: Mapping[str, tuple[str, ...]] = {
    "PaymentRecorded": _MONEY_CONSUMERS,
    "PaymentsImported": _MONEY_CONSUMERS,
    "PaymentsReversed": _MONEY_CONSUMERS,
    "ChargePosted": _MONEY_CONSUMERS,
    "ChargesPosted": _MONEY_CONSUMERS,
    "EntryReversed": _MONEY_CONSUMERS,
    "TenantAssigned": _MONEY_CONSUMERS,
    "TenantMoved": _MONEY_CONSUMERS,
    "TenantLeft": _MONEY_CONSUMERS,
    # Worked out from what has been audited already; whoever shows balances listens for them.
    "BalanceCalculated": (),
    "BalancesCalculated": (),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One fact. The payload holds JSON values; money as decimal strings, dates in ISO form."""

    type: str
    entity_type: str
    entity_id: int
    payload: Mapping[str, object]
    property_id: int | None = None
    tenant_id: int | None = None


_APPEND = text("""
with numbered as (
  update tenants set event_seq = event_seq + 1 where id = :tenant_id returning event_seq
), event as (
  insert into events (id, type, entity_type, entity_id, property_id, tenant_id, tenant_seq, payload)
  values (:id, :type, :entity_type, :entity_id, :property_id, :tenant_id,
          (select event_seq from numbered),
          cast(:payload as jsonb) || jsonb_build_object('timestamp', to_jsonb(now())))
  returning id, recorded_at
), delivered as (
  insert into deliveries (event_id, event_at, consumer, tenant_id, max_attempts)
  select event.id, event.recorded_at, c.consumer, :tenant_id, c.attempts
    from event, unnest(:consumers, :attempts) as c (consumer, attempts)
)
select id from event
""").bindparams(
    bindparam("id", type_=BigInteger),
    bindparam("tenant_id", type_=BigInteger),
    bindparam("property_id", type_=BigInteger),
    bindparam("payload", type_=JSONB),
    bindparam("consumers", type_=ARRAY(Text)),
    bindparam("attempts", type_=ARRAY(BigInteger)),
)


# The partition of the month is made here too: months may have passed since somebody let a day begin, and a row in
# the DEFAULT partition would keep its month from ever getting one of its own.
_RESERVE = text("select nextval('events_id_seq'), ensure_partition('events', (now() at time zone 'UTC')::date)")


def reserve_event(conn: Connection) -> int:
    """The id of an event to be appended: a ledger row names its event, and the event names the row."""
    return int(conn.execute(_RESERVE).scalar_one())


def append(conn: Connection, event: Event, *, event_id: int | None = None) -> int:
    """Write the event and its deliveries; the tenant's row gives it a gapless number. Returns its id."""
    consumers = CONSUMERS.get(event.type, ("audit",))
    values = {
        "id": reserve_event(conn) if event_id is None else event_id,
        "type": event.type,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "property_id": event.property_id,
        "tenant_id": event.tenant_id,
        "payload": {key: plain(value) for key, value in event.payload.items()},
        "consumers": list(consumers),
        "attempts": [POLICIES[consumer].attempts for consumer in consumers],
    }
    return int(conn.execute(_APPEND, values).scalar_one())


def plain(value: object) -> object:
    """A value as JSON keeps it without loss: money and dates as text."""
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value
