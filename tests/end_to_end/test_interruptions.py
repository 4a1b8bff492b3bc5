"""Processes that are killed and databases that go away: what was told is kept, what was not told is not half done."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from db.engine import Database
from db.migrations.runner import HEAD
from tests.conftest import command, named
from tests.end_to_end.forks import Done, Forks
from tests.end_to_end.kos import Kos, assert_one_line

EKOST = str(Path(sys.executable).with_name("ekost"))
UNREACHABLE = 3


def settle(kos: Kos) -> None:
    """Wait until the server has noticed who is gone."""
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    for _ in range(500):
        if kos.sql(others) == 0:
            return
        time.sleep(0.01)
    raise AssertionError("somebody is still connected")


def test_payments_of_killed_processes_are_whole_or_not_there(kos: Kos) -> None:
    kos.house("A1")
    budi = kos.tenant("Budi", "A1", since="2026-08-15")
    owed = Decimal(kos.balance(budi))
    lines = [["payment", "add", budi, str(1000 + n), "--key", f"k{n}", "-o", "json"] for n in range(20)]
    running = kos.forks.start(lines, kos.env)
    chance = random.Random(7)
    kos.forks.kill(running, [chance.uniform(0, 0.6) for _ in running])
    ended = kos.forks.wait(running)
    settle(kos)
    kos.assert_sound()
    told = {json.loads(done.out)["id"] for done in ended if done.out}
    there = {item["id"]: Decimal(item["amount"]) for item in kos.items("payment", "list")}
    assert told <= set(there)
    assert Decimal(kos.balance(budi)) == owed - sum(there.values())
    # Who repeats everything with its key has everything once.
    assert [done.status for done in kos.race(lines)] == [0] * 20
    assert Decimal(kos.balance(budi)) == owed - sum(range(1000, 1020))
    assert kos.sql("select count(*) from payments") == 20
    kos.assert_sound()


def test_moves_and_runs_of_killed_processes_are_whole_or_not_there(kos: Kos) -> None:
    kos.house(*(f"A{n}" for n in range(8)), capacity=2)
    for n in range(8):
        kos.tenant(f"Tenant {chr(65 + n)}", f"A{n}", since="2026-10-05")
    codes = [item["code"] for item in kos.items("tenant", "list", "--sort", "name")]
    lines = [["tenant", "move", code, f"A{(n + 1) % 8}", "--on", "2026-11-10"] for n, code in enumerate(codes[:4])]
    lines += [["tenant", "move-out", code, "--on", "2026-10-20", "--refund", "prorate"] for code in codes[4:]]
    lines += [
        ["billing", "run"],
        ["charge", "void", "1", "--reason", "x"],
        ["tenant", "add", "Nia", "--property", "KOSA"],
    ]
    running = kos.forks.start(lines, kos.env)
    chance = random.Random(3)
    kos.forks.kill(running, [chance.uniform(0.05, 0.5) for _ in running])
    kos.forks.wait(running)
    settle(kos)
    kos.assert_sound()


def test_a_terminated_process_rolls_back_and_says_nothing(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    before = kos.content()
    for number, status in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
        with kos.database.transaction() as conn:
            conn.execute(text("select id from tenants for update"))
            child = subprocess.Popen(
                [EKOST, "payment", "add", "BUDI", "1000"],
                env=kos.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            kos.wait_until_blocked()
            child.send_signal(number)
            out, err = child.communicate(timeout=30)
        assert (child.returncode, out, err) == (status, "", "")
    settle(kos)
    assert kos.content() == before


def lost(done: Done, code: str, *secrets: str) -> None:
    """Exit 3, one line and a hint, no word of a secret."""
    assert (done.status, done.out) == (UNREACHABLE, "")
    if done.err.startswith("{"):
        assert json.loads(done.err)["error"]["code"] == code
    else:
        assert_one_line(done.err)
        assert len(done.err.splitlines()) == 2
    for secret in secrets:
        assert secret not in done.err


COMMANDS = (
    ["tenant", "list"], ["payment", "add", "BUDI", "1000"], ["billing", "run", "--lang", "id"],
    ["balance", "aging", "-o", "json"], ["db", "status"], ["db", "migrate"], ["check"],
)  # fmt: skip


@pytest.mark.parametrize("part", ["password", "database", "username", "host"])
def test_a_database_that_is_not_there(kos: Kos, part: str) -> None:
    url = make_url(kos.database.url)
    wrong = url.set(host="127.0.0.1", port=1, query={}) if part == "host" else url.set(**{part: "topsecret"})
    given = wrong.set(password="topsecret").render_as_string(hide_password=False)
    for done in kos.forks.wait(kos.forks.start(COMMANDS, kos.env | {"EKOST_DATABASE_URL": given})):
        code = "database_unreachable" if part == "host" else "login_refused"
        lost(done, code, *(["topsecret"] if part != "database" else []))


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:topsecret@h/x",
        "postgresql://u:topsecret@h:port/x",
        "topsecret",
        "postgresql://u:topsecret@127.0.0.1:1/x?topsecret=1",
    ],
)
def test_an_address_that_can_not_be_read(kos: Kos, url: str) -> None:
    for words in (["tenant", "list"], ["tenant", "list", "-o", "json"], ["tenant", "list", "--lang", "id"]):
        done = kos.run(*words, EKOST_DATABASE_URL=url)
        assert (done.status, done.out) == (2, "")
        assert "topsecret" not in done.err
        if "json" not in words:
            assert_one_line(done.err)


def test_a_connection_that_breaks_in_the_middle(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    before = kos.content()
    lines = [["payment", "add", "BUDI", "1000"], ["tenant", "edit", "BUDI", "--name", "B", "-o", "json"],
             ["deposit", "add", "BUDI", "1000", "--lang", "id"]]  # fmt: skip
    with kos.database.transaction() as conn:
        conn.execute(text("select id from tenants for update"))
        running = kos.forks.start(lines, kos.env)
        for pid in kos.wait_until_blocked(3):
            conn.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        ended = kos.forks.wait(running)
    for done in ended:
        lost(done, "connection_lost")
    assert kos.content() == before


def test_a_row_that_somebody_holds_for_too_long(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    before = kos.content()
    with kos.database.transaction() as conn:
        conn.execute(text("select id from tenants for update"))
        for words in (["payment", "add", "BUDI", "1000"], ["tenant", "move-out", "BUDI", "-o", "json"]):
            lost(kos.run(*words, EKOST_LOCK_TIMEOUT="1"), "database_busy")
    assert kos.content() == before


@pytest.fixture
def bare(server_url: str, forks: Forks) -> Iterator[Kos]:
    """Somebody's own database, without a table."""
    name = f"bare_{uuid.uuid4().hex[:12]}"
    command(server_url, f'create database "{name}"')
    yield Kos(Database(named(server_url, name)), forks)
    command(server_url, f'drop database "{name}" with (force)')


def test_a_database_of_ones_own_is_migrated_when_asked(bare: Kos) -> None:
    for words in (["tenant", "list"], ["payment", "add", "BUDI", "1000"], ["billing", "run"], ["check"]):
        told = bare.refused(2, "schema_outdated", *words)
        assert told == f"The database has schema -, this program needs {HEAD}."
    assert bare.get("db", "status") == {"found": "", "wanted": HEAD, "current": False}
    assert bare.get("db", "migrate")["current"]
    assert bare.get("db", "migrate")["current"]
    assert bare.items("tenant", "list") == []
    bare.sql("update alembic_version set version_num = '9999'")
    bare.do("tenant", "list")  # newer, but it says that it still serves this program
    bare.sql("create or replace function oldest_program() returns text language sql return '9998'")
    bare.refused(2, "schema_outdated", "tenant", "list")
    bare.refused(2, "schema_outdated", "db", "migrate")


@pytest.mark.parametrize("lines", [1, 0])
def test_a_reader_that_goes_away_ends_the_list_silently(kos: Kos, lines: int) -> None:
    kos.house()
    kos.sql("insert into tenants (property_id, code, name) select 1, 'T' || n, 'T' from generate_series(1, 3000) n")
    read, write = os.pipe()
    child = subprocess.Popen(
        [EKOST, "tenant", "list", "--all"], env=kos.env, stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        for _ in range(lines):
            pipe.readline()
    _out, err = child.communicate(timeout=60)
    assert (child.returncode, err) in ((141, ""), (0, ""))


def test_a_full_disk_under_stdout_is_told(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [EKOST, "tenant", "list"],
            env=kos.env,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert_one_line(done.stderr)
