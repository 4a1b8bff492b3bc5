"""`ekost metrics`: every command leaves behind how long it took; Prometheus can read all numbers."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from sqlalchemy import make_url

from db.engine import Database
from db.metrics.exposition import HELP, METRICS
from db.metrics.thresholds import THRESHOLDS
from tests.conftest import clone, command
from tests.ekost_cli.conftest import EKOST, Ekost

LINE = re.compile(r"(# (HELP|TYPE) ekost_\w+ .+|ekost_\w+(\{(\w+=\"[^\"]*\",?)+\})? [0-9.e+-]+)")


# What a small book without a cache, standbys, backups and processes that last has no number for.
ELSEWHERE = {
    "ekost_backup_age_seconds", "ekost_backups_missing", "ekost_cache_errors_total", "ekost_cache_evictions_total",
    "ekost_cache_keys", "ekost_cache_memory_bytes", "ekost_cache_miss_ratio", "ekost_cache_requests_total",
    "ekost_command_error_ratio", "ekost_db_pool_connections", "ekost_db_pool_size", "ekost_month_charged_amount",
    "ekost_month_income_amount", "ekost_queue_processing_seconds", "ekost_replica_lag_seconds", "ekost_replica_usable",
    "ekost_schedule_failures",
}  # fmt: skip


def test_commands_are_written_down_by_name_and_outcome_and_never_with_their_arguments(
    ekost: Ekost, database: Database, tmp_path: Path
) -> None:
    own = {"EKOST_DATABASE_URL": database.url}
    ekost("property", "add", "KOSA", "Kos Melati", **own)
    for _turn in range(2):
        ekost("-o", "json", "tenant", "show", "GEHEIM", **own)
    ekost("payment", "add", "GEHEIM", "1000", EKOST_DATABASE_URL="postgresql://x@127.0.0.1:1/none")
    ekost("--version")
    ekost("room", "--help")
    rows = json.loads(ekost("metrics", "show", "-o", "json").stdout)["items"]
    counts = {row["name"]: (row["times"], row["refused"], row["errors"]) for row in rows}
    assert counts == {"property add": (1, 0, 0), "tenant show": (2, 2, 0), "payment add": (1, 0, 1)}
    assert all(0 < row["p50_ms"] <= row["p95_ms"] <= row["p99_ms"] <= row["max_ms"] for row in rows)
    assert "GEHEIM" not in (tmp_path / ".local/state/ekost/commands.log").read_text()

    fired = json.loads(ekost("alerts", "check", "-o", "json", **own).stdout)["items"]
    assert [(row["name"], row["value"]) for row in fired] == [("payment_failures", 1)]


def test_numbers_are_exported_as_prometheus_reads_them_and_a_lost_database_is_one_of_them(
    ekost: Ekost, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "ekost.prom"
    ekost("property", "add", "KOSA", "Kos Melati", EKOST_DATABASE_URL=database.url)
    assert "ekost_tenants" not in ekost("metrics", "export", EKOST_DATABASE_URL=database.url).stdout
    done = ekost("metrics", "export", "--business", EKOST_DATABASE_URL=database.url)
    assert 'ekost_tenants{property="KOSA"} 0\n' in done.stdout
    assert 'ekost_db_query_duration_seconds_count{statement="properties.add_property"}' in done.stdout
    assert done.returncode == 0, done.stderr
    assert all(LINE.fullmatch(line) for line in done.stdout.splitlines()), done.stdout
    told = {line.split()[2] for line in done.stdout.splitlines() if line.startswith("# HELP")}
    assert METRICS - told == ELSEWHERE
    series = [line.rpartition(" ")[0] for line in done.stdout.splitlines() if not line.startswith("#")]
    assert len(series) == len(set(series))
    assert "ekost_up 1\n" in done.stdout
    if promtool := shutil.which("promtool"):
        checked = subprocess.run(
            [promtool, "check", "metrics"], input=done.stdout, capture_output=True, text=True, check=False
        )
        assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr

    words = ("metrics", "export", "--textfile", str(file))
    assert ekost(*words, EKOST_DATABASE_URL=database.url).stdout == ""
    assert 'command="metrics export",outcome="done",le="+Inf"} 2' in file.read_text()
    lost = ekost(*words, EKOST_DATABASE_URL="postgresql://x@127.0.0.1:1/none")
    assert lost.returncode == 3
    assert "ekost_up 0\n" in file.read_text()
    assert "ekost_queue_depth" not in file.read_text()
    assert oct(file.stat().st_mode)[-3:] == "644"
    assert [path.name for path in tmp_path.glob("ekost.prom*")] == ["ekost.prom"]
    nowhere = str(tmp_path / "none" / "f")
    assert ekost(*words[:-1], nowhere, EKOST_DATABASE_URL=database.url).returncode == 1


def test_numbers_are_served_until_the_end_also_while_the_database_is_away(
    environment: dict[str, str], server_url: str, template: str
) -> None:
    database = Database(clone(server_url, template))
    words = [EKOST, "metrics", "serve", "--port", "0"]
    own = environment | {"EKOST_DATABASE_URL": database.url}
    with subprocess.Popen(words, env=own, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            address = re.search(r"http://\S+/metrics", server.stderr.readline())
            assert address is not None

            def up() -> str:
                with urlopen(address[0], timeout=10) as answer:  # noqa: S310 - our own
                    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                    return str(re.search(r"^ekost_up (\d)$", answer.read().decode(), re.MULTILINE)[1])  # type: ignore[index]

            assert up() == up() == "1"
            with pytest.raises(HTTPError, match="404"):
                urlopen(address[0] + "x", timeout=10)  # noqa: S310 - our own
            port = address[0].split(":")[2].split("/")[0]
            taken = subprocess.run([*words[:-1], port], env=own, capture_output=True, text=True, check=False)
            assert (taken.returncode, "Nothing can listen on 127.0.0.1" in taken.stderr) == (2, True)
            command(server_url, f'drop database "{make_url(database.url).database}" with (force)')
            assert up() == "0"
        finally:
            server.terminate()
        assert server.wait(10) == 143


def test_every_threshold_is_about_a_metric_that_is_described() -> None:
    assert {threshold.metric for threshold in THRESHOLDS} <= set(HELP)
