"""Statements, screens and jobs are added up in the process, and read again as if each had been written down."""

import json
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database, Limits
from db.metrics import sink, totals
from db.metrics.collecting import COMMAND, JOB, QUERY, Collector
from db.metrics.exposition import exposed
from db.metrics.percentiles import duration_rows
from db.metrics.sink import DONE, DURATIONS, ERROR, record
from db.metrics.totals import read_samples, read_totals
from db.repositories.tenants import Tenants


def test_what_was_added_up_says_the_same_as_each_by_itself(tmp_path: Path, collector: Collector) -> None:
    for turn in range(1, 101):
        collector.note(QUERY, "tenants.page", DONE, turn / 10_000)
    collector.note(JOB, "balances", ERROR, 7200)
    collector.leave()
    collector.note(QUERY, "tenants.page", DONE, 0.3)
    collector.leave()
    collector.leave()
    assert len((tmp_path / DURATIONS).read_text().splitlines()) == 3
    (row,) = duration_rows(one for one in read_samples(tmp_path, 0, DURATIONS) if one.kind == QUERY)
    assert (row.name, row.times, row.max_ms) == ("tenants.page", 101, 300)
    assert (row.p50_ms, row.p95_ms, row.p99_ms) == (6, 10, 10)  # bounds are 5, 7.5 and 10 ms
    lines = exposed((), read_totals(tmp_path, DURATIONS)).splitlines()
    series = 'ekost_db_query_duration_seconds_bucket{statement="tenants.page",le='
    assert f'{series}"0.001"}} 10' in lines
    assert f'{series}"0.2"}} 100' in lines
    assert f'{series}"0.5"}} 101' in lines
    assert 'ekost_db_query_duration_seconds_count{statement="tenants.page"} 101' in lines
    assert 'ekost_job_duration_seconds_bucket{task="balances",outcome="error",le="1800"} 0' in lines
    assert 'ekost_job_duration_seconds_bucket{task="balances",outcome="error",le="+Inf"} 1' in lines


def test_totals_outlive_their_files_and_those_of_an_older_version_are_read(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (sink, totals):
        monkeypatch.setattr(module, "MOST", 300)
    for _turn in range(20):
        for seconds in (0.0015, 0.004):
            collector.note(QUERY, "leases.list", DONE, seconds)
        collector.leave()
    (total,) = read_totals(tmp_path, DURATIONS)
    assert (total.times, total.buckets[:4]) == (40, (0, 20, 0, 20))
    assert sum(path.stat().st_size for path in tmp_path.glob("durations.log*")) < 1000

    old = ["room list", DONE, 3, 1.5, [0, 3, 0, 0, 0, 0, 0, 0, 0, 0]]
    (tmp_path / "commands.json").write_text(json.dumps({"folded": "", "rows": [old, [*old[:4], [1, 2]]]}))
    record(tmp_path, "room list", DONE, 0.15)
    (total,) = read_totals(tmp_path)
    assert (total.kind, total.times, total.buckets[1]) == (COMMAND, 4, 4)


def test_a_statement_has_the_name_of_who_asks_and_a_pool_tells_of_its_connections(
    database: Database, tmp_path: Path, collector: Collector
) -> None:
    watched = Database(database.url, Limits(timed=True, pool_size=2))
    with watched.reading() as conn, watched.reading() as other:
        for _turn in range(3):
            Tenants(conn).page(limit=5)
        other.execute(text("select 'GEHEIM'"))
    collector.leave()
    found = {row.name: row.times for row in duration_rows(read_samples(tmp_path, 0, DURATIONS))}
    assert found.pop("tenants.Tenants.page") == 3
    assert found.pop("db.engine.Database.reading") == 2
    assert found.pop("other") == 1
    assert found.pop("db.connecting.knock") > 0
    assert found == {f"tests:{os.getpid()}:{state}": 1 for state in ("in_use", "idle", "size")}
    lines = {line.split("\t")[1]: line.split("\t")[3] for line in (tmp_path / DURATIONS).read_text().splitlines()}
    assert [lines[f"tests:{os.getpid()}:{state}"] for state in ("in_use", "idle", "size")] == ["2", "2", "6"]
    assert "GEHEIM" not in (tmp_path / DURATIONS).read_text()
    watched.engine.dispose()


def test_noting_a_statement_costs_next_to_nothing_and_a_child_leaves_only_its_own(
    tmp_path: Path, collector: Collector
) -> None:
    begun = time.perf_counter()
    for _turn in range(4000):
        collector.note(QUERY, "a", DONE, 0.001)
    assert (time.perf_counter() - begun) / 4000 < 5e-6
    if not (child := os.fork()):
        try:
            collector.note(QUERY, "b", DONE, 0.001)
            collector.leave()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    collector.leave()
    rows = {row.name: row.times for row in duration_rows(read_samples(tmp_path, 0, DURATIONS))}
    assert rows == {"a": 4000, "b": 1}
