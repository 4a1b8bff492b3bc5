"""The relay: work is done soon, with Redis, without it, and after everything that can happen to either server."""

import signal
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, make_url, text

from db.engine import Database
from db.repositories.workers import WorkerRow, Workers
from db.services.workers import sign_of_life, sign_on
from jobs.queues import book_of
from tests.conftest import command
from tests.jobs.running import Bell, RunningWorker, wait_until
from tests.jobs.town import pay, pay_and_wait, undone, wait_until_done
from tests.processes import signal_all

Start = Callable[..., RunningWorker]
BY_HAND, BACK = "the relay does the work itself", "Redis answers again"


def alive(database: Database) -> list[WorkerRow]:
    with database.reading() as conn:
        return Workers(conn).rows()


def book(database: Database) -> str:
    with database.reading() as conn:
        return book_of(conn)


def test_without_redis_the_relay_works_until_it_is_back(town: Database, start_worker: Start, bell: Bell) -> None:
    worker = start_worker(town)
    pay_and_wait(town)
    bell.kill()
    worker.wait_until_told(BY_HAND, 3)
    assert pay_and_wait(town) < 1
    wait_until(lambda: [row.by_hand for row in alive(town)] == [True], 2)
    bell.start()
    worker.wait_until_told(BACK, 3)
    wait_until(lambda: [row.by_hand for row in alive(town)] == [False], 2)
    _relay, *hands = worker.children()
    signal_all(hands, signal.SIGSTOP)
    pay(town)
    time.sleep(0.8)
    assert undone(town) == 2, "only the workers work again"
    signal_all(hands, signal.SIGCONT)
    assert wait_until_done(town) < 5
    assert worker.told.count(BY_HAND) == 1


@pytest.mark.slow
def test_a_redis_that_hangs_is_no_better_than_none(town: Database, start_worker: Start, bell: Bell) -> None:
    worker = start_worker(town)
    pay_and_wait(town)
    bell.freeze()
    pay(town)
    assert wait_until_done(town) < 3.5
    assert pay_and_wait(town) < 2
    bell.thaw()
    worker.wait_until_told(BACK, 4)
    assert pay_and_wait(town) < 4


def test_it_starts_without_redis(town: Database, start_worker: Start, bell: Bell) -> None:
    bell.kill()
    worker = start_worker(town)
    pay(town)
    worker.wait_until_told(BY_HAND, 5)
    assert wait_until_done(town) < 3


def test_jobs_that_redis_forgot_are_rung_for_again(town: Database, start_worker: Start, bell: Bell) -> None:
    worker = start_worker(town)
    pay_and_wait(town)
    _relay, *hands = worker.children()
    signal_all(hands, signal.SIGSTOP)
    pay(town)
    wait_until(lambda: any(b"drain" in key for key in bell.client().keys("rq:job:*")))
    bell.client().flushall()
    signal_all(hands, signal.SIGCONT)
    assert wait_until_done(town) < 4.5


@pytest.mark.slow
def test_a_job_that_a_worker_took_to_its_grave_is_rung_for_again(
    town: Database, start_worker: Start, bell: Bell
) -> None:
    worker = start_worker(town)
    pay_and_wait(town)
    _relay, *hands = worker.children()
    signal_all(hands, signal.SIGSTOP)
    pay(town)
    redis = bell.client()
    waiting = "rq:queue:{}-" + book(town)
    queues = [waiting.format(name) for name in ("balances", "audit")]
    wait_until(lambda: all(redis.llen(queue) for queue in queues))
    # As a worker does that takes a job and is killed then: its name is still taken.
    for queue in queues:
        while redis.lmove(queue, f"{queue}:intermediate"):
            pass
    signal_all(hands, signal.SIGCONT)
    assert wait_until_done(town) < 4.5


def test_a_notice_that_nobody_sends_costs_half_a_second(town: Database, start_worker: Start) -> None:
    start_worker(town)
    pay_and_wait(town)
    pay(town, ring=False)
    assert wait_until_done(town) < 2


def test_the_database_may_go_and_come_back(town: Database, server_url: str, start_worker: Start) -> None:
    worker = start_worker(town)
    pay_and_wait(town)
    name = make_url(town.url).database
    command(server_url, f"alter database {name} allow_connections false")
    everybody = "select pg_terminate_backend(pid) from pg_stat_activity"
    command(server_url, f"{everybody} where datname = '{name}'")
    worker.wait_until_told("does not answer: waiting", 5)
    command(server_url, f"alter database {name} allow_connections true")
    worker.wait_until_told("The database answers again", 5)
    assert pay_and_wait(town) < 5
    assert len(worker.children()) == 4
    wait_until(lambda: len(alive(town)) == 1, 8)


def test_a_sign_of_life_is_given_and_taken_back(town: Database, start_worker: Start) -> None:
    worker = start_worker(town, "--queues", "balances,audit")
    wait_until(lambda: alive(town))
    (row,) = alive(town)
    assert (row.pid, row.queues, row.by_hand) == (worker.pid, ["balances", "audit"], False)
    with town.reading() as conn:
        assert Workers(conn).alive("audit")
        assert not Workers(conn).alive("imports")
    worker.signal(signal.SIGTERM)
    assert worker.wait() == 143
    assert not alive(town)


def test_a_worker_that_fell_silent_is_not_alive(conn: Connection) -> None:
    first = sign_on(conn, "host", 1, ["audit"])
    assert Workers(conn).alive("audit")
    conn.execute(
        text("update workers set started_at = started_at - interval '1 h', seen_at = seen_at - interval '16 s'")
    )
    assert not Workers(conn).alive()
    assert sign_of_life(conn, first, by_hand=True)
    assert [(row.id, row.by_hand) for row in Workers(conn).rows()] == [(first, True)]


def test_who_was_struck_off_signs_on_again(conn: Connection) -> None:
    first = sign_on(conn, "host", 1, ["audit"])
    conn.execute(
        text("update workers set started_at = started_at - interval '1 h', seen_at = seen_at - interval '61 s'")
    )
    second = sign_on(conn, "host", 2, ["audit"])
    assert not sign_of_life(conn, first, by_hand=False), "silent for a minute"
    assert sign_on(conn, "host", 2, ["audit"]) > second
    assert not sign_of_life(conn, second, by_hand=False), "another process with its number"


@pytest.mark.slow
def test_two_workers_share_the_work(town: Database, start_worker: Start) -> None:
    for _ in range(2):
        start_worker(town)
    for _ in range(5):
        pay(town)
    wait_until_done(town)
    assert len(alive(town)) == 2
    assert undone(town) == 0
