"""The vital signs never wait for who hangs, and never take a failure for health."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from db.doctor import health
from db.doctor.finding import Finding, fine
from db.doctor.health import Probe, ask, ready
from db.settings import Settings


def _hangs() -> Iterator[Finding]:
    yield fine("before", "before")
    here, _there = socket.socketpair()
    here.recv(1)


def _fails() -> Iterator[Finding]:
    yield fine("before", "before")
    raise KeyError("geheim")


@pytest.mark.parametrize(("examine", "told"), [(_hangs, "No answer within 0.3 s."), (_fails, "failed (KeyError)")])
def test_who_hangs_or_fails_is_broken_in_time_and_only_a_warning_where_nothing_rests_on_it(
    examine: health.Examine, told: str
) -> None:
    begun = time.monotonic()
    vital = ask([Probe("it", examine, vital=True), Probe("other", _hangs)], 0.3)
    assert time.monotonic() - begun < 0.6
    assert [sign.finding.status for sign in vital] == ["pass", "fail", "pass", "warn"]
    assert told in vital[1].finding.message.format_map(vital[1].finding.fields)
    assert not ready(vital)
    assert ready(ask([Probe("it", examine)], 0.3))


def test_a_book_that_works_is_told_by_its_numbers(shared_url: str, tmp_path: Path) -> None:
    found = {sign.finding.check: sign for sign in ask(health.probes(Settings(database_url=shared_url), tmp_path))}
    assert {name: sign.finding.status for name, sign in found.items()} == dict.fromkeys(
        ["database", "writable", "schema", "queries", "partitions", "balances", "audit", "imports"], "pass"
    )
    assert found["audit"].finding.fields == {"waiting": 0, "leased": 0, "dead": 0, "workers": 0, "seconds": 0}


def test_work_that_waits_for_nobody_or_is_dead_is_a_warning(
    house: object, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def audit() -> Finding:
        return next(found for found in health._queues(conn) if found.check == "audit")

    assert audit().status == "pass"
    with monkeypatch.context() as patch:
        patch.setattr(health, "SILENT", -1)
        assert "up --worker" in audit().hint
        conn.execute(text("insert into workers (host, pid, queues) values ('here', 1, '{audit}')"))
        assert "More workers" in audit().hint
    conn.execute(text("update deliveries set state = 'dead', attempts = max_attempts where consumer = 'audit'"))
    assert "--state dead" in audit().hint
    assert audit().fields["workers"] == 1
