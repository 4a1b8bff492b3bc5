"""Balances worked out anew: what is wrong is put right, noted and told."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from db.domain import periods
from db.engine import Database, DatabaseBusyError, sqlstate
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import TenantRef
from db.services import holding
from db.services.balances import Refreshed, reconcile, refresh
from db.services.closings import close_tenants
from db.services.leases import lock_tenant
from db.services.payments import record_payment
from db.tables import balance_closings, balance_drifts, balances, events
from tests.db.services.house import House

NAMES = ("Ani", "Budi", "Citra")


@pytest.fixture
def tenants(database: Database) -> list[TenantRef]:
    """Three tenants who have paid two months, one of them in a room and behind."""
    with database.transaction() as conn:
        house = House.build(conn)
        house.room()
        found = [house.let(date_before(conn, 100), name="Ani"), house.tenant("Budi"), house.tenant("Citra")]
        for tenant in found:
            record_payment(conn, tenant, Decimal(2_000_000), tenant.today - timedelta(days=40))
        house.deliver()
    return found


def date_before(conn: Connection, days: int) -> date:
    return conn.execute(text("select current_date - :days"), {"days": days}).scalar_one()


def spoil(database: Database, change: str, **values: object) -> None:
    with database.transaction() as conn:
        conn.execute(text(change), values)


def in_order(database: Database) -> bool:
    with database.reading() as conn:
        return not list(run_checks(conn))


def test_puts_right_what_is_wrong_notes_by_how_much_and_tells_it(database: Database, tenants: list[TenantRef]) -> None:
    ani, budi, _ = (tenant.id for tenant in tenants)
    spoil(database, "update balances set total_payments = total_payments + 5 where tenant_id = :id", id=budi)
    spoil(database, "update balances set status = 'paid', oldest_due_on = null where tenant_id = :id", id=ani)
    seen = []
    assert refresh(database, progress=lambda done, total: seen.append((done, total))) == Refreshed(3, 1, 1)
    assert seen == [(3, 3)]
    assert in_order(database)
    with database.reading() as conn:
        drift = conn.execute(select(balance_drifts)).one()
        assert (drift.tenant_id, drift.charges, drift.payments, drift.deposit) == (budi, 0, 5, 0)
        told = select(events.c.tenant_id, events.c.payload["eventIds"]).where(events.c.type == "BalanceCalculated")
        last = conn.execute(told.order_by(events.c.id.desc()).limit(2)).all()
        assert [tuple(row) for row in last] == [(budi, []), (ani, [])]
    assert refresh(database) == Refreshed(3)


def test_a_balance_that_is_gone_comes_back(database: Database, tenants: list[TenantRef]) -> None:
    spoil(database, "delete from balances where tenant_id = :id", id=tenants[1].id)
    assert refresh(database) == Refreshed(3, 1, 1)
    assert in_order(database)


def test_what_was_found_wrong_can_not_be_hushed_up(database: Database, tenants: list[TenantRef]) -> None:
    spoil(database, "update balances set deposit_held = 7")
    assert refresh(database).amounts == 3
    for change in ("delete from balance_drifts", "update balance_drifts set deposit = 1", "truncate balance_drifts"):
        with pytest.raises(DBAPIError) as refused, database.engine.begin() as conn:
            conn.execute(text(change))
        assert sqlstate(refused.value) == "EK001"


def test_refreshes_only_what_is_named(database: Database, tenants: list[TenantRef]) -> None:
    spoil(database, "update balances set total_charges = total_charges + 1")
    assert refresh(database, tenant_ids=[tenants[1].id, tenants[1].id]) == Refreshed(1, 1)
    assert refresh(database, property_id=tenants[0].property_id + 1) == Refreshed()
    assert refresh(database, property_id=tenants[0].property_id).amounts == 2


def test_a_wrong_closing_misleads_until_the_night(database: Database, tenants: list[TenantRef]) -> None:
    budi = tenants[1]
    with database.transaction() as conn:
        day = budi.today.replace(day=1) - timedelta(days=1)
        close_tenants(conn, holding.lock_free(conn, [tenant.id for tenant in tenants]), day)
    spoil(database, "update balance_closings set total_payments = 3 where tenant_id = :id", id=budi.id)
    assert refresh(database).amounts == 1
    assert reconcile(database) == Refreshed(3, 1, 0, 1)
    assert in_order(database)
    with database.reading() as conn:
        closed = conn.execute(select(balance_closings.c.tenant_id)).scalars()
        assert set(closed) == {tenant.id for tenant in tenants} - {budi.id}


def test_a_tenant_in_use_comes_last_and_holds_nobody_up(database: Database, tenants: list[TenantRef]) -> None:
    spoil(database, "update balances set total_charges = total_charges + 1")
    seen: list[int] = []
    found: list[Refreshed] = []

    def work() -> None:
        other = Database(database.url)
        found.append(refresh(other, progress=lambda done, total: seen.append(done)))

    with database.transaction() as conn:
        lock_tenant(conn, tenants[0].id)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.5)
        assert (seen[0], set(seen[1:])) == (2, {2})
    thread.join()
    assert seen[-1] == 3
    assert [one.amounts for one in found] == [3]


def test_gives_up_on_a_tenant_who_stays_in_use(
    database: Database, tenants: list[TenantRef], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(database, "update balances set total_charges = total_charges + 1")
    monkeypatch.setattr(holding, "PATIENCE", 0.1)
    other = Database(database.url)
    with database.transaction() as conn:
        lock_tenant(conn, tenants[0].id)
        with pytest.raises(DatabaseBusyError):
            refresh(other)
    with database.reading() as conn:
        noted = conn.execute(select(balance_drifts.c.tenant_id).order_by(balance_drifts.c.tenant_id)).scalars()
        assert list(noted) == [tenants[1].id, tenants[2].id]


def test_a_payment_that_comes_in_meanwhile_is_neither_lost_nor_counted_twice(
    database: Database, tenants: list[TenantRef]
) -> None:
    budi = tenants[1]
    spoil(database, "update balances set total_payments = 5 where tenant_id = :id", id=budi.id)
    found: list[Refreshed] = []
    thread = threading.Thread(target=lambda: found.append(refresh(Database(database.url))))
    with database.transaction() as conn:
        record_payment(conn, budi, Decimal(1000))
        thread.start()
        thread.join(0.5)
    thread.join()
    assert found == [Refreshed(3, 1)]
    with database.reading() as conn:
        total = select(balances.c.total_payments).where(balances.c.tenant_id == budi.id)
        assert conn.execute(total).scalar_one() == 2_001_000


def test_billing_days_are_those_of_the_rules(conn: Connection) -> None:
    query = text("""
        select day::date, n, next_boundary(n::smallint, day::date), last_boundary(n::smallint, day::date)
          from generate_series('2023-12-01'::timestamp, '2025-03-02', '1 day') day, generate_series(1, 31) n
    """)
    for day, anchor, following, last in conn.execute(query):
        assert following == periods.next_boundary(anchor, day)
        assert last == periods.period_containing(anchor, day).start
