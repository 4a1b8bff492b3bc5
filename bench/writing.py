"""How quick the writes are: rent for everybody, all balances anew, one payment in a large book, many at once."""

import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random

import psycopg
from sqlalchemy import Connection, make_url, text

from bench.big_book import HOUSE
from bench.gauge import compare, connect, in_turn, note, seconds, span, tell
from db.embedded.binaries import find_postgres
from db.engine import Database, Limits
from db.migrations.runner import ensure_current
from db.repositories.lookup import find_tenant
from db.services.balances import refresh
from db.services.billing import accrue, pass_day
from db.services.payments import record_payment

PROCESSES, SECONDS = 16, 10.0

_AGGREGATE = """
select sum(charged - paid) from (
  select tenant_id, sum(charge) as charged, sum(payment) as paid
    from (select tenant_id, amount as charge, 0 as payment from charges
          union all select tenant_id, 0, amount from payments) entries
   group by tenant_id) balances
"""
# The last rent of every lease, taken back as if it had never been posted: what a run posts, and what it is given.
_TAKE_BACK = (
    "create index if not exists bench_related on charges (related_id) where related_id is not null",
    "alter table charges disable trigger user",
    "drop table if exists bench_rents",
    """
    create unlogged table bench_rents as
    with gone as (
      delete from charges c using leases l
       where l.id = c.lease_id and c.period_end = l.next_period_on and c.kind = 'rent' returning c.*
    ) select * from gone order by tenant_id
    """,
    "alter table charges enable trigger user",
    "update leases l set next_period_on = b.period_start from bench_rents b where b.lease_id = l.id",
    """
    update balances x set total_charges = x.total_charges - b.amount
      from bench_rents b where b.tenant_id = x.tenant_id
    """,
    """
    delete from balance_closings c
     using bench_rents b where b.tenant_id = c.tenant_id and c.closed_on >= b.charged_on
    """,
)
_POST = """
insert into charges (property_id, tenant_id, lease_id, kind, period_start, period_end, days, of_days, charged_on,
                     due_on, amount, event_id)
select property_id, tenant_id, lease_id, kind, period_start, period_end, days, of_days, charged_on, due_on, amount,
       event_id from bench_rents order by tenant_id
"""
_ADVANCE = "update leases l set next_period_on = b.period_end from bench_rents b where b.lease_id = l.id"
_PEOPLE = text("""
insert into tenants (property_id, code, name, phone)
select (n - 1) / 500 + 1, 'T' || n, initcap(substr(md5(n::text), 1, 7)) || ' ' || initcap(substr(md5(n::text), 8, 8)),
       '+62812' || to_char(n, 'FM00000000')
  from generate_series(1, cast(:count as bigint)) n
""")
_HOUSES = text("""
insert into properties (code, name) select 'K' || n, 'Kos ' || n from generate_series(1, (:count - 1) / 500 + 1) n
""")
_WORD_INDEXES = text("""
select i.indexname, i.indexdef from pg_indexes i where i.tablename = 'tenants' and i.indexdef like '% USING gin %'
""")


def measure_refresh(database: Database) -> None:
    """All balances worked out anew against one aggregate over all of the ledger."""
    with connect(database) as raw:
        pairs = [(seconds(lambda: refresh(database)), seconds(lambda: raw.execute(_AGGREGATE))) for _ in range(3)]
    ours, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    compare("all balances worked out anew: to one SQL aggregate", ours, peer, 2)


def measure_billing(database: Database, rounds: int = 2) -> None:
    """A month's rent for every lease, as `ekost billing run` posts it, against an INSERT of the same rows."""
    found: list[tuple[float, float]] = []
    with connect(database) as raw:
        for _ in range(rounds):
            rents = _take_back(raw)
            ours = seconds(lambda: _bill(database))
            _take_back(raw)
            peer = seconds(lambda: raw.execute(_POST))
            raw.execute(_ADVANCE)  # type: ignore[arg-type]
            found.append((ours, peer))
        raw.execute("drop index bench_related; drop table bench_rents")
    refresh(database)
    ours, peer = (statistics.median(column) for column in zip(*found, strict=True))
    tell(f"billing run of {rents:,} leases", span(ours), "", None, "<= 60 s", met=ours <= 60)
    compare("billing run: to an INSERT of the same rows", ours, peer, 3)


def _take_back(raw: psycopg.Connection[object]) -> int:
    with raw.transaction():
        for statement in _TAKE_BACK:
            raw.execute(statement)  # type: ignore[arg-type]
    raw.execute("vacuum analyze charges, leases, balances")
    return raw.execute("select count(*) from bench_rents").fetchone()[0]  # type: ignore[index,return-value]


def _bill(database: Database) -> None:
    """What the command does: a day begins, then chunk after chunk, each a transaction."""
    with database.transaction() as conn:
        pass_day(conn)
    leases = 1
    while leases:
        with database.transaction() as conn:
            leases = accrue(conn).leases


def measure_growth(database: Database, few: int, many: int, runs: int = 300) -> None:
    """A payment among few tenants and among many, in databases of their own that hold nothing else."""
    with _beside(database, "bench_few", few) as small, _beside(database, "bench_many", many) as large:
        random = Random(3)
        peer, ours = in_turn(
            lambda: _pay(small, str(random.randrange(few) + 1)),
            lambda: _pay(large, str(random.randrange(many) + 1)),
            runs=runs,
            warm=20,
        )
    compare(f"one payment: among {many:,} tenants to among {few:,}", ours, peer, 1.3)


@contextmanager
def _beside(database: Database, name: str, count: int) -> Iterator[Database]:
    """A database of this server with so many tenants in houses of 500; it is dropped in the end."""
    url = make_url(database.url)
    with connect(database) as raw:
        raw.execute(f"drop database if exists {name} with (force)")  # type: ignore[arg-type]
        raw.execute(f"create database {name}")  # type: ignore[arg-type]
        made = Database(url.set(database=name).render_as_string(hide_password=False), Limits(pool_size=1))
        try:
            begun = time.monotonic()
            _people(made, count)
            note(f"{count:,} tenants made in {time.monotonic() - begun:.0f} s")
            yield made
        finally:
            made.engine.dispose()
            raw.execute(f"drop database {name} with (force)")  # type: ignore[arg-type]


def _people(database: Database, count: int) -> None:
    """So many tenants; the indexes of words are made at once behind them, which takes a tenth of the time."""
    ensure_current(database, automatic=True)
    with database.transaction(statement_timeout_ms=0) as conn:
        conn.exec_driver_sql("set local maintenance_work_mem = '1GB'")
        indexes = conn.execute(_WORD_INDEXES).all()
        for name, _ in indexes:
            conn.exec_driver_sql(f"drop index {name}")
        for statement in (_HOUSES, _PEOPLE):
            conn.execute(statement, {"count": count})
        for _, definition in indexes:
            conn.exec_driver_sql(definition)
    with connect(database) as raw:
        raw.execute("vacuum analyze")


def _pay(database: Database, tenant_id: str) -> None:
    with database.transaction(ring=True) as conn:
        record_payment(conn, find_tenant(conn, tenant_id), Decimal(1000))


def measure_workers(database: Database, home: Path, rounds: int = 2) -> None:
    """Payments a second of 16 processes through the service, against pgbench with a plain INSERT; they stay."""
    with database.reading() as conn:
        count = _last(conn)
    pairs = [(_crowd(database.url, count), _pgbench(database.url, count, home)) for _ in range(rounds)]
    ours, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    what = f"payments a second, {PROCESSES} processes: to pgbench"
    tell(what, f"{ours:,.0f}", f"{peer:,.0f}", ours / peer, ">= 0.35", met=ours >= 0.35 * peer)
    note(f"pgbench with prepared statements: {_pgbench(database.url, count, home, '-M', 'prepared'):,.0f} a second")


def _last(conn: Connection) -> int:
    return int(conn.execute(text("select max(id) from tenants")).scalar_one())


def _crowd(url: str, count: int) -> float:
    """Payments a second of all processes together, each over its own connection, from when the last one is ready."""
    context = get_context("spawn")
    ready, done = context.Barrier(PROCESSES), context.Queue()
    crowd = [context.Process(target=_pay_on, args=(url, count, ready, done)) for _ in range(PROCESSES)]
    for process in crowd:
        process.start()
    paid = sum(done.get() for _ in crowd)
    for process in crowd:
        process.join()
    return paid / SECONDS


def _pay_on(url: str, count: int, ready: Barrier, done: "Queue[int]") -> None:
    database, random, paid = Database(url, Limits(pool_size=1)), Random(os.getpid()), 0
    for _ in range(8):
        _pay(database, str(random.randrange(count) + 1))
    ready.wait()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        _pay(database, str(random.randrange(count) + 1))
        paid += 1
    done.put(paid)


def _pgbench(url: str, count: int, home: Path, *options: str) -> float:
    script = home.parent / "insert.sql"
    script.write_text(
        f"\\set tenant random(1, {count})\n"
        "insert into payments (property_id, tenant_id, payment_date, amount, event_id) "
        f"values ((:tenant - 1) / {HOUSE} + 1, :tenant, current_date, 1000, 1);\n"
    )
    place = make_url(url)
    program = find_postgres().executable.with_name("pgbench")
    words = [program, "-n", "-c", PROCESSES, "-T", int(SECONDS), *options, "-f", script]
    reach = {"PGHOST": place.query["host"], "PGPORT": place.query["port"], "PGUSER": place.username or "",
             "PGPASSWORD": str(place.password), "PGDATABASE": place.database or ""}  # fmt: skip
    done = subprocess.run(
        [str(word) for word in words],
        env={**os.environ, **reach},
        check=True,
        capture_output=True,
        text=True,  # type: ignore[dict-item]
    )
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("tps")]
    return float(line.split()[2])
