"""What each flow of data cost the plain way, and what it costs now: the rows of docs/scale.md.

    python -m bench.stress --home /tmp/scale/home

Times of the server (planning and execution, warm, medians) in the book that `bench.scale` has made. The plain way is
what a first version does: whole tables, OFFSET, joins and sums at every look, LIKE without an index.
"""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection, text

from bench.big_book import open_home
from bench.gauge import Sent, connect, sent_by, server_time, span
from db.repositories.balances import Balances
from db.repositories.ledger import Ledger
from db.repositories.rooms import Rooms
from db.repositories.search import Search
from db.repositories.tenants import Tenants

FAR = 50_000


class Flow(NamedTuple):
    """What is looked at, the plain statement for it, and what asks for it now."""

    name: str
    plain: str
    now: Callable[[], Any]


def main() -> None:
    """Measure in the home that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    database = open_home(parser.parse_args().home)
    print(f"{'flow':<44} {'plain':>12} {'now':>12} {'times':>8}")
    with database.reading(statement_timeout_ms=0) as conn, connect(database) as raw:
        tenant = conn.execute(text("select id, name_key from tenants order by id offset 777 limit 1")).one()
        month = date.today().replace(day=1)  # noqa: DTZ011 - a day does not matter here
        part = tenant.name_key[2:9]
        values = {"far": FAR, "tenant": tenant.id, "month": f"{month:%Y-%m}", "part": f"%{part}%"}
        for flow in (*_lists(conn), *_of_one(conn, tenant.id, month, part)):
            _compare(raw, conn, flow, values)


def _lists(conn: Connection) -> list[Flow]:
    tenants, ledger = Tenants(conn), Ledger(conn)
    deep = _cursor(lambda after: tenants.page(after=after, limit=1000))
    paid = _cursor(lambda after: ledger.payments(after=after, limit=1000))
    by_age = "select * from tenants order by created_at desc, id desc"
    by_day = "select * from payments order by payment_date desc, id desc"
    far = " offset %(far)s limit 50"
    return [
        Flow("tenants, all of them", by_age, tenants.page),
        Flow("tenants, row 50,000", by_age + far, lambda: tenants.page(after=deep)),
        Flow("payments, all of them", by_day, ledger.payments),
        Flow("payments, row 50,000", by_day + far, lambda: ledger.payments(after=paid)),
        Flow("rooms with their occupants", """
            select r.*, (select count(*) from leases l where l.room_id = r.id and l.ends_on is null) from rooms r
        """, Rooms(conn).page),
        Flow("the worst debtors", """
            select t.id, t.name, coalesce(c.amount, 0) - coalesce(p.amount, 0) as outstanding
              from tenants t
              left join (select tenant_id, sum(amount) as amount from charges group by 1) c on c.tenant_id = t.id
              left join (select tenant_id, sum(amount) as amount from payments group by 1) p on p.tenant_id = t.id
             where t.deleted_at is null order by outstanding desc limit 50
        """, Balances(conn).page),
    ]  # fmt: skip


def _of_one(conn: Connection, tenant: int, month: date, part: str) -> list[Flow]:
    ledger = Ledger(conn)
    return [
        Flow("one tenant's balance", """
            select (select coalesce(sum(amount), 0) from charges where tenant_id = %(tenant)s)
                   - (select coalesce(sum(amount), 0) from payments where tenant_id = %(tenant)s)
        """, lambda: Balances(conn).row(tenant)),
        Flow("one tenant's payments, without their index", """
            select * from payments where tenant_id + 0 = %(tenant)s order by payment_date desc limit 50
        """, lambda: ledger.payments(tenant_id=tenant)),
        Flow("payments of this month, without their months", """
            select * from payments where to_char(payment_date, 'YYYY-MM') = %(month)s
             order by payment_date desc limit 50
        """, lambda: ledger.payments(since=month)),
        Flow("search by a part of a name", "select * from tenants where lower(name || code) like %(part)s",
             lambda: Search(conn).page(part)),
    ]  # fmt: skip


def _cursor(read: Callable[[str | None], Any]) -> str | None:
    cursor = None
    for _page in range(FAR // 1000):
        cursor = read(cursor).next or cursor
    return cursor


def _compare(raw: psycopg.Connection[Any], conn: Connection, flow: Flow, values: dict[str, Any]) -> None:
    with sent_by(conn) as sent:
        flow.now()
    before = sum(server_time(raw, [Sent(flow.plain, values)], runs=3))
    after = sum(server_time(raw, sent))
    print(f"{flow.name:<44} {span(before):>12} {span(after):>12} {before / after:8.0f}", flush=True)


if __name__ == "__main__":
    main()
