"""A large book, made by sets: houses of 500 tenants and 550 rooms, each with so many months of rent and payments.

    python -m bench.big_book --home /tmp/scale/home [--tenants 100000] [--months 100]

Each house is a transaction; a run that was stopped goes on with the next house. A tenth of the tenants owe something
or have paid ahead. No rent is left to be posted, and the last month is closed, as workers do it.
"""

import argparse
import time
from datetime import date, timedelta
from json import dumps
from pathlib import Path
from random import Random

from sqlalchemy import Connection, text

from db.demo.people import invent
from db.embedded import driver
from db.engine import Database, Limits
from db.events import Event, append, reserve_event
from db.migrations.runner import ensure_current
from db.repositories.lookup import PropertyRow
from db.services.balances import recalculate
from db.services.closings import close_month
from db.services.properties import add_property

HOUSE, ROOMS = 500, 550
_ANALYZE_AFTER = frozenset({1, 4, 16, 64})

_ROOMS = text("""
insert into rooms (property_id, number, room_type, monthly_rent, status, status_on)
select :house, chr(65 + (n - 1) / 50) || to_char((n - 1) % 50 + 1, 'FM00'),
       case n % 3 when 0 then 'AC' else 'Kipas' end, 850000 + 50000 * (n * 7 % 24),
       case when n <= :tenants then 'occupied' else 'available' end, :today
  from generate_series(1, :rooms) n
""")
_TENANTS = text("""
insert into tenants (property_id, code, name, phone, email, created_at)
select :house, x.code, x.name, x.phone, x.email, cast(:since as date) + x.place * 137 % 2000 * interval '30 minutes'
  from jsonb_to_recordset(cast(:people as jsonb)) x (place bigint, code text, name text, phone text, email text)
 order by x.place
""")
# Everybody came on one of the first twenty days of a month, so that every month has that day.
_LEASES = text("""
with housed as (
  select t.id as tenant_id, r.id as room_id, r.monthly_rent as rent, 1 + n % 20 as day,
         (date_trunc('month', cast(:today as date)) + (n % 20) * interval '1 day')::date as here
    from (select id, row_number() over (order by id) n from tenants where property_id = :house) t
    join (select id, monthly_rent, row_number() over (order by id) n from rooms where property_id = :house) r using (n)
), dated as (
  select *, (case when here > :today then here - interval '1 month' else here end)::date as last from housed
), made as (
  insert into leases (property_id, tenant_id, room_id, starts_on, basis, grace_days, proration, rounding,
                      next_period_on, billed_from_on)
  select :house, tenant_id, room_id, (last - make_interval(months => :months - 1))::date, 'per_tenant', 0, 'daily', 1,
         (last + interval '1 month')::date, (last - make_interval(months => :months - 1))::date
    from dated order by tenant_id returning id, tenant_id, starts_on
)
insert into lease_terms (lease_id, effective_on, monthly_rent, billing_day)
select made.id, made.starts_on, d.rent, d.day from made join dated d using (tenant_id)
""")
_CHARGES = """
insert into charges (property_id, tenant_id, lease_id, kind, period_start, period_end, days, of_days, charged_on,
                     due_on, amount, event_id)
select :house, l.tenant_id, l.id, 'rent', p.first, p.after, p.after - p.first, p.after - p.first, p.first, p.first,
       t.monthly_rent, :event
  from leases l
  join lease_terms t on t.lease_id = l.id
 cross join generate_series(0, :months - 1) m
 cross join lateral (select (l.starts_on + make_interval(months => m))::date as first,
                            (l.starts_on + make_interval(months => m + 1))::date as after) p
 where l.property_id = :house
 order by p.first, l.tenant_id
returning amount
"""
# Out of twenty one owes two months, one a month, one half a month; one has paid three months ahead.
_PAYMENTS = """
insert into payments (property_id, tenant_id, payment_date, amount, method, reference, event_id)
select :house, c.tenant_id, p.day, p.amount, (array['transfer', 'cash', 'qris'])[1 + c.id % 3], 'TRF' || c.id, :event
  from (select *, tenant_id % 20 as habit, row_number() over (partition by tenant_id order by period_start desc) as ago
          from charges where property_id = :house) c
 cross join lateral (
   select least(c.period_start + (c.id * 7 % 6)::integer, cast(:today as date)) as day,
          case when c.habit = 2 and c.ago = 1 then c.amount / 2 else c.amount end as amount
     from generate_series(1, case when c.habit = 0 and c.ago <= 2 or c.habit = 1 and c.ago = 1 then 0
                                  when c.habit = 3 and c.ago = 1 then 4 else 1 end)) p
 order by p.day, c.tenant_id
returning amount
"""
# Each of these has an event of its own, so that the events and what happened to a tenant are long lists too.
_DEPOSITS = text("""
with taken as (
  insert into deposit_entries (property_id, tenant_id, kind, entry_on, amount, event_id)
  select property_id, tenant_id, 'received', starts_on, 500000, nextval('events_id_seq')
    from leases where property_id = :house order by tenant_id returning *
), told as (
  insert into events (id, type, entity_type, entity_id, property_id, tenant_id, tenant_seq, payload)
  select event_id, 'DepositReceived', 'deposit', id, property_id, tenant_id, 1,
         jsonb_build_object('tenantId', tenant_id, 'amount', amount::text, 'date', entry_on, 'timestamp', now())
    from taken order by event_id returning id, recorded_at, tenant_id
), delivered as (
  insert into deliveries (event_id, event_at, consumer, tenant_id, max_attempts)
  select id, recorded_at, 'audit', tenant_id, 5 from told order by id
)
update tenants set event_seq = 1 where property_id = :house
""")
_POSTED = {"ChargesPosted": _CHARGES, "PaymentsImported": _PAYMENTS}
_TOLD = "with posted as ({}) select count(*), sum(amount) from posted"
_WHO = text("select id from tenants where property_id = :house")
# A house that was given up has taken numbers: without gaps the tenant's number tells the house's.
_ALIGN = text("""
select setval(pg_get_serial_sequence('properties', 'id'), (select count(*) from properties) + 1, false),
       setval(pg_get_serial_sequence('tenants', 'id'), (select count(*) from tenants) + 1, false)
""")
_PARTITIONS = text("""
select ensure_partition('payments', month::date)
  from generate_series(cast(:today as date) - make_interval(months => :months + 1), cast(:today as date),
                       '1 month') month
""")


def main() -> None:
    """Make the book in the home that is named, and leave its server running."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--tenants", type=int, default=100_000)
    parser.add_argument("--months", type=int, default=100)
    wanted = parser.parse_args()
    furnish(open_home(wanted.home), wanted.tenants, wanted.months)


def open_home(home: Path) -> Database:
    """The database of this home, with connections that stay; the servers' account must get through to it."""
    home.parent.mkdir(parents=True, exist_ok=True)
    home.parent.chmod(0o711)
    return Database(driver.ensure_postgres(home), Limits(pool_size=3, statement_timeout=0))


def furnish(database: Database, tenants: int, months: int) -> None:
    """Add houses until there are so many tenants."""
    ensure_current(database, automatic=True)
    begun, houses, added = time.monotonic(), -(-tenants // HOUSE), 0
    while (there := _count(database)) < houses:
        with database.transaction(statement_timeout_ms=0) as conn:
            _add_house(conn, there, months)
        added += 1
        if added in _ANALYZE_AFTER:
            _maintain(database, "analyze")
        print(f"house {there + 1} of {houses}, {time.monotonic() - begun:.0f} s", flush=True)
    if added:
        close_month(database, date.today().replace(day=1) - timedelta(days=1))  # noqa: DTZ011 - a day does not matter
        _maintain(database, "vacuum analyze")


def _count(database: Database) -> int:
    with database.reading() as conn:
        return int(conn.execute(text("select count(*) from properties")).scalar_one())


def _add_house(conn: Connection, number: int, months: int) -> None:
    # Nothing is lost that another run would not make again.
    conn.exec_driver_sql("set local synchronous_commit = off")
    conn.execute(_ALIGN)
    house = add_property(conn, f"KOS{number + 1:04d}", f"Kos {number + 1}")
    _let(conn, house, number, months)
    for type_, statement in _POSTED.items():
        event = reserve_event(conn)
        values = {"house": house.id, "months": months, "today": house.today, "event": event}
        posted = conn.execute(text(_TOLD.format(statement)), values)
        payload = dict(zip(("count", "amount"), posted.one(), strict=True))
        append(conn, Event(type_, "billing", event, payload, house.id), event_id=event)
    conn.execute(_DEPOSITS, {"house": house.id})
    recalculate(conn, conn.execute(_WHO, {"house": house.id}).scalars())


def _let(conn: Connection, house: PropertyRow, number: int, months: int) -> None:
    random = Random(number)
    people = [{"place": place, **invent(random, number * HOUSE + place)._asdict()} for place in range(1, HOUSE + 1)]
    values = {"house": house.id, "today": house.today, "months": months}
    conn.execute(_PARTITIONS, values)
    conn.execute(_ROOMS, {**values, "rooms": ROOMS, "tenants": HOUSE})
    since = house.today - timedelta(days=30 * months)
    conn.execute(_TENANTS, {**values, "people": dumps(people), "since": since})
    conn.execute(_LEASES, values)


def _maintain(database: Database, command: str) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.exec_driver_sql(command)


if __name__ == "__main__":
    main()
