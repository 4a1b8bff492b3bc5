"""What must be true when peace has come. What is not is told in a line; no line: nothing was lost or doubled.

It looks at the book with questions of its own, beside `ekost check` and `ekost audit verify`: a mistake in one of
them must not hide a mistake of the worker.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from db.events import CONSUMERS
from tests.chaos.journal import Journal

_OPEN = text("""
select (select count(*) from deliveries where state in ('ready', 'leased') and event_id <= :event) as deliveries,
       (select count(*) from imports where state in ('queued', 'running') and id <= :import) as imports
""")
_NEWEST = text("select coalesce((select max(id) from events), 0), coalesce((select max(id) from imports), 0)")

# Each request against the payments that carry its key: acknowledged ones once and as told, the others once at most.
_PAYMENTS = text("""
with asked as (
  select * from jsonb_to_recordset(:attempts) as a (key text, tenant text, amount numeric, number bigint)
), there as (
  select p.reference as key, count(*) as times, min(p.id) as id, min(t.code) as tenant, min(p.amount) as amount
    from payments p join tenants t on t.id = p.tenant_id where p.import_id is null group by p.reference
)
select coalesce(a.key, th.key) as key, a.number, th.id, coalesce(th.times, 0) as times,
       a.tenant, th.tenant as booked_to, a.amount, th.amount as booked
  from asked a full join there th using (key)
 where a.key is null or th.times > 1 or a.number is not null and a.number is distinct from th.id
    or th.id is not null and (a.tenant, a.amount) is distinct from (th.tenant, th.amount)
 order by 1
""").bindparams(bindparam("attempts", type_=JSONB))

_FILES = text("""
with files as (
  select * from jsonb_to_recordset(:files) as f (name text, good bigint, bad bigint, accepted boolean)
), done as (
  select i.id, i.file_name, i.state, i.rows_total, i.rows_applied, i.rows_skipped, i.rows_rejected, p.rows, p.different
    from imports i
    left join lateral (select count(*) as rows, count(distinct reference) as different
                         from payments where import_id = i.id) p on true
)
select coalesce(f.name || '.csv', d.file_name) as name, f.good, f.bad, f.accepted, d.*
  from files f full join done d on d.file_name = f.name || '.csv'
 where f.name is null or f.accepted and d.id is null
    or d.id is not null
       and (d.state, d.rows_total, d.rows_applied, d.rows_skipped, d.rows_rejected, d.rows, d.different)
           is distinct from ('done', f.good + f.bad, f.good, 0, f.bad, f.good, f.good)
 order by 1
""").bindparams(bindparam("files", type_=JSONB))

_TWICE = text("""
select file_name, count(*) as imports from imports group by file_name having count(*) > 1
""")

# Every event to every consumer: done, and the effect there once.
_DELIVERED = text("""
with consumers as (
  select * from jsonb_to_recordset(:consumers) as c (type text, consumer text)
), effects as (
  select 'audit' as consumer, event_id, count(*) as times from audit_log group by event_id
  union all
  select 'balances', told.id, count(*) from events e
    cross join lateral (select value::bigint as id from jsonb_array_elements_text(e.payload -> 'eventIds') value
                         where e.type = 'BalanceCalculated'
                        union all
                        select (e.payload ->> 'eventId')::bigint where e.type = 'BalancesCalculated') told
   where told.id is not null group by told.id
), wanted as (
  select e.id as event_id, e.type, c.consumer
    from events e
    join consumers c on c.type = case when e.type in (select type from consumers) then e.type else '' end
   where c.consumer is not null
)
select coalesce(w.event_id, f.event_id) as event, w.type, coalesce(w.consumer, f.consumer) as consumer,
       d.state, d.attempts, coalesce(f.times, 0) as effects
  from wanted w
  full join effects f on f.event_id = w.event_id and f.consumer = w.consumer
  left join deliveries d on d.event_id = w.event_id and d.consumer = w.consumer
 where w.event_id is null or d.state is distinct from 'done' or f.times is distinct from 1
 order by 1, 3
""").bindparams(bindparam("consumers", type_=JSONB))

_TOTALS = text("""
select t.code, b.total_payments, coalesce(p.amount, 0) as payments
  from tenants t join balances b on b.tenant_id = t.id
  left join (select tenant_id, sum(amount) as amount from payments group by tenant_id) p on p.tenant_id = t.id
 where b.total_payments <> coalesce(p.amount, 0)
""")


# What the triggers keep was found wrong and put right: it must never have been wrong.
_DRIFTS = text("select tenant_id, charges, payments, deposit from balance_drifts order by id")

# Waiting for somebody else's lock may fail; then it is done later.
_SCHEDULES = text("""
select name, zone, failures, error from schedules where failures > 0 and error not like 'DatabaseBusyError%' order by 1
""")


class Moment(NamedTuple):
    """Up to which event and import something is meant."""

    event: int
    import_: int


EVER = Moment(2**62, 2**62)


def newest(conn: Connection) -> Moment:
    """Up to now."""
    return Moment(*conn.execute(_NEWEST).one())


def open_work(conn: Connection, until: Moment = EVER) -> Mapping[str, int]:
    """What is not yet done of the work that was there at a moment, by kind."""
    row = conn.execute(_OPEN, {"event": until.event, "import": until.import_}).one()
    return {name: int(count) for name, count in row._mapping.items() if count}


def verdict(conn: Connection, journal: Journal) -> Iterator[str]:
    """What is wrong with the book, seen from what its users were told."""
    yield from (f"refused: {item}" for item in journal.refused())
    yield from (f"open: {count} {what}" for what, count in open_work(conn).items())
    attempts = [asdict(attempt) for attempt in journal.attempts.values()]
    files = [asdict(file) for file in journal.files.values()]
    consumers = [{"type": kind, "consumer": to} for kind, told in CONSUMERS.items() for to in told or (None,)]
    consumers.append({"type": "", "consumer": "audit"})
    yield from _told("payment", conn, _PAYMENTS, attempts=attempts)
    yield from _told("import", conn, _FILES, files=files)
    yield from _told("file imported twice", conn, _TWICE)
    yield from _told("delivery", conn, _DELIVERED, consumers=consumers)
    yield from _told("balance", conn, _TOTALS)
    yield from _told("drift", conn, _DRIFTS)
    yield from _told("schedule", conn, _SCHEDULES)


def _told(what: str, conn: Connection, query: object, **parameters: object) -> Iterator[str]:
    for row in conn.execute(query, parameters):  # type: ignore[call-overload]
        yield f"{what}: " + " ".join(f"{name}={value}" for name, value in row._mapping.items())
