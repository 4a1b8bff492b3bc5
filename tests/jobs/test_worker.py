"""`ekost worker`: what it does, what it refuses, how it ends."""

import json
import os
import pickle
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from rq import Callback, Queue
from sqlalchemy import make_url, text

from db.doctor.servers import examine_redis
from db.engine import Database
from db.metrics.collecting import JOB, QUERY
from db.metrics.processes import connections
from db.metrics.sink import DURATIONS
from db.metrics.totals import read_totals
from db.repositories.workers import Workers
from jobs.queues import DRAIN, book_of, queue_of
from tests.jobs.running import EKOST, Bell, RunningWorker, wait_until
from tests.jobs.town import pay, pay_and_wait, seconds_to_balance, undone
from tests.processes import all_processes

DEPLOY = Path(__file__).parents[2] / "deploy"
Start = Callable[..., RunningWorker]


class Touch:
    """What makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self.path}",)


def queue(bell: Bell, database: Database, name: str = "balances") -> Queue:
    with database.transaction() as conn:
        return queue_of(bell.client(), name, book_of(conn))


def test_what_a_payment_causes_is_done_at_once_and_measured(
    town: Database, start_worker: Start, tmp_path: Path
) -> None:
    worker = start_worker(town)
    pay_and_wait(town)
    took = []
    for _ in range(10):
        pay_and_wait(town)
        took.append(seconds_to_balance(town))
    assert sorted(took)[7] < 2, (took, worker.told)  # as promised; bench/latency.py tells how much less it is
    assert len(worker.children()) == 4
    worker.signal(signal.SIGTERM)
    worker.wait()
    state = tmp_path / ".local" / "state" / "ekost"
    jobs = {(one.kind, one.name): one.times for one in read_totals(state, DURATIONS)}
    assert jobs[JOB, "balances"] >= 11 <= jobs[QUERY, "balances.calculate"]
    pools = {gauge.metric for gauge in connections(state) if gauge.about == "worker"}
    assert pools == {"ekost_db_pool_connections", "ekost_db_pool_size"}


def test_nothing_runs_that_is_on_no_list(town: Database, start_worker: Start, bell: Bell, tmp_path: Path) -> None:
    planted, trace = queue(bell, town), tmp_path / "trace"
    function = planted.enqueue_call("os.system", (f"touch {trace}",))
    # RQ would call it with the job, and the job would fail of it.
    callback = planted.enqueue_call(DRAIN, ("balances",), on_success=Callback("os.mkdir"))
    method = planted.enqueue_call("format")
    method.data = json.dumps(["upper", "a text", [], {}]).encode()
    method.save()
    # Whoever unpickles this has run it.
    pickled = planted.enqueue_call(DRAIN, ("balances",))
    pickled.data = pickle.dumps(Touch(str(trace)))
    pickled.save()
    worker = start_worker(town)
    wait_until(lambda: len(planted.failed_job_registry) == 3, what=worker.told)
    assert set(planted.failed_job_registry.get_job_ids()) == {function.id, method.id, pickled.id}
    assert "JobRefusedError" in str(function.latest_result().exc_string)
    wait_until(lambda: callback.get_status() == "finished")
    assert not trace.exists()
    assert worker.told.count("it is on no list") == 2
    pay_and_wait(town)  # and the worker still works


def test_an_error_leaves_no_data_in_redis(town: Database, start_worker: Start, bell: Bell) -> None:
    broken = queue(bell, town)
    job = broken.enqueue_call(DRAIN, ("Budi's phone number",), failure_ttl=60)
    worker = start_worker(town)
    wait_until(lambda: job.get_status() == "failed")
    told = str(job.latest_result().exc_string)
    assert "JobFailedError" in told
    assert "phone" not in told
    password = str(make_url(town.url).password)
    kept = [bell.client().hgetall(key) for key in bell.client().keys("rq:*") if bell.client().type(key) == b"hash"]
    assert any(b"description" in row for row in kept)
    assert password not in str(kept) + worker.told


def test_children_end_with_a_killed_parent(town: Database, start_worker: Start) -> None:
    worker = start_worker(town, "-n", "2")
    wait_until(lambda: len(worker.children()) == 7)
    children = worker.children()
    worker.signal(signal.SIGKILL)
    assert worker.wait() == 137
    wait_until(lambda: not all_processes().keys() & set(children), 2)


def test_a_crashed_child_is_started_again(town: Database, start_worker: Start) -> None:
    worker = start_worker(town)
    wait_until(lambda: len(worker.children()) == 4)
    for child in worker.children():
        os.kill(child, signal.SIGKILL)
    worker.wait_until_told("is started again")
    wait_until(lambda: len(worker.children()) == 4)
    pay_and_wait(town)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_stops_when_the_job_at_hand_is_done(
    town: Database, start_worker: Start, number: signal.Signals, status: int
) -> None:
    worker = start_worker(town)
    with busy(worker, town):
        worker.signal(number)
        worker.wait_until_told("Stopping")
    assert worker.wait() == status
    assert undone(town) == 0
    assert not workers_alive(town)


def test_asked_twice_it_stops_at_once(town: Database, start_worker: Start) -> None:
    worker = start_worker(town)
    with busy(worker, town):
        worker.signal(signal.SIGINT)
        worker.signal(signal.SIGINT)
        worker.wait_until_told("Stopping")
        time.sleep(0.35)
        assert worker.process.poll() is None, "the echo of a Ctrl-C is not a second one"
        worker.signal(signal.SIGINT)
        assert worker.wait(2) == 130
    assert undone(town) == 1


@contextmanager
def busy(worker: RunningWorker, database: Database) -> Iterator[None]:
    """The worker is in the middle of a job, and stays there until the end of this."""
    wait_until(lambda: len(worker.children()) == 4)
    relay = worker.children()[0]
    os.kill(relay, signal.SIGSTOP)
    pay(database)
    with database.transaction() as conn:
        conn.execute(text("lock table events in share mode"))
        os.kill(relay, signal.SIGCONT)
        wait_until(lambda: somebody_waits(database))
        yield


def somebody_waits(database: Database) -> bool:
    with database.reading() as conn:
        return bool(
            conn.execute(text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")).scalar_one()
        )


def workers_alive(database: Database) -> bool:
    with database.reading() as conn:
        return Workers(conn).alive()


@contextmanager
def entitled(bell: Bell, name: str) -> Iterator[str]:
    """The address for a user of the example."""
    lines = (DEPLOY / "redis-acl.example").read_text().splitlines()
    rights = next(line for line in lines if line.startswith(f"user {name} ")).split()[2:]
    bell.client().execute_command("ACL", "SETUSER", name, "reset", *rights)
    try:
        yield bell.url.replace("unix://", f"unix://{name}:CHANGE-ME@")
    finally:
        bell.client().execute_command("ACL", "DELUSER", name)


def assert_refused(url: str, *commands: str) -> None:
    with redis.Redis.from_url(url) as limited:
        assert limited.ping()
        for words in commands:
            with pytest.raises(redis.exceptions.NoPermissionError):
                limited.execute_command(*words.split())


# What neither of the two needs, and what would be the end of everything or a way to more.
NOBODY = ("FLUSHALL", "FLUSHDB", "KEYS *", "CONFIG GET *", "GET other", "ACL LIST", "SHUTDOWN", "MODULE LIST",
          "SUBSCRIBE x", "SWAPDB 0 1", "EVAL x 0", "SAVE", "REPLICAOF x 1", "MONITOR")  # fmt: skip


def test_the_worker_has_the_rights_of_the_example_and_no_more(
    town: Database, start_worker: Start, bell: Bell, tmp_path: Path
) -> None:
    with entitled(bell, "ekost") as url:
        assert [found.status for found in examine_redis(url, tmp_path)] == ["pass"]
        worker = start_worker(town, EKOST_REDIS_URL=url)
        pay_and_wait(town)
        wait_until(lambda: bell.client().smembers("rq:workers"), what=worker.told)
        worker.signal(signal.SIGTERM)
        assert worker.wait() == 143
        assert "CHANGE-ME" not in worker.told
        assert "Redis does not answer" not in worker.told
        assert_refused(url, *NOBODY, "GET ekost:cache:x", "SET ekost:cache:x 1", "DEL ekost:cache:x", "SCAN 0")


def test_the_cache_has_the_rights_of_the_example_and_no_more(town: Database, bell: Bell, tmp_path: Path) -> None:
    with entitled(bell, "ekost-cache") as url:
        cache_url = url.replace("db=0", "db=1")
        env = {"EKOST_DATABASE_URL": town.url, "EKOST_CACHE_URL": cache_url, "HOME": str(tmp_path), "LANG": "C.UTF-8"}

        def ekost(*words: str) -> str:
            done = subprocess.run([EKOST, *words], env=env, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), words
            return done.stdout

        ekost("cache", "clear")
        for words in (("tenant", "list"), ("tenant", "list"), ("payment", "add", "T1", "1000"), ("cache", "warm")):
            ekost(*words)
        lists = json.loads(ekost("cache", "stats", "-o", "json"))["items"][0]
        assert (lists["hits"], lists["refused"], lists["errors"]) == (1, 0, 0)
        assert lists["kept"] > 0
        assert_refused(cache_url, *NOBODY, "LPUSH rq:queue:x 1", "SMEMBERS rq:workers", "ZRANGE rq:failed:x 0 1",
                       "HGETALL rq:job:x", "EVALSHA x 0")  # fmt: skip
