"""`ekost worker --once`, and command lines that can't work."""

import json
import subprocess
from pathlib import Path

import pytest

from db.engine import Database
from db.services.imports.staging import Request, stage_file
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


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (["--queues", "balances,letters"], 2, "unknown_queue"),
        (["--queues", ""], 2, "unknown_queue"),
        (["-n", "0"], 2, "bad_value"),
    ],
)
def test_a_wrong_command_line_is_refused(town: Database, words: list[str], status: int, code: str) -> None:
    done = ekost(town.url, "worker", *words, "-o", "json")
    assert done.returncode == status, done
    assert json.loads(done.stderr)["error"]["code"] == code


@pytest.mark.parametrize("url", ["no-scheme:secret@host", "redis://user:secret@host:port/0", "http://secret@host"])
def test_a_wrong_address_of_redis_is_refused_without_being_shown(town: Database, url: str) -> None:
    done = ekost(town.url, "worker", redis_url=url)
    assert done.returncode == 2
    assert "address of Redis" in done.stderr
    assert "secret" not in done.stderr


def test_without_the_database_it_does_not_start() -> None:
    done = ekost("postgresql://ekost:secret@127.0.0.1:1/ekost", "worker", "-o", "json")
    assert done.returncode == 3
    assert json.loads(done.stderr)["error"]["code"] == "database_unreachable"
    assert "secret" not in done.stderr
