"""The balance consumer: told once a tenant and batch, in bounded steps for many, and never in anybody's way."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import psycopg
import pytest
from sqlalchemy import Connection, select, text

from db.engine import Database
from db.outbox import Delivery, claim, complete, hold
from db.policies import BALANCES
from db.services import holding
from db.services.leases import lock_tenant
from db.tables import balance_drifts, balances
from jobs import balances as consumer
from jobs.drain import EFFECTS, drain
from tests.jobs.payers import lose_leases, move_in, pay, pay_in_bulk, states, told, violations
from tests.jobs.running import wait_until


@pytest.fixture
def payers(database: Database) -> list[int]:
    return move_in(database, 5)


def statuses(database: Database) -> set[str]:
    with database.reading() as conn:
        return set(conn.execute(select(balances.c.status)).scalars())


@contextmanager
def in_use(database: Database, tenant_id: int) -> Iterator[None]:
    with Database(database.url).transaction() as conn:
        lock_tenant(conn, tenant_id)
        yield


def test_a_tenant_with_many_events_is_told_once(database: Database, payers: list[int]) -> None:
    ani, budi, *_ = payers
    paid = pay(database, ani, budi, ani, ani)
    assert drain(database, "balances") == 4
    of_ani, of_budi = told(database, "BalanceCalculated")
    assert (of_ani.tenant_id, of_budi.tenant_id) == (ani, budi)
    assert of_ani.payload["eventIds"] == [paid[0], paid[2], paid[3]]
    assert of_ani.payload.keys() == {
        "tenantId", "outstandingBalance", "calculatedAt", "version", "eventIds", "timestamp",
    }  # fmt: skip
    assert (of_ani.payload["tenantId"], of_ani.payload["outstandingBalance"]) == (ani, "-3000.00")
    with database.reading() as conn:
        kept = conn.execute(select(balances).where(balances.c.tenant_id == ani)).one()
    assert of_ani.payload["version"] == kept.version
    assert datetime.fromisoformat(str(of_ani.payload["calculatedAt"])) == kept.calculated_at
    drain(database, "audit")
    assert violations(database) == []


def test_delivered_twice_it_changes_nothing(database: Database, payers: list[int]) -> None:
    pay(database, *payers)

    def kept() -> Sequence[object]:
        b = balances.c
        with database.reading() as conn:
            columns = (b.tenant_id, b.outstanding_balance, b.paid_through_on, b.oldest_due_on, b.status)
            return conn.execute(select(*columns).order_by(b.tenant_id)).all()

    with database.transaction() as conn:
        slow = claim(conn, "balances", 10)
    lose_leases(database)
    with database.transaction() as conn:
        quick = hold(conn, claim(conn, "balances", 10))
        consumer.deliver(conn, quick)
        complete(conn, quick)
    once = kept()
    with database.transaction() as conn:
        consumer.deliver(conn, slow)
        conn.rollback()
    drain(database, "balances")
    assert kept() == once
    assert len(told(database, "BalanceCalculated")) == len(payers)


def test_what_had_drifted_is_put_right_and_counted(database: Database, payers: list[int]) -> None:
    ani, budi, *_ = payers
    pay(database, ani, budi)
    with database.transaction() as conn:
        conn.execute(
            text("update balances set total_payments = 1, total_charges = 2 where tenant_id = :id"), {"id": ani}
        )
    drain(database, "balances")
    assert told(database, "BalanceCalculated")[0].payload["outstandingBalance"] == "-1000.00"
    with database.reading() as conn:
        drift = conn.execute(select(balance_drifts)).one()
    assert (drift.tenant_id, drift.charges, drift.payments, drift.deposit) == (ani, 2, -999, 0)
    drain(database, "audit")
    assert violations(database) == []


def test_a_tenant_in_use_is_passed_over_and_costs_no_attempt(database: Database, payers: list[int]) -> None:
    first, *rest = pay(database, *payers)
    thread = threading.Thread(target=drain, args=(Database(database.url), "balances"))
    with in_use(database, payers[0]):
        thread.start()
        wait_until(lambda: states(database) == {first: "ready"})
        assert len(told(database, "BalanceCalculated")) == len(rest)
    thread.join()
    assert states(database) == {}
    with database.reading() as conn:
        assert conn.execute(text("select max(attempts) from deliveries where consumer = 'balances'")).scalar() == 1


def test_an_event_of_many_is_told_as_one(database: Database, payers: list[int]) -> None:
    event_id = pay_in_bulk(database, payers, each=3)
    # What derives from the amounts is still to come; nobody calls that an error.
    assert statuses(database) == {"paid"}
    drain(database, "audit")
    assert violations(database) == []
    assert drain(database, "balances") == 1
    assert statuses(database) == {"credit"}
    assert told(database, "BalanceCalculated") == []
    (event,) = told(database, "BalancesCalculated")
    assert event.tenant_id is None
    assert event.payload.keys() == {"eventId", "count", "calculatedAt", "timestamp"}
    assert (event.payload["eventId"], event.payload["count"]) == (event_id, len(payers))
    assert violations(database) == []


def test_what_is_not_worked_out_after_the_delivery_is_an_error(database: Database, payers: list[int]) -> None:
    pay_in_bulk(database, payers)
    with database.transaction() as conn:
        conn.execute(text("update deliveries set state = 'done', done_at = now()"))
    found = {line.split()[0] for line in violations(database)}
    assert "standings_match_ledger" in found


def test_many_tenants_are_held_a_few_at_a_time_and_payments_go_first(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "CHUNK", 2)
    pay_in_bulk(database, payers)
    held: list[int] = []
    sound = consumer.calculate

    def calculate(conn: Connection, tenant_ids: Sequence[int]) -> object:
        ids = list(tenant_ids)
        held.append(len(ids))
        if held == [2]:  # somebody pays while the event of many is worked on
            threading.Thread(target=pay, args=(Database(database.url), payers[4])).start()
            wait_until(lambda: "ready" in list(states(database).values()))
        return sound(conn, ids)

    monkeypatch.setattr(consumer, "calculate", calculate)
    assert drain(database, "balances") == 2
    assert held == [2, 1, 2, 1]
    (single,), (many,) = told(database, "BalanceCalculated"), told(database, "BalancesCalculated")
    assert single.payload["timestamp"] < many.payload["timestamp"]
    drain(database, "audit")
    assert violations(database) == []


def test_a_trickle_of_payments_does_not_keep_an_event_of_many_waiting(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pay_in_bulk(database, payers)
    pay(database, payers[0])
    sound = consumer.deliver
    left = 5

    def deliver(conn: Connection, held: Sequence[Delivery]) -> Sequence[Delivery]:
        nonlocal left
        if left:
            left -= 1
            pay(Database(database.url), payers[left])
        return sound(conn, held)

    monkeypatch.setitem(EFFECTS, "balances", deliver)
    assert drain(database, "balances") == 7
    (many,) = told(database, "BalancesCalculated")
    assert many.payload["timestamp"] < told(database, "BalanceCalculated")[2].payload["timestamp"]


def test_killed_half_way_through_many_it_begins_again(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "CHUNK", 2)
    pay_in_bulk(database, payers)
    steps = []

    def die() -> None:
        steps.append(1)
        raise KeyboardInterrupt

    with database.transaction() as conn:
        claimed = claim(conn, "balances", 1, wide=True)
    with pytest.raises(KeyboardInterrupt):
        consumer.work_ahead(database, claimed, die)
    assert (len(steps), statuses(database)) == (1, {"credit", "paid"})
    lose_leases(database)
    assert drain(database, "balances") == 1
    assert statuses(database) == {"credit"}
    assert len(told(database, "BalancesCalculated")) == 1


def test_a_slow_worker_stops_when_another_one_has_taken_over(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "CHUNK", 2)
    pay_in_bulk(database, payers)
    with database.transaction() as conn:
        slow = claim(conn, "balances", 1, wide=True)
    lose_leases(database)
    with database.transaction() as conn:
        claim(conn, "balances", 1, wide=True)
    steps: list[int] = []
    consumer.work_ahead(database, slow, lambda: steps.append(1))
    assert (steps, statuses(database)) == ([], {"paid"})


def test_an_event_of_many_that_fails_holds_up_no_other(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (pay_in_bulk(database, [tenant_id]) for tenant_id in payers[:3])
    sound = consumer.calculate

    def calculate(conn: Connection, tenant_ids: Sequence[int]) -> object:
        ids = list(tenant_ids)
        if payers[1] in ids:
            raise ZeroDivisionError
        return sound(conn, ids)

    monkeypatch.setattr(consumer, "calculate", calculate)
    assert drain(database, "balances") == 2
    assert states(database) == {second: "ready"}
    assert {event.payload["eventId"] for event in told(database, "BalancesCalculated")} == {first, third}
    for _ in range(BALANCES.attempts - 1):
        lose_leases(database)
        drain(database, "balances")
    assert states(database) == {second: "dead"}


def test_screens_are_told_once_a_batch(database: Database, payers: list[int]) -> None:
    url = database.url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"listen {consumer.CHANNEL}")
        pay(database, *payers)
        drain(database, "balances")
        assert len(list(listener.notifies(timeout=0.5))) == 1
