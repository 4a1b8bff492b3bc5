"""`ekost worker --once`, and command lines that can't work."""

import json
import subprocess
from pathlib import Path

import pytest

from db.engine import Database
from db.redis_url import RedisURLError
from db.services.imports.staging import Request, stage_file
from jobs.queues import connect
from tests.jobs.running import EKOST
from tests.jobs.town import pay, undone

NOWHERE = "redis://127.0.0.1:1/0"


def ekost(database_url: str, *words: str, redis_url: str = NOWHERE) -> subprocess.CompletedProcess[str]:
    env = {"EKOST_DATABASE_URL": database_url, "EKOST_REDIS_URL": redis_url, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run([EKOST, *words], env=env, capture_output=True, text=True, timeout=60, check=False)


def stage(database: Database, folder: Path, text: str) -> int:
    """A file of payments that waits for a worker; the import's number."""
    file = folder / "payments.csv"
    file.write_text(text, encoding="utf-8")
    with database.transaction(ring=True) as conn, file.open("rb") as stream:
        return stage_file(conn, Request("payments", "KOSA", "iso", "plain"), stream, file.name).row.id


def state(database_url: str, import_id: int) -> str:
    return str(json.loads(ekost(database_url, "import", "show", str(import_id), "-o", "json").stdout)["state"])


def test_does_what_is_due_without_redis(town: Database, tmp_path: Path) -> None:
    number = stage(town, tmp_path, "tenant,amount,date\nT1,5000,2026-01-05\nT2,6000,2026-01-06\n")
    pay(town)
    done = ekost(town.url, "worker", "--once", "-o", "json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = {row["queue"]: row["done"] for row in json.loads(done.stdout)["items"]}
    assert rows == {"balances": 2, "audit": 3, "imports": 1}  # the payments of the file are one event, its end another
    assert undone(town) == 0
    assert state(town.url, number) == "done"
    again = ekost(town.url, "worker", "--once", "-o", "json")
    assert {row["done"] for row in json.loads(again.stdout)["items"]} == {0}


def test_does_only_the_queues_named(town: Database) -> None:
    pay(town)
    done = ekost(town.url, "worker", "--once", "--queues", "audit", "-o", "json")
    assert json.loads(done.stdout)["items"] == [{"queue": "audit", "done": 1}]
    assert undone(town) == 1


@pytest.mark.parametrize("queues", ["balances,letters", ""])
def test_an_unknown_queue_is_refused(queues: str) -> None:
    done = ekost("postgresql://nowhere/ekost", "worker", "--queues", queues, "-o", "json")
    assert done.returncode == 2, done
    assert json.loads(done.stderr)["error"]["code"] == "unknown_queue"


def test_a_wrong_address_of_redis_is_refused_without_being_shown(town: Database) -> None:
    done = ekost(town.url, "worker", redis_url="no-scheme:secret@host")
    assert done.returncode == 2
    assert "address of Redis" in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    "url", ["redis://user:secret@host:port/0", "http://secret@host", "redis://host/0?db=x", "redis://h?secret=1", ""]
)
def test_what_is_no_address_of_redis(url: str) -> None:
    with pytest.raises(RedisURLError) as told:
        connect(url)
    assert "secret" not in str(told.value)


def test_without_the_database_it_does_not_start() -> None:
    done = ekost("postgresql://ekost:secret@127.0.0.1:1/ekost", "worker", "-o", "json")
    assert done.returncode == 3
    assert json.loads(done.stderr)["error"]["code"] == "database_unreachable"
    assert "secret" not in done.stderr
