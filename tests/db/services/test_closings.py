"""A closing is exact or not there, so that a balance worked out from one is that of the whole ledger."""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from db.domain.periods import YearMonth
from db.engine import Database
from db.services.balances import refresh
from db.services.closings import KEPT, MonthOpenError, close_month, close_tenants
from db.services.holding import lock_free
from db.services.payments import record_payment
from db.tables import balance_closings
from tests.db.services.house import House


def month_ends(last: YearMonth, count: int) -> list[date]:
    """The last days of `count` months up to `last`."""
    months = [last]
    while len(months) < count:
        months.insert(0, months[0].previous)
    return [month.clamp(31) for month in months]


# Half a year that is over; its months have partitions of their own, as have those beside it.
ENDS = month_ends(YearMonth.of(datetime.now(UTC).date()).previous.previous, 6)
FROM, UNTIL = ENDS[0] - timedelta(days=50), ENDS[-1] + timedelta(days=20)
NAMES = ("Ani", "Budi", "Citra")

_INSERT = {
    "charges": text("""
        insert into charges (property_id, tenant_id, kind, charged_on, due_on, amount, event_id)
        select property_id, id, 'other', day, day, amount, nextval('events_id_seq')
          from unnest(:places, :days, :amounts) new (place, day, amount)
          join (select *, row_number() over (order by id) as place from tenants) t using (place)
    """),
    "payments": text("""
        insert into payments (property_id, tenant_id, payment_date, amount, event_id)
        select property_id, id, day, amount, nextval('events_id_seq')
          from unnest(:places, :days, :amounts) new (place, day, amount)
          join (select *, row_number() over (order by id) as place from tenants) t using (place)
    """),
}
_FULL = text("""
select t.id, (select coalesce(sum(amount), 0) from charges c where c.tenant_id = t.id and c.charged_on <= :day),
       (select coalesce(sum(amount), 0) from payments p where p.tenant_id = t.id and p.payment_date <= :day)
  from tenants t order by t.id
""")
_FROM_CLOSINGS = text("select * from ledger_totals(array(select id from tenants), :day) order by tenant_id")

entries = st.tuples(
    st.sampled_from(sorted(_INSERT)),
    st.lists(
        st.tuples(
            st.integers(1, len(NAMES)),
            st.dates(FROM, UNTIL),
            st.decimals(1, 1_000_000, places=2),
        ),
        min_size=1,
        max_size=5,
    ),
)
closings = st.tuples(st.just("close"), st.sampled_from(ENDS), st.lists(st.integers(1, len(NAMES)), min_size=1))


@pytest.fixture
def street(conn: Connection) -> Connection:
    """Three tenants without a lease, and payments' partitions for their months."""
    house = House.build(conn)
    for name in NAMES:
        house.tenant(name)
    for day in (FROM, *ENDS, UNTIL):
        conn.execute(text("select ensure_partition('payments', :day)"), {"day": day})
    return conn


def ids(conn: Connection) -> list[int]:
    return list(conn.execute(text("select id from tenants order by id")).scalars())


def enter(conn: Connection, table: str, rows: Sequence[tuple[int, date, Decimal]]) -> None:
    places, days, amounts = (list(column) for column in zip(*rows, strict=True))
    conn.execute(_INSERT[table], {"places": places, "days": days, "amounts": amounts})


def closed(conn: Connection) -> list[date]:
    return list(conn.execute(select(balance_closings.c.closed_on).order_by(balance_closings.c.closed_on)).scalars())


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(entries, entries, closings), max_size=12), day=st.sampled_from(ENDS))
def test_in_any_order_of_entries_and_closings_the_sum_is_that_of_the_whole_ledger(
    street: Connection, steps: list[tuple[object, ...]], day: date
) -> None:
    with street.begin_nested() as savepoint:
        for step in steps:
            if step[0] == "close":
                tenant_ids = lock_free(street, {ids(street)[place - 1] for place in step[2]})
                close_tenants(street, tenant_ids, step[1])
            else:
                enter(street, *step)
        for until in (day, date(9999, 12, 31)):
            values = {"day": until}
            assert street.execute(_FROM_CLOSINGS, values).all() == street.execute(_FULL, values).all()
        assert (
            street.execute(
                text("select * from closing_sums where (charged, paid) <> (total_charges, total_payments)")
            ).all()
            == []
        )
        savepoint.rollback()


def test_an_entry_of_an_earlier_day_takes_back_what_it_makes_wrong_and_no_more(street: Connection) -> None:
    ani, budi, _ = lock_free(street, ids(street))
    for day in ENDS:
        close_tenants(street, [ani, budi], day)
    enter(street, "payments", [(1, ENDS[3], Decimal(1000))])
    assert closed(street) == sorted(ENDS + ENDS[:3])
    enter(street, "charges", [(2, ENDS[5] + timedelta(days=1), Decimal(1000))])
    assert closed(street) == sorted(ENDS + ENDS[:3])


def test_closes_a_month_once_when_it_is_over(database: Database) -> None:
    with database.transaction() as conn:
        today = House.build(conn).tenant().today
    with pytest.raises(MonthOpenError):
        close_month(database, today)
    assert close_month(database, today.replace(day=1) - timedelta(days=1)) == 1
    assert close_month(database, today.replace(day=1) - timedelta(days=28)) == 0


def test_keeps_a_year_of_closings(street: Connection) -> None:
    tenant_ids = lock_free(street, ids(street)[:1])
    ends = month_ends(YearMonth.of(UNTIL), KEPT + 4)
    for day in ends:
        close_tenants(street, tenant_ids, day)
    assert closed(street) == ends[-KEPT - 1 :]


def test_reads_no_payments_older_than_the_last_closing(street: Connection) -> None:
    enter(street, "payments", [(1, day, Decimal(1000)) for day in ENDS])
    ani = lock_free(street, ids(street)[:1])

    def months_read() -> set[str]:
        with street.begin_nested() as savepoint:
            before = dict(scans(street))
            street.execute(text("select * from refresh_balances(:ids)"), {"ids": ani}).all()
            found = {name for name, count in scans(street) if count > before.get(name, 0)}
            savepoint.rollback()
        return found

    months = [f"payments_{day:%Y_%m}" for day in ENDS]
    assert set(months) <= months_read()
    close_tenants(street, ani, ENDS[4])
    assert set(months) & months_read() == {months[5]}


def scans(conn: Connection) -> list[tuple[str, int]]:
    query = "select relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) from pg_stat_xact_user_tables"
    return [(name, count) for name, count in conn.execute(text(query))]


@pytest.mark.parametrize("payment_first", [True, False])
def test_a_payment_and_a_closing_at_once_see_each_other(database: Database, *, payment_first: bool) -> None:
    with database.transaction() as conn:
        tenant = House.build(conn).tenant()
        day = tenant.today.replace(day=1) - timedelta(days=1)
    other = Database(database.url)

    def pay() -> None:
        with other.transaction() as conn:
            record_payment(conn, tenant, Decimal(1000), day)

    if payment_first:
        with database.transaction() as conn:
            record_payment(conn, tenant, Decimal(1000), day)
            thread = threading.Thread(target=close_month, args=(other, day))
            thread.start()
            thread.join(0.3)
    else:
        with database.transaction() as conn:
            close_tenants(conn, lock_free(conn, [tenant.id]), day)
            thread = threading.Thread(target=pay)
            thread.start()
            thread.join(0.3)
    thread.join()
    with database.reading() as conn:
        assert closed(conn) == ([day] if payment_first else [])
        assert conn.execute(text("select sum(total_payments) from balance_closings")).scalar() == (
            Decimal(1000) if payment_first else None
        )
    assert refresh(database).amounts == 0
