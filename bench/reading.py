"""How quick the lists, one tenant's page and the search are, beside raw prepared psycopg with the same statements."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

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


def lists(conn: Connection) -> dict[str, tuple[Read, float]]:
    """Every long list, and how many times as long its page 2,000 may take as its first one."""
    tenants, balances, ledger, rooms = Tenants(conn), Balances(conn), Ledger(conn), Rooms(conn)
    return {
        "tenants, the newest first": (lambda after, limit: tenants.page(after=after, limit=limit), 1.3),
        "tenants by name": (lambda after, limit: tenants.page(sort="name", after=after, limit=limit), 1.3),
        "debtors": (lambda after, limit: balances.page(after=after, limit=limit), 1.7),
        "balances by name": (lambda after, limit: balances.page(sort="name", after=after, limit=limit), 1.3),
        "balances by room": (lambda after, limit: balances.page(sort="room", after=after, limit=limit), 1.3),
        "aged balances": (lambda after, limit: balances.aging(after=after, limit=limit), 1.3),
        "rooms": (lambda after, limit: rooms.page(after=after, limit=limit), 1.3),
        "leases": (lambda after, limit: rooms.leases(after=after, limit=limit), 1.3),
        "payments": (lambda after, limit: ledger.payments(after=after, limit=limit), 1.3),
        "charges": (lambda after, limit: ledger.charges(after=after, limit=limit), 1.3),
        "deposits": (lambda after, limit: Deposits(conn).page(after=after, limit=limit), 1.3),
    }


def measure_pages(database: Database, runs: int) -> None:
    """Page 1 and page 2,000 of every list, through the repository and without it."""
    with database.reading() as conn, connect(database) as raw:
        for name, (read, most) in lists(conn).items():
            cursor, page = _far(read)
            near, far = _statements(conn, read, None), _statements(conn, read, cursor)
            first, last, raw_first, raw_last = in_turn(
                lambda read=read: read(None, PAGE),  # type: ignore[misc]
                lambda read=read, cursor=cursor: read(cursor, PAGE),  # type: ignore[misc]
                lambda near=near: run_raw(raw, near),  # type: ignore[misc]
                lambda far=far: run_raw(raw, far),  # type: ignore[misc]
                runs=runs,
                warm=8,
            )
            compare(f"{name}: page {page:,} to page 1", last, first, most)
            compare(f"{name}: page 1 to raw psycopg", first, raw_first, 2.5)
            compare(f"{name}: page {page:,} to raw psycopg", last, raw_last, 2.5)


def _far(read: Read) -> tuple[str | None, int]:
    """The cursor of page 2,000, or of the last whole page of a shorter list, and its number; cursors are followed."""
    cursor, rows, step = None, 0, (FAR - 1) * PAGE // 100
    for _ in range(100):
        page = read(cursor, step)
        if page.next is None:
            break
        cursor, rows = page.next, rows + len(page.items)
    return cursor, rows // PAGE + 1


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
            _tell_server(f"{what}, {found} found", raw, sent, most)


def _tell_server(what: str, raw: Any, sent: Sequence[Sent], most: float) -> None:
    planning, execution = server_time(raw, sent)
    total = planning + execution
    tell(what, span(total), "", None, f"<= {most * 1000:.0f} ms", met=total <= most)
    note(f"{len(sent)} statements: planning {span(planning)}, execution {span(execution)}")
