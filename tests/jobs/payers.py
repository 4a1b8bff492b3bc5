"""Tenants who pay, without rooms or workers, for tests that deliver by themselves."""

from decimal import Decimal

from sqlalchemy import Row, select, text

from db.engine import Database
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import find_property, find_tenant
from db.services.payments import record_payment
from db.services.tenants import add_tenant
from db.tables import deliveries, events, tenants
from jobs.drain import drain
from tests.db.services.house import House


def move_in(database: Database, count: int) -> list[int]:
    """Tenants whose coming has been delivered; their ids."""
    with database.transaction() as conn:
        House.build(conn)
        kosa = find_property(conn, "KOSA")
        for number in range(count):
            add_tenant(conn, kosa, f"Payer {number}", code=f"P-{number}")
        found = [find_tenant(conn, f"P-{number}").id for number in range(count)]
    for consumer in ("balances", "audit"):
        drain(database, consumer)
    return found


def pay(database: Database, *tenant_ids: int) -> list[int]:
    """A payment of each, in a transaction of its own; the ids of their events."""
    before = newest(database)
    with database.reading() as conn:
        codes = {row.id: row.code for row in conn.execute(select(tenants.c.id, tenants.c.code))}
    for tenant_id in tenant_ids:
        with database.transaction() as conn:
            record_payment(conn, find_tenant(conn, codes[tenant_id]), Decimal(1000))
    with database.reading() as conn:
        query = select(events.c.id).where(events.c.id > before, events.c.type == "PaymentRecorded")
        return list(conn.execute(query.order_by(events.c.id)).scalars())


def pay_in_bulk(database: Database, tenant_ids: list[int], each: int = 1) -> int:
    """Payments of many under one event, which leaves what derives from the balances to its delivery; its id."""
    with database.transaction() as conn:
        return int(conn.execute(_BULK, {"ids": tenant_ids, "each": each}).scalar_one())


_BULK = text("""
with told as (
  insert into events (type, entity_type, entity_id, payload)
  values ('PaymentsReversed', 'import', 1, jsonb_build_object('count', cardinality(cast(:ids as bigint[])) * :each,
          'amount', (cardinality(cast(:ids as bigint[])) * :each * 1000)::numeric(14, 2)::text))
  returning id, recorded_at
), delivered as (
  insert into deliveries (event_id, event_at, consumer, max_attempts)
  select id, recorded_at, consumer, 4 from told, unnest(array['balances', 'audit']) consumer
), paid as (
  insert into payments (property_id, tenant_id, payment_date, amount, event_id)
  select t.property_id, t.id, current_date, 1000, told.id
    from told, tenants t, generate_series(1, :each) where t.id = any (:ids)
)
select id from told
""")


def newest(database: Database) -> int:
    """The id of the last event."""
    with database.reading() as conn:
        return int(conn.execute(select(events.c.id).order_by(events.c.id.desc()).limit(1)).scalar() or 0)


def told(database: Database, type_: str) -> list[Row[tuple[int | None, dict[str, object]]]]:
    """The tenants and payloads of the events of a type, oldest first."""
    with database.reading() as conn:
        query = select(events.c.tenant_id, events.c.payload).where(events.c.type == type_).order_by(events.c.id)
        return list(conn.execute(query).all())


def states(database: Database, consumer: str = "balances") -> dict[int, str]:
    """The deliveries that are not done, by the ids of their events."""
    with database.reading() as conn:
        query = select(deliveries.c.event_id, deliveries.c.state).where(
            deliveries.c.consumer == consumer, deliveries.c.state != "done"
        )
        return {row.event_id: row.state for row in conn.execute(query)}


def lose_leases(database: Database) -> None:
    """Nobody has shown a sign of life for a while, and no pause lasts any longer."""
    with database.transaction() as conn:
        conn.execute(text("update deliveries set not_before = now() where state in ('ready', 'leased')"))


def violations(database: Database) -> list[str]:
    """What the book's checks find."""
    with database.reading() as conn:
        return [f"{row.check} {row.id} {row.detail}" for row in run_checks(conn)]
