"""Deliveries end once, whatever happens around them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from db.connecting import DatabaseUnreachableError
from db.engine import Database
from db.outbox import Delivery, claim, hold
from db.policies import BALANCES
from db.tables import deliveries
from jobs import drain as module
from jobs.drain import drain
from tests.jobs.payers import lose_leases, move_in, pay, states, told, violations

Deliver = Callable[[Connection, Sequence[Delivery]], Sequence[Delivery] | None]


@pytest.fixture
def payers(database: Database) -> list[int]:
    return move_in(database, 4)


def error_of(database: Database, event_id: int) -> str:
    with database.reading() as conn:
        of = (deliveries.c.event_id == event_id, deliveries.c.consumer == "balances")
        return str(conn.execute(select(deliveries.c.last_error).where(*of)).scalar_one())


def replace(monkeypatch: pytest.MonkeyPatch, deliver: Deliver) -> None:
    monkeypatch.setitem(module.EFFECTS, "balances", deliver)


def test_drains_what_is_due_and_then_nothing(database: Database, payers: list[int]) -> None:
    pay(database, *payers)
    assert drain(database, "balances", batch=3) == 4
    assert drain(database, "balances") == 0
    assert drain(database, "audit") == 4
    assert violations(database) == []


def test_stops_when_its_time_is_over(database: Database, payers: list[int]) -> None:
    pay(database, *payers)
    assert drain(database, "balances", budget=0) == 0
    assert len(states(database)) == 4


def test_claims_nothing_that_it_has_no_time_for(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = pay(database, *payers)
    sound = module.EFFECTS["balances"]

    def deliver(conn: Connection, held: Sequence[Delivery]) -> Sequence[Delivery] | None:
        time.sleep(0.3)
        return sound(conn, held)

    replace(monkeypatch, deliver)
    assert drain(database, "balances", batch=2, budget=0.2) == 2
    assert states(database) == dict.fromkeys(paid[2:], "ready")


@pytest.mark.parametrize("poison", [0, 2, 3])
def test_one_that_fails_holds_up_no_other_and_is_dead_in_the_end(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch, poison: int
) -> None:
    paid = pay(database, *payers)
    sound = module.EFFECTS["balances"]

    def deliver(conn: Connection, held: Sequence[Delivery]) -> Sequence[Delivery] | None:
        if any(delivery.event_id == paid[poison] for delivery in held):
            conn.execute(text("select 1 / (amount - amount), note from payments limit 1"))
        return sound(conn, held)

    replace(monkeypatch, deliver)
    assert drain(database, "balances") == 3
    assert states(database) == {paid[poison]: "ready"}
    for _ in range(BALANCES.attempts - 1):
        lose_leases(database)
        assert drain(database, "balances") == 0
    assert states(database) == {paid[poison]: "dead"}
    assert len(told(database, "BalanceCalculated")) == 3


def test_an_error_is_kept_without_anybodys_data(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (event_id,) = pay(database, payers[0])

    def deliver(conn: Connection, held: Sequence[Delivery]) -> None:
        conn.execute(text("insert into properties (code, name) select code, 'secret of Budi' from properties"))

    replace(monkeypatch, deliver)
    drain(database, "balances")
    assert error_of(database, event_id).startswith("ConstraintError 23505 properties_")
    replace(monkeypatch, lambda conn, held: {}["secret of Budi"])  # type: ignore[index]
    lose_leases(database)
    drain(database, "balances")
    assert error_of(database, event_id).startswith("KeyError <lambda>:")
    assert "secret" not in error_of(database, event_id)


def test_rows_that_are_locked_for_a_moment_cost_no_attempt(
    database: Database, payers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(database, *payers)
    monkeypatch.setattr(module, "LOCK_TIMEOUT", "set local lock_timeout = '50ms'")
    tries = []
    sound = module.EFFECTS["balances"]
    holder = Database(database.url)

    def deliver(conn: Connection, held: Sequence[Delivery]) -> Sequence[Delivery] | None:
        tries.append(len(held))
        conn.execute(text("update properties set name = name"))
        return sound(conn, held)

    replace(monkeypatch, deliver)
    with holder.transaction() as conn:
        conn.execute(text("update properties set name = name"))
        thread = threading.Thread(target=drain, args=(database, "balances"))
        thread.start()
        while not tries:
            time.sleep(0.01)
    thread.join()
    assert states(database) == {}
    with database.reading() as conn:
        paid = select(deliveries.c.attempts).where(deliveries.c.consumer == "balances")
        assert set(conn.execute(paid).scalars()) == {1}


def test_what_a_worker_claimed_and_lost_is_taken_over(database: Database, payers: list[int]) -> None:
    pay(database, *payers)
    with database.transaction() as conn:
        slow = claim(conn, "balances", 10)
    assert drain(database, "balances") == 0
    lose_leases(database)
    assert drain(database, "balances") == 4
    with database.transaction() as conn:
        assert hold(conn, slow) == []
    assert len(told(database, "BalanceCalculated")) == 4


# Claims, has the effect, and is killed before the commit.
DYING = """
import dataclasses, signal, sys
from db import outbox, policies
from db.engine import Database
from jobs import balances, drain

outbox.POLICIES = {"balances": dataclasses.replace(policies.BALANCES, lease=1)}

def deliver(conn, held):
    balances.deliver(conn, held)
    print("at work", flush=True)
    signal.pause()

drain.EFFECTS["balances"] = deliver
drain.drain(Database(sys.argv[1]), "balances")
"""


def test_killed_between_effect_and_end_it_has_done_nothing(database: Database, payers: list[int]) -> None:
    pay(database, *payers)
    root = Path(module.__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", DYING, database.url], stdout=subprocess.PIPE, text=True, cwd=root
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "at work\n"
        # Held by a worker that lives, it is nobody else's, whatever the lease says.
        time.sleep(1)
        assert drain(database, "balances") == 0
        os.kill(worker.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while states(database) and time.monotonic() < deadline:
        drain(database, "balances")
        time.sleep(0.1)
    assert len(told(database, "BalanceCalculated")) == 4
    drain(database, "audit")
    assert violations(database) == []


def test_two_drains_at_once_deliver_each_once(database: Database, payers: list[int]) -> None:
    for _ in range(5):
        pay(database, *payers)
    others = [Database(database.url) for _ in range(3)]
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda mine: done.append(drain(mine, "balances", batch=3)), args=(one,))
        for one in others
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain(database, "balances")
    drain(database, "audit")
    assert sum(done) == 20
    assert violations(database) == []


def test_a_database_that_is_away_is_told_to_the_caller() -> None:
    with pytest.raises(DatabaseUnreachableError):
        drain(Database("postgresql://nobody@127.0.0.1:1/none"), "balances")
