"""Each alarm is silent on a book that is well, and fires for its own reason alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from db.backup.manifest import Manifest, manifest_path
from db.metrics import machine
from db.metrics.alarms import firing
from db.metrics.thresholds import THRESHOLDS
from db.repositories import operations
from db.repositories.checks.runner import find_checks
from db.repositories.gauges import Gauge, read_gauges
from db.services.schedules import note_failed
from tests.db.services.house import House

NEXT_MONTH = """do $$ begin execute
  format('drop table payments_%s', to_char(now() + interval '1 month', 'YYYY_MM')); end $$"""


def fired(conn: Connection, *, deep: bool = False) -> dict[str, tuple[float, str]]:
    found = firing(read_gauges(conn, find_checks() if deep else None))
    return {alarm.threshold.name: (alarm.value, alarm.about) for alarm in found}


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=lambda threshold: threshold.name)
def test_a_threshold_fires_above_its_limit_and_is_told_in_its_unit(threshold: object) -> None:
    limit = threshold.limit  # type: ignore[attr-defined]
    metric = threshold.metric  # type: ignore[attr-defined]
    assert not list(firing([Gauge(metric, limit)]))
    (alarm,) = firing([Gauge(metric, limit * 1.1 + 0.01, "queue", "audit")])
    assert "{" not in alarm.threshold.told.format_map(alarm.fields)
    assert alarm.threshold is threshold


@pytest.mark.parametrize(
    ("statement", "wanted"),
    [
        ("update deliveries set state = 'dead' where consumer = 'audit'", {"dead_work": (3, "audit")}),
        (
            """update deliveries set consumer = 'balances', state = 'done', done_at = event_at + interval '7 seconds'
                where event_id = (select min(event_id) from deliveries)""",
            {"balance_calculation": (7, "")},
        ),
        ("drop trigger no_truncate on payments_default", {"invariants": (1, "history_is_guarded")}),
        ("insert into balance_drifts (tenant_id, charges, payments, deposit) select min(id), 5, 0, 0 from tenants",
         {"drifts": (1, "")}),
        (NEXT_MONTH, {"partitions": (1, "")}),
    ],
)  # fmt: skip
def test_what_goes_wrong_in_the_book_fires_once(
    house: House, conn: Connection, statement: str, wanted: dict[str, object]
) -> None:
    house.tenant()
    assert fired(conn) == {}
    conn.execute(text(statement))
    found = fired(conn)
    assert {name: (pytest.approx(value), about) for name, (value, about) in found.items()} == wanted


def test_waiting_work_failing_days_and_broken_rules_fire(
    house: House, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.tenant()
    depth = {gauge.about: gauge.value for gauge in read_gauges(conn) if gauge.metric == "ekost_queue_depth"}
    assert depth["audit"] == conn.execute(text("select count(*) from deliveries where consumer = 'audit'")).scalar_one()
    assert depth["imports"] == 0
    with monkeypatch.context() as patch:
        patch.setattr(operations, "SILENT", -1)
        assert fired(conn)["no_worker"][0] > 0
    note_failed(conn, "billing", "Asia/Jakarta", "disk full")
    assert fired(conn) == {"schedule": (1, "billing")}
    conn.execute(text("update balances set total_charges = total_charges + 5"))
    assert set(fired(conn)) == {"schedule"}
    assert fired(conn, deep=True)["invariants"] == (1, "balances_match_ledger")


def test_connections_are_a_share_of_those_that_may_be_had(conn: Connection) -> None:
    (share,) = [gauge.value for gauge in read_gauges(conn) if gauge.metric == "ekost_db_connections_ratio"]
    taken = conn.execute(text("select count(*) from pg_stat_activity where backend_type = 'client backend'"))
    most = conn.execute(text("select current_setting('max_connections')::int")).scalar_one()
    assert taken.scalar_one() / most <= share < 0.5


def test_memory_and_the_age_of_backups_are_read_from_the_machine(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal:  1000 kB\nMemFree: 5 kB\nMemAvailable:  100 kB\n")
    assert list(machine.memory(meminfo)) == [Gauge("ekost_memory_ratio", pytest.approx(0.9))]
    assert list(machine.memory(tmp_path / "none")) == []
    assert 0 < next(machine.memory()).value < 1

    assert list(machine.backups(tmp_path, "kos")) == [Gauge("ekost_backups_missing", 1)]
    made = Manifest(
        file="a.dump", sha256="", bytes=1, made_at=datetime.now(UTC) - timedelta(hours=30), database="kos", book="b",
        revision="0004", program="", server="", pg_dump="18.0", tables=1, roles=(), totals=(),
    )  # fmt: skip
    for name, manifest in {"a": made, "b": replace(made, database="other", made_at=datetime.now(UTC))}.items():
        path = tmp_path / f"{name}.dump"
        path.touch()
        manifest_path(path).write_text(manifest.text())
    (tmp_path / "strange.dump").touch()
    (age,) = machine.backups(tmp_path, "kos")
    assert age.value == pytest.approx(30 * 3600, abs=60)
    assert [alarm.fields["value"] for alarm in firing([age])] == ["30"]
