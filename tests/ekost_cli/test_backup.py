"""`ekost db backup`, `verify` and `restore` as an operator calls them: files, exit status, questions."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from db.engine import Database
from tests.db.services.house import House
from tests.ekost_cli.conftest import EKOST, Ekost


@pytest.fixture
def ekost(swift: Ekost) -> Ekost:
    return swift


_WAITING = text("""
select count(*) from pg_stat_activity
 where application_name = 'pg_dump' and datname = current_database() and wait_event_type = 'Lock'
""")
_DUMPING = text("select count(*) from pg_stat_activity where application_name = 'pg_dump'")


@pytest.fixture
def book(database: Database) -> Database:
    """A house with a room."""
    with database.transaction() as conn:
        House.build(conn).room()
    return database


def eventually(database: Database, count: int, question: object) -> None:
    for _ in range(100):
        with database.reading() as conn:
            if conn.execute(question).scalar_one() == count:  # type: ignore[call-overload]
                return
        time.sleep(0.1)
    raise AssertionError("never came")


def test_a_backup_is_made_examined_and_brought_back(
    ekost: Ekost, on_terminal: Callable[..., tuple[int, str]], book: Database, tmp_path: Path
) -> None:
    name, folder = make_url(book.url).database or "", tmp_path / "backups"

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return ekost("db", *words, EKOST_DATABASE_URL=book.url)

    refused = run("backup", str(folder), "--keep", "2")
    assert (refused.returncode, "is no folder" in refused.stderr) == (2, True)
    folder.mkdir()
    made = json.loads(run("backup", str(folder), "--keep", "2", "-o", "json").stdout)
    assert (made["removed"], Path(made["file"]).parent) == (0, folder)
    verified = run("verify", made["file"], "-o", "json")
    assert (verified.returncode, verified.stderr, json.loads(verified.stdout)["checks"] > 40) == (0, "", True)
    assert "hours old" in ekost("doctor", EKOST_DATABASE_URL=book.url).stdout

    refused = run("restore", made["file"])
    assert (refused.returncode, f"The database {name} is not empty" in refused.stderr) == (5, True)
    assert run("restore", made["file"], "--replace").returncode == 2
    ask = ("db", "restore", made["file"], "--replace")
    status, screen = on_terminal(*ask, answer="y\n", EKOST_DATABASE_URL=book.url)
    assert (status, "Not confirmed" in screen) == (1, True)
    status, screen = on_terminal(*ask, answer=f"{name}\n", EKOST_DATABASE_URL=book.url)
    assert (status, f"kept as the database {name}_before_" in screen.replace("\n", " ")) == (0, True)
    (old,) = re.findall(rf"{name}_before_\w+", json.dumps(screen.replace("\n", "")))[:1]
    assert run("forget", name, "--yes").returncode == 4
    assert run("forget", old, "-y", "-o", "json").stdout == f'{{"old_database": "{old}"}}\n'
    assert run("forget", old, "--yes").returncode == 4

    content = bytearray(Path(made["file"]).read_bytes())
    content[-9] ^= 4
    Path(made["file"]).write_bytes(content)
    wrong = run("verify", made["file"])
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("error:")) == (1, "", 1)
    assert "checksum" in wrong.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_backup_leaves_nothing(
    environment: dict[str, str], book: Database, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    with book.transaction() as conn:
        conn.execute(text("lock table rooms"))  # for which the dump has to wait
        child = subprocess.Popen(
            [EKOST, "db", "backup", str(folder)],
            env=environment | {"EKOST_DATABASE_URL": book.url},
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        eventually(book, 1, _WAITING)
        assert len(list(folder.iterdir())) == 2
        password = make_url(book.url).password
        listed = subprocess.run(["ps", "-A", "-ww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        assert "pg_dump" in listed
        assert not password or password not in listed
        # Ctrl-C goes to all of them, a kill to one.
        (os.killpg if number is signal.SIGINT else os.kill)(child.pid, number)
        _, told = child.communicate(timeout=20)
        eventually(book, 0, _DUMPING)
    assert (child.returncode, b"Traceback" in told) == (status, False)
    assert list(folder.iterdir()) == []
