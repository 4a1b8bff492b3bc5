"""`ekost cache`, and commands whose answers are kept: the same words as out of the book."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.cache.client import Client
from db.cache.place import read_place
from db.engine import Database
from locales import catalogs
from tests.ekost_cli.conftest import EKOST, Ekost
from tests.jobs.conftest import _bell, _town_template, bell, town  # noqa: F401 - fixtures
from tests.jobs.running import Bell


@pytest.fixture
def ekost(swift: Ekost) -> Ekost:
    return swift


HEAVY = ("sqlalchemy", "psycopg", "redis", "rq")
PROBE = """
import sys
from ekost_cli.main import run
status = run(sys.argv[1:])
print("LOADED", *sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""
Settings = dict[str, str]


@pytest.fixture
def configured(bell: Bell, town: Database) -> Settings:  # noqa: F811
    """Variables of a town with a cache, which is empty; with the rights of the example, and no more."""
    lines = (Path(__file__).parents[2] / "deploy" / "redis-acl.example").read_text().splitlines()
    name, *rights = next(line for line in lines if line.startswith("user ekost-cache")).removeprefix("user ").split()
    client = Client(read_place(bell.url.replace("db=0", "db=1")), 2.0)
    client.ask_all(("FLUSHDB",), ("ACL", "SETUSER", name, "reset", *rights))
    client.close()
    url = bell.url.replace("unix://", f"unix://{name}:CHANGE-ME@").replace("db=0", "db=1")
    return {"EKOST_DATABASE_URL": town.url, "EKOST_REDIS_URL": bell.url, "EKOST_CACHE_URL": url}


def stats(ekost: Ekost, configured: Settings) -> dict[str, dict[str, int]]:
    found = json.loads(ekost("cache", "stats", "-o", "json", **configured).stdout)["items"]
    return {row["kind"]: row for row in found}


def test_a_kept_answer_is_the_same_and_needs_no_database(
    ekost: Ekost, configured: Settings, environment: Settings
) -> None:
    lists = (("tenant", "list"), ("balance", "show", "T0"), ("room", "list", "--status", "available"))
    plain = [ekost(*words, "-o", "json", **configured | {"EKOST_CACHE_URL": ""}).stdout for words in lists]
    done = ekost("cache", "warm", "-o", "json", **configured)
    assert json.loads(done.stdout) == {"kept": 5}, done.stderr
    kept = [ekost(*words, "-o", "json", **configured).stdout for words in lists]
    assert kept == plain
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, "tenant", "list", "-o", "json"],
        env=environment | configured, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert probe.stdout == plain[0]
    assert not set(probe.stderr.split()) & set(HEAVY)
    counted = stats(ekost, configured)
    assert (counted["tenant-list"]["hits"], counted["balance"]["hits"], counted["available-rooms"]["hits"]) == (2, 1, 1)
    assert counted["all"]["rate"] > 50
    assert json.loads(ekost("cache", "clear", "-o", "json", **configured).stdout)["removed"] > 5
    # A command that runs beside an edited catalog keeps that one.
    assert [row["kept"] for kind, row in stats(ekost, configured).items() if kind not in ("translations", "all")] == [
        0
    ] * 4


def test_a_command_sees_what_the_one_before_has_done(ekost: Ekost, configured: Settings, bell: Bell) -> None:  # noqa: F811
    def shown() -> list[str]:
        one = json.loads(ekost("balance", "show", "T1", "-o", "json", **configured).stdout)
        page = json.loads(ekost("tenant", "list", "-o", "json", **configured).stdout)["items"]
        return [one["outstanding_balance"], next(row["outstanding_balance"] for row in page if row["code"] == "T1")]

    def paid() -> list[str]:
        done = ekost("payment", "add", "T1", "1000", "-o", "json", **configured)
        assert done.returncode == 0, done.stderr
        return [json.loads(done.stdout)["outstanding_balance"]] * 2

    shown()
    assert shown() == shown()
    assert shown() != (now := paid())
    assert (shown(), shown()) == (now, now)
    bell.freeze()
    now = paid()
    assert shown() == now
    bell.thaw()
    assert shown() == now
    assert ekost("tenant", "add", "Rani", "--code", "RANI", **configured).returncode == 0
    assert "RANI" in ekost("tenant", "list", **configured).stdout


def test_of_many_who_ask_the_same_at_once_one_asks_the_book(
    ekost: Ekost, configured: Settings, environment: Settings
) -> None:
    ekost("tenant", "list", **configured)  # now it is known which book this is
    found = []
    for limit in ("2", "3", "4"):  # on a busy machine one or the other does not wait for Redis
        words = [EKOST, "tenant", "list", "--limit", limit, "-o", "json"]
        before = stats(ekost, configured).get("tenant-list", {"misses": 0, "hits": 0})
        many = [
            subprocess.Popen(words, env=environment | configured, stdout=subprocess.PIPE, text=True)
            for _one in range(6)
        ]
        assert len({one.communicate(timeout=30)[0] for one in many}) == 1
        after = stats(ekost, configured)["tenant-list"]
        found.append((after["misses"] - before["misses"], after["hits"] - before["hits"]))
        if found[-1] == (1, 5):
            break
    assert (1, 5) in found


def test_the_database_of_the_queue_is_refused_and_what_is_wrong_is_told(ekost: Ekost, configured: Settings) -> None:
    shared = configured | {"EKOST_CACHE_URL": configured["EKOST_REDIS_URL"]}
    assert ekost("tenant", "list", **shared).returncode == 2
    off = ekost("cache", "stats", **configured | {"EKOST_CACHE_URL": ""})
    gone = ekost("cache", "stats", **configured | {"EKOST_CACHE_URL": "redis://localhost:1/1"})
    wrong = ekost("cache", "stats", **configured | {"EKOST_CACHE_URL": "http://kos:hush@localhost"})
    assert (off.returncode, gone.returncode, wrong.returncode) == (2, 3, 2)
    assert "hush" not in wrong.stderr
    found = {}
    for url in (configured["EKOST_CACHE_URL"], shared["EKOST_CACHE_URL"], "redis://localhost:1/1"):
        done = ekost("doctor", "-o", "json", **configured | {"EKOST_CACHE_URL": url})
        found[url] = [row["status"] for row in json.loads(done.stdout)["items"] if row["check"] == "cache"]
    assert list(found.values()) == [["pass"], ["fail"], ["warn"]]


def test_a_catalog_that_was_compiled_is_kept_until_its_file_changes(
    configured: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    town: Database,  # noqa: F811
) -> None:
    from db.cache.cache import Cache
    from db.cache.memory import Memory
    from db.cache.texts import Texts

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    client = Client(read_place(configured["EKOST_CACHE_URL"]))
    compiled: list[Path] = []
    real: Callable[[Path], object] = catalogs._compile
    monkeypatch.setattr(catalogs, "_compile", lambda source: compiled.append(source) or real(source))
    monkeypatch.setattr(catalogs._Speech, "backup", lambda: Texts(Cache(client, Memory(town.url))))
    source = tmp_path / "id" / "LC_MESSAGES" / "ekost.po"
    source.parent.mkdir(parents=True)

    def said(text: str | None = None) -> str:
        if text is not None:
            source.write_text(
                f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Room"\nmsgstr "{text}"\n'
            )
            at = datetime.now(UTC).timestamp() + len(text)
            os.utime(source, (at, at))
        return catalogs.load(source.parent).gettext("Room")

    assert (said("Kamar"), said(), len(compiled)) == ("Kamar", "Kamar", 1)
    assert (said("Bilik"), said(), len(compiled)) == ("Bilik", "Bilik", 2)
    client.close()
