"""How quick the lists, one tenant's page and the search are, beside raw prepared psycopg with the same statements."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Connection, text

from bench.gauge import Sent, compare, connect, in_turn, note, run_raw, seconds, sent_by, server_time, span, tell
from db.engine import Database
from db.repositories.balances import Balances
from db.repositories.deposits import Deposits
from db.repositories.ledger import Ledger
from db.repositories.pages import Page
from db.repositories.rooms import Rooms
from db.repositories.search import Search
from db.repositories.tenants import Tenants
from tui.account import Who, read_account

PAGE, FAR = 50, 2_000
# A page of a list: behind a cursor, of so many rows.
Read = Callable[[str | None, int], Page[Any]]

# The same table in one piece, with the same indexes, and the view that lists read over it.
_FLAT = """
create table payments_flat (like payments including defaults including constraints);
insert into payments_flat select * from payments;
select index_like('payments', 'payments_flat');
"""
_FLAT_VIEW = """
select format('create view payment_list_flat as %s',
              regexp_replace(pg_get_viewdef('payment_list'::regclass), '\\mpayments\\M', 'payments_flat', 'g'))
"""


def lists(conn: Connection) -> dict[str, Read]:
    """Every long list."""
    tenants, balances, ledger, rooms = Tenants(conn), Balances(conn), Ledger(conn), Rooms(conn)
    return {
        "tenants, the newest first": lambda after, limit: tenants.page(after=after, limit=limit),
        "tenants by name": lambda after, limit: tenants.page(sort="name", after=after, limit=limit),
        "debtors": lambda after, limit: balances.page(after=after, limit=limit),
        "balances by name": lambda after, limit: balances.page(sort="name", after=after, limit=limit),
        "balances by room": lambda after, limit: balances.page(sort="room", after=after, limit=limit),
        "aged balances": lambda after, limit: balances.aging(after=after, limit=limit),
        "rooms": lambda after, limit: rooms.page(after=after, limit=limit),
        "leases": lambda after, limit: rooms.leases(after=after, limit=limit),
        "payments": lambda after, limit: ledger.payments(after=after, limit=limit),
        "charges": lambda after, limit: ledger.charges(after=after, limit=limit),
        "deposits": lambda after, limit: Deposits(conn).page(after=after, limit=limit),
    }


def measure_pages(database: Database, runs: int) -> None:
    """Page 1, one in the middle and page 2,000 of every list, through the repository and without it."""
    with database.reading() as conn, connect(database) as raw:
        for name, read in lists(conn).items():
            cursors = [None, *_far(read, FAR)]
            works = [work for cursor in cursors for work in _ours_and_raw(conn, raw, read, cursor)]
            times = in_turn(*works, runs=runs, warm=8)
            ours, peers = times[::2], times[1::2]
            compare(f"{name}: deep pages to page 1", max(ours), ours[0], 1.7 if name == "debtors" else 1.3)
            compare(f"{name}: repository to raw psycopg", *max(zip(ours, peers, strict=True), key=_ratio), 2.5)
            note(
                "pages 1, in the middle, last: "
                + ", ".join(f"{span(a)} ({span(b)})" for a, b in zip(ours, peers, strict=True))
            )


def _ratio(pair: tuple[float, float]) -> float:
    return pair[0] / pair[1]


def _ours_and_raw(
    conn: Connection, raw: psycopg.Connection[Any], read: Read, cursor: str | None
) -> tuple[Callable[[], object], Callable[[], object]]:
    sent = _statements(conn, read, cursor)
    return lambda: read(cursor, PAGE), lambda: run_raw(raw, sent)


def _far(read: Read, pages: int) -> list[str]:
    """The cursors of a page half-way and of page 2,000, or of the last ones that there are; cursors are followed."""
    cursors: list[str] = []
    for _ in range(100):
        page = read(cursors[-1] if cursors else None, (pages - 1) * PAGE // 100)
        if page.next is None:
            break
        cursors.append(page.next)
    return [cursors[len(cursors) // 2], cursors[-1]]


def _statements(conn: Connection, read: Read, cursor: str | None) -> list[Sent]:
    with sent_by(conn) as sent:
        read(cursor, PAGE)
    return sent


def measure_fresh(database: Database, runs: int) -> None:
    """A tenant's latest payments, unprepared, over a new connection, from the partitions and from one table."""
    make_flat_copy(database)
    random, count = Random(5), _tenants(database)
    views = ("payment_list", "payment_list_flat")
    pairs = [[_fresh(database, random.randrange(count) + 1, view) for view in views] for _ in range(runs)]
    whole, flat = (sorted(column)[runs // 2] for column in zip(*pairs, strict=True))
    compare("latest payments of a tenant, new connection: to one table", whole, flat, 2)


def make_flat_copy(database: Database) -> None:
    """The payments once more without partitions, unless they are there."""
    with database.transaction(statement_timeout_ms=0) as conn:
        if conn.execute(text("select to_regclass('payment_list_flat') is not null")).scalar_one():
            return
        note("copying the payments into one table")
        for statement in filter(str.strip, _FLAT.split(";")):
            conn.execute(text(statement))
        conn.exec_driver_sql(conn.execute(text(_FLAT_VIEW)).scalar_one())
    with connect(database) as raw:
        raw.execute("vacuum analyze payments_flat")


def _fresh(database: Database, tenant_id: int, view: str) -> float:
    with database.reading() as conn:
        (statement,) = _statements(conn, lambda after, _: Ledger(conn).payments(tenant_id=tenant_id, limit=20), None)
    sent = Sent(statement.text.replace("payment_list", view), statement.parameters)
    with connect(database) as raw:
        raw.execute("select 1")
        return seconds(lambda: raw.execute(sent.text, sent.parameters, prepare=False).fetchall())


def _tenants(database: Database) -> int:
    with database.reading() as conn:
        return int(conn.execute(text("select max(id) from tenants")).scalar_one())


def measure_tenant(database: Database) -> None:
    """All that a tenant's page asks for, and the top of the debtors, as the server counts it."""
    with database.reading() as conn, connect(database) as raw:
        row = Tenants(conn).row(_tenants(database) // 2)
        with sent_by(conn) as sent:
            read_account(conn, Who(row.code, row.property))
            Ledger(conn).payments(tenant_id=row.id, limit=20)
        _tell_server("tenant with balance, periods and last 20 payments", raw, sent, 0.005)
        with sent_by(conn) as sent:
            Balances(conn).page(limit=PAGE)
        _tell_server("top 50 debtors", raw, sent, 0.001)


def measure_search(database: Database) -> None:
    """A search with a hit, one for two words, and one with an error in it, as the server counts them."""
    with database.reading() as conn, connect(database) as raw:
        row = Tenants(conn).row(_tenants(database) // 2)
        given, family = (row.name.lower() + " " + row.name.lower()).split()[:2]
        wrong = f"{given} {family[:-2]}{family[-1]}"
        for what, words, most in (
            (f"search: substring with a hit ({row.code[1:].lower()})", row.code[1:].lower(), 0.001),
            (f"search: two words ({given} {row.code[-3:]})", f"{given} {row.code[-3:]}", 0.002),
            (f"search: two frequent words ({given} {family})", f"{given} {family}", 0.002),
            (f"search: misspelt ({wrong})", wrong, 0.060),
        ):
            with sent_by(conn) as sent:
                found = len(Search(conn).page(words).items)
            _tell_server(f"{what}, {found} found", raw, sent, most, planned=True)


def _tell_server(what: str, raw: Any, sent: Sequence[Sent], most: float, *, planned: bool = False) -> None:
    """With `planned` the statements count as a connection that is kept has them: planned before."""
    planning, execution = server_time(raw, sent)
    total = execution if planned else planning + execution
    tell(what, span(total), "", None, f"<= {most * 1000:.0f} ms", met=total <= most)
    note(f"{len(sent)} statements: planning {span(planning)}, execution {span(execution)}")
