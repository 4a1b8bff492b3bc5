"""Facts in the past tense: what happened, told once, in the transaction that made it happen.

`append` also writes one delivery per consumer, so that no worker, queue or restart can lose a fact.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Connection, Text, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from db.policies import POLICIES
from db.writes import note_event, note_type

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
select id, append_event(id, :type, :entity_type, :entity_id, :property_id, :tenant_id, :payload) as recorded_at
  from (select coalesce(:id, reserve_event()) as id) event
""").bindparams(
    *(bindparam(name, type_=BigInteger) for name in ("id", "entity_id", "property_id", "tenant_id")),
    *(bindparam(name, type_=Text) for name in ("type", "entity_type")),
    bindparam("payload", type_=JSONB),
)


def reserve_event(conn: Connection) -> int:
    """The id of an event to be appended: a ledger row names its event, and the event names the row."""
    return int(conn.execute(text("select reserve_event()")).scalar_one())


def append(conn: Connection, event: Event, *, event_id: int | None = None) -> int:
    """Write the event and its deliveries; the tenant's row gives it a gapless number. Returns its id."""
    values = {
        "id": event_id,
        "type": event.type,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "property_id": event.property_id,
        "tenant_id": event.tenant_id,
        "payload": {key: plain(value) for key, value in event.payload.items()},
    }
    row = conn.execute(_APPEND, values).one()
    note_written(conn, event.type, event.entity_id, event.tenant_id, row.id, row.recorded_at, event.payload)
    return int(row.id)


def note_written(
    conn: Connection,
    type_: str,
    entity_id: int,
    tenant_id: int | None,
    event_id: int,
    recorded_at: datetime,
    payload: Mapping[str, object],
) -> None:
    """Remember an event that was written, by `append` or by a function of the ledger."""
    note_type(conn, type_, tenant_id)
    note_event(conn, type_, entity_id, recorded_at.isoformat(), event_id, tenant_id, payload)


# Tenants are locked in the order of their ids, as everywhere; the events of one are numbered by their place.
_APPEND_MANY = """
with told as materialized ({query}), counted as (
  select t.id, c.events
    from (select tenant_id, count(*) as events from told where tenant_id is not null group by tenant_id) c
    join (select id from tenants where id in (select tenant_id from told) order by id for no key update) t
      on t.id = c.tenant_id
), numbered as (
  update tenants t set event_seq = t.event_seq + c.events from counted c where t.id = c.id
  returning t.id, t.event_seq - c.events as before
), event as (
  insert into events (type, entity_type, entity_id, property_id, tenant_id, tenant_seq, payload)
  select t.type, t.entity_type, t.entity_id, t.property_id, t.tenant_id,
         n.before + row_number() over (partition by t.tenant_id order by t.place),
         t.payload || jsonb_build_object('timestamp', to_jsonb(now()))
    from told t left join numbered n on n.id = t.tenant_id order by t.place
  returning id, recorded_at, type, tenant_id
), delivered as (
  insert into deliveries (event_id, event_at, consumer, tenant_id, max_attempts)
  select e.id, e.recorded_at, c.consumer, e.tenant_id, c.attempts
    from event e join unnest(:types, :consumers, :attempts) as c (type, consumer, attempts) using (type)
   order by e.id
)
select count(*) from event
"""
_DELIVERIES = (
    bindparam("types", type_=ARRAY(Text)),
    bindparam("consumers", type_=ARRAY(Text)),
    bindparam("attempts", type_=ARRAY(BigInteger)),
)
_GIVEN = """
select e.place, x.* from jsonb_array_elements(cast(:events as jsonb)) with ordinality as e (value, place)
 cross join lateral jsonb_to_record(e.value) as x (type text, entity_type text, entity_id bigint, property_id bigint,
                                                   tenant_id bigint, payload jsonb)
"""

_OPEN_MONTH = text("select ensure_partition('events', (now() at time zone 'UTC')::date)")


def appending(query: str, *parameters: BindParameter[Any]) -> TextClause:
    """A statement that writes the events which `query` selects, with columns as of Event and their `place`."""
    return text(_APPEND_MANY.format(query=query)).bindparams(*_DELIVERIES, *parameters)


def append_selected(conn: Connection, statement: TextClause, types: Iterable[str], values: Mapping[str, object]) -> int:
    """Write the events of these types that an `appending` statement selects, and their deliveries. Returns how many."""
    told = list(types)
    for type_ in told:
        note_type(conn, type_, None)
    return _append_selected(conn, statement, told, values)


def _append_selected(
    conn: Connection, statement: TextClause, types: Iterable[str], values: Mapping[str, object]
) -> int:
    asked = [(type_, to) for type_ in types for to in consumers(type_)]
    deliveries = {
        "types": [type_ for type_, _ in asked],
        "consumers": [to for _, to in asked],
        "attempts": [POLICIES[to].attempts for _, to in asked],
    }
    conn.execute(_OPEN_MONTH)
    return int(conn.execute(statement, {**values, **deliveries}).scalar_one())


_APPEND_GIVEN = appending(_GIVEN, bindparam("events", type_=Text))


def append_many(conn: Connection, events: Iterable[Event]) -> int:
    """Write events with their deliveries in one statement, numbered per tenant in this order. Returns how many."""
    told = list(events)
    if not told:
        return 0
    values = {"events": json.dumps([_record(event) for event in told])}
    for event in told:
        note_type(conn, event.type, event.tenant_id)
    return _append_selected(conn, _APPEND_GIVEN, {event.type for event in told}, values)


def consumers(event_type: str) -> tuple[str, ...]:
    """Who is told of such events: the audit of all that is not named otherwise."""
    return CONSUMERS.get(event_type, ("audit",))


def plain(value: object) -> object:
    """A value as JSON keeps it without loss: money and dates as text."""
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def _record(event: Event) -> dict[str, object]:
    return {
        "type": event.type,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "property_id": event.property_id,
        "tenant_id": event.tenant_id,
        "payload": plain(event.payload),
    }
