"""Lists read from a real standby: never without one's own last change, never from a server that is not fit."""

import asyncio
import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from db import replicas, witness
from db.engine import Database, Limits
from db.metrics.standbys import replica_lags
from db.replicas import Choice
from db.repositories.ledger import Ledger
from db.services.properties import add_property
from db.session import SessionFile
from db.standbys import mind_standbys
from db.witness import LostKeyError, LostMoreError, LostWriteError
from db.writes import RECENT
from ekost_cli.context import Context
from ekost_cli.main import run
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos
from tests.end_to_end.standby import PORTS, Pair, standing_pair
from tui.book import Book


class Minded:
    """`minded(url, …)`: the book with these replicas, or its standby, known by a first look at the primary."""

    def __init__(self, url: str, standby: str) -> None:
        self._url, self._standby = url, standby
        self._made: list[Database] = []

    def __call__(self, *urls: str) -> Database:
        database = Database(self._url, Limits(pool_size=1))
        mind_standbys(database, urls or [self._standby], 30, None)
        with database.reading():
            return self.keep(database)

    def keep(self, database: Database) -> Database:
        """Let go of it at the end."""
        self._made.append(database)
        return database

    def close(self) -> None:
        """Let go of all."""
        for database in self._made:
            assert database.replicas is not None
            database.replicas.close()
            database.engine.dispose()


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with standing_pair() as made:
        yield made


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where sessions are remembered."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def minded(pair: Pair, state: Path) -> Iterator[Minded]:
    made = Minded(pair.url, pair.b.url())
    yield made
    made.close()


def chosen(database: Database) -> Choice:
    assert database.replicas is not None
    return database.replicas.choose()


def reason(database: Database) -> str:
    """Why none of the replicas is read, if so; of the last one."""
    choice = chosen(database)
    return choice.refusals[-1].reason if choice.database is None else ""


def count(database: Database) -> int:
    with database.reading() as conn:
        return int(conn.execute(text("select count(*) from properties")).scalar_one())


def add(database: Database) -> int:
    """One more property; how many there are now."""
    with database.transaction() as conn:
        number = int(conn.execute(text("select count(*) from properties")).scalar_one()) + 1
        add_property(conn, f"P{number}", "Kos")
        return number


def test_an_own_change_is_found_at_once_on_the_standby(pair: Pair, minded: Minded) -> None:
    database, served = minded(), 0
    pair.b.set("recovery_min_apply_delay", "40ms")  # else it has nearly everything before anybody can ask
    for _ in range(12):
        wanted, choice = add(database), chosen(database)
        assert count(choice.database or database) == wanted
        served += choice.database is not None
    pair.b.set("recovery_min_apply_delay", "0")
    assert served > 8
    assert [(gauge.metric, gauge.value < 5) for gauge in replica_lags(database)] == [
        ("ekost_replica_usable", True), ("ekost_replica_lag_seconds", True),
    ]  # fmt: skip


def test_what_the_standby_lacks_is_read_from_the_primary(pair: Pair, minded: Minded) -> None:
    database = minded()
    pair.b.sql("select pg_wal_replay_pause()")
    try:
        add(database)
        assert reason(database) == replicas.NOT_YET
    finally:
        pair.b.sql("select pg_wal_replay_resume()")
    assert reason(database) == ""


def test_an_unfit_server_is_not_read(pair: Pair, minded: Minded) -> None:
    nobody = pair.b.url().replace(str(PORTS["b"]), str(PORTS["c"]))
    assert reason(minded(pair.a.url())) == replicas.PROMOTED
    assert [reason(minded(nobody)) for _ in range(2)] == [replicas.UNANSWERED, replicas.ABSENT]
    (lost,) = replica_lags(minded(nobody))
    assert (lost.metric, lost.value) == ("ekost_replica_usable", 0)
    assert lost.about.endswith(f":{PORTS['c']}/kos")
    choice = chosen(minded(nobody, pair.b.url()))
    assert choice.name.endswith(f":{PORTS['b']}/kos")


def test_a_standby_of_something_else_or_of_another_timeline_is_not_read(pair: Pair, minded: Minded) -> None:
    database = minded()
    file = remembered(database)
    known = file.load()
    assert known.position is not None
    for position, why in (
        (known.position._replace(system="7/16384"), replicas.FOREIGN),
        (known.position._replace(timeline=2), replicas.OTHER_TIMELINE),
        (known.position._replace(lsn=-1), ""),
    ):
        file.change(lambda session, to=position: replace(session, position=to))  # type: ignore[misc]
        choice = chosen(database)
        assert choice.database is None
        assert [refusal.reason for refusal in choice.refusals] == [why] * bool(why)


def test_whom_a_standby_follows_must_be_seen_for_a_while_after_a_change(pair: Pair, minded: Minded) -> None:
    database = minded()
    pair.a.sql("revoke pg_read_all_stats from kos")
    try:
        assert add(database)
        pair.caught_up()
        assert reason(database) == replicas.UNSEEN
    finally:
        pair.a.sql("grant pg_read_all_stats to kos")
    add(database)
    assert reason(database) == ""


def test_a_standby_without_its_primary_is_read_by_nobody_who_changed_something(pair: Pair, minded: Minded) -> None:
    database = minded()
    add(database)
    pair.cut_off()
    assert reason(database) == replicas.LOST_TOUCH
    pair.reconnect()
    assert reason(database) == ""


def test_what_another_history_lacks_is_told_once(minded: Minded) -> None:
    database = minded()
    add(database)
    file = remembered(database)
    known = file.load()
    gone = [known.recent[-1]._replace(event_id=1 << 40), known.recent[-1]._replace(key="never-seen")]
    assert known.position is not None
    elsewhere = known.position._replace(timeline=9)
    file.change(lambda session: replace(session, position=elsewhere, recent=(*known.recent, *gone)))
    again, later = minded(), minded()
    assert again.witness is not None
    assert later.witness is not None
    assert [type(error) for error in again.witness.lost] == [LostWriteError, LostKeyError]
    assert (later.witness.lost, file.load().recent) == ([], ())
    now = file.load().position
    assert now is not None
    assert now.follows(known.position)
    file.change(lambda session: replace(session, position=elsewhere, recent=tuple(gone[1:] * RECENT)))
    everything = minded().witness
    assert everything is not None
    assert [type(error) for error in everything.lost[RECENT:]] == [LostMoreError]


def test_who_can_not_ask_where_a_change_stands_reads_the_primary(
    pair: Pair, minded: Minded, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = minded()
    with monkeypatch.context() as broken:
        broken.setattr(witness, "position_of", lambda driver: None)  # it broke behind the commit
        add(database)
    assert [write.type for write in remembered(database).load().recent] == ["PropertyAdded"]
    assert chosen(database) == Choice(None)
    assert reason(minded()) == ""


def remembered(database: Database) -> SessionFile:
    """What is remembered of the book."""
    assert database.witness is not None
    return database.witness.file


def test_the_commands_say_where_they_read(pair: Pair, state: Path, forks: Forks) -> None:
    kos = Kos(Database(pair.a.url()), forks)
    kos.env |= {"EKOST_DATABASE_URL": pair.url, "EKOST_REPLICA_URLS": pair.b.url(), "XDG_STATE_HOME": str(state)}
    kos.house("A1", code="KOSX")
    budi = kos.tenant("Budi", "A1", code="KOSX")
    kos.do("payment", "add", budi, "1500000", "--property", "KOSX", "--key", "k1")
    listed, shown = (kos.run(*words, "-v", "-o", "json") for words in (("payment", "list"), ("balance", "show", budi)))
    assert "Read from the replica" in listed.err
    assert "Read from the primary" in shown.err
    assert [row["tenant"] for row in json.loads(listed.out)["items"]] == [budi]
    (file,) = state.rglob("session.json")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent)] == [0o600, 0o700]
    assert "Budi" not in file.read_text()
    examined = json.loads(kos.run("doctor", "-o", "json", EKOST_HOME=str(state / "home")).out)
    findings = {row["check"]: row for row in examined["items"]}
    assert findings["replica"]["status"] == "pass"
    refused = kos.run("payment", "add", budi, "1", "--property", "KOSX", EKOST_DATABASE_URL=pair.b.url())
    assert (refused.status, "target_session_attrs=read-write" in refused.err) == (3, True)
    # Without a standby nothing is remembered, and where nothing can be remembered the primary is read.
    kos.do("tenant", "list", EKOST_DATABASE_URL=pair.a.url(), EKOST_REPLICA_URLS="", XDG_STATE_HOME=str(state / "none"))
    assert {path.name for path in (state / "none" / "ekost").iterdir()} == {"commands.log", "durations.log"}
    silent = kos.run("tenant", "list", "-v", XDG_STATE_HOME="/proc/nowhere")
    assert "Read from the primary" in silent.err


def test_a_reader_whose_standby_breaks_off_gets_its_answer(
    pair: Pair, minded: Minded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    minded()
    monkeypatch.setenv("EKOST_DATABASE_URL", pair.url)
    monkeypatch.setenv("EKOST_REPLICA_URLS", pair.b.url())
    # Not a process of its own: one that is about to end need not let go of its connections, this one must.
    connect = Context._connect
    monkeypatch.setattr(Context, "_connect", lambda *given, **named: minded.keep(connect(*given, **named)))
    asked, payments = [], Ledger.payments

    def cut_off(self: Ledger, **words: Any) -> Any:
        asked.append(self._conn.execute(text("select pg_is_in_recovery()")).scalar_one())
        if asked == [True]:
            pair.b.sql(
                "select pg_terminate_backend(:pid)", pid=self._conn.connection.driver_connection.info.backend_pid
            )
        return payments(self, **words)

    monkeypatch.setattr(Ledger, "payments", cut_off)
    assert run(["payment", "list", "-v", "-o", "json"]) == 0
    told = capsys.readouterr()
    assert asked == [True, False]
    assert "items" in json.loads(told.out)
    assert run(["payment", "list", "-v", "-o", "json"]) == 0
    assert "did not answer a moment ago" in capsys.readouterr().err


def test_of_many_commands_at_once_the_farthest_position_stays(state: Path, minded: Minded) -> None:
    database = minded()
    file = remembered(database)
    position = file.load().position
    assert position is not None
    ends = [position._replace(lsn=position.lsn + offset) for offset in (5, 900, 17, 400, 3, 899)]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda end: file.change(lambda session: session.moved(end)), ends * 5))
    file.change(lambda session: session.moved(ends[0]))
    assert file.load().position == ends[1]
    assert sorted(path.name for path in state.rglob("*") if path.is_file()) == ["session.json", "session.lock"]


def test_the_screens_never_show_less_than_they_were_told(
    pair: Pair, minded: Minded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list comes from the standby; after a notice it has what was told of, and a decision is the primary's."""
    asked: list[bool] = []

    def look(conn: Connection) -> int:
        asked.append(conn.execute(text("select pg_is_in_recovery()")).scalar_one())
        return int(conn.execute(text("select count(*) from properties")).scalar_one())

    async def watch() -> None:
        heard = asyncio.Event()
        book = Book(minded)
        try:
            before = await book.browse(look)
            assert await book.ask(look) == before
            book.listen(heard.set)
            await asyncio.sleep(0.3)
            pair.b.set("recovery_min_apply_delay", "60ms")
            with Database(pair.a.url()).transaction(ring=True) as conn:  # somebody else's
                add_property(conn, f"S{before}", "Kos")
            await asyncio.wait_for(heard.wait(), 5)
            assert await book.browse(look) == before + 1
            pair.b.sql("select pg_wal_replay_pause()")
            with Database(pair.a.url()).transaction() as conn:
                add_property(conn, f"T{before}", "Kos")
            assert await book.ask(look) == before + 2
        finally:
            pair.b.sql("select pg_wal_replay_resume()")
            pair.b.set("recovery_min_apply_delay", "0")
            await asyncio.to_thread(book.close)

    asyncio.run(watch())
    assert asked == [True, False, True, False]


def test_while_the_primary_is_away_lists_are_shown_with_a_warning(pair: Pair, state: Path, forks: Forks) -> None:
    """The last test here: it kills the primary."""
    kos = Kos(Database(pair.a.url()), forks)
    kos.env |= {"EKOST_DATABASE_URL": pair.url, "EKOST_REPLICA_URLS": pair.b.url(), "XDG_STATE_HOME": str(state)}
    kos.house("B1", code="KOSY")
    citra = kos.tenant("Citra", "B1", since="2026-01-15", code="KOSY")
    pair.caught_up()
    pair.a.kill()
    pair.b.wait("select count(*) from pg_stat_wal_receiver", 0)
    shown = kos.run("balance", "list", "--property", "KOSY", "-o", "json")
    assert (shown.status, [row["tenant"] for row in json.loads(shown.out)["items"]]) == (0, [citra])
    assert json.loads(shown.err)["warning"]["code"] == "read_outdated"
    refused = kos.run("balance", "show", citra, "--property", "KOSY")
    assert (refused.status, refused.out) == (3, "")
    # What somebody has changed and the standby has not is never left out.
    (file,) = state.rglob("session.json")
    known = json.loads(file.read_text())
    known["position"][2] += 1 << 40
    file.write_text(json.dumps(known))
    assert kos.run("balance", "list").status == 3
