"""Slow statements are written down by name, without what they were about, in a file that does not grow for ever."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from db import slow
from db.engine import Database, DatabaseSlowError, Limits
from db.repositories.lookup import find_tenant
from db.repositories.tenants import Tenants
from db.services.properties import add_property
from db.services.tenants import add_tenant
from db.slow import read_slow
from db.timing import OTHER


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "state" / "slow.log"


def test_each_statement_is_called_by_who_asks_it_and_tells_nobodys_data(database: Database, log: Path) -> None:
    watched = Database(database.url, Limits(slow_query_ms=1, slow_log=log))
    with watched.transaction() as conn:
        conn.exec_driver_sql("create function pg_temp.slowly(anyelement) returns anyelement language sql as "
                             "$$ select $1 from pg_sleep(0.005) $$")  # fmt: skip
        conn.exec_driver_sql("alter table properties add check (pg_temp.slowly(true))")
        conn.exec_driver_sql("alter table tenants add check (pg_temp.slowly(true))")
        prop = add_property(conn, "KOSA", "Kos Rahasia")
        for name in ("Budi", "Ani"):
            add_tenant(conn, prop, name, phone="0812-0000-0001")
        Tenants(conn).page(limit=5)
        find_tenant(conn, "BUDI")
        conn.rollback()
    found = {one.name: one for one in read_slow(log)}
    # Each of them, and the number of its event, which is kept with the tenant.
    assert found["tenants.add_tenant"].count >= 4
    assert found["tenants.add_tenant"].rows == 1
    assert 5 <= found["tenants.add_tenant"].median_ms <= found["tenants.add_tenant"].max_ms
    assert "properties.add_property" in found
    written = log.read_text()
    assert not any(secret in written for secret in ("Rahasia", "Budi", "0812", "6281", "KOSA", "insert", "INSERT"))
    assert all(set(json.loads(line)) == {"at", "name", "ms", "rows"} for line in written.splitlines())
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_what_was_given_up_is_written_down_too_and_what_is_quick_is_not(database: Database, log: Path) -> None:
    watched = Database(database.url, Limits(slow_query_ms=40, slow_log=log, statement_timeout=50))
    with watched.reading() as conn:
        conn.execute(text("select 1"))
    assert not log.exists()
    with pytest.raises(DatabaseSlowError), watched.reading() as conn:
        conn.execute(text("select pg_sleep(9)"))
    (one,) = read_slow(log)
    assert (one.name, one.rows, one.count) == (OTHER, -1, 1)
    assert 50 <= one.max_ms < 9000


def test_the_file_is_bounded_and_lines_that_make_no_sense_are_passed_over(
    database: Database, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slow, "MOST", 2000)
    watched = Database(database.url, Limits(slow_query_ms=1, slow_log=log, pool_size=1))
    with watched.reading() as conn:
        for _ in range(60):
            conn.execute(text("select pg_sleep(0.002)"))
    watched.engine.dispose()
    older = log.with_name("slow.log.1")
    assert older.stat().st_size + (log.stat().st_size if log.exists() else 0) < 2 * 2000 + 200
    (one,) = read_slow(log)
    assert 10 < one.count < 60
    with log.open("a") as file:
        file.write('broken\n{"at": 1}\n[]\n')
    assert read_slow(log) == [one]


def test_a_folder_that_can_not_be_written_to_stops_nobody(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    watched = Database(database.url, Limits(slow_query_ms=1, slow_log=tmp_path / "file" / "slow.log"))
    with watched.reading() as conn:
        assert conn.execute(text("select 1 from pg_sleep(0.005)")).scalar_one() == 1
