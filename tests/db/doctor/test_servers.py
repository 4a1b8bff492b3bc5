"""The doctor looks at the bundled servers and at Redis without starting what is not needed."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from db.doctor.servers import examine_bundle, examine_redis
from db.embedded import driver
from tests.conftest import quick_place


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ekost-doctor-", dir=quick_place()))
    folder.chmod(0o711)  # as root the server's own user must get through
    try:
        yield folder / "home"
    finally:
        driver.stop(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def test_nothing_is_made_by_looking(home: Path) -> None:
    bundle = examine_bundle(home, database=True, queue=True)
    assert not bundle.made
    assert not bundle.queue_runs
    assert {row.status for row in bundle.findings} == {"pass"}
    assert not home.exists()


def test_what_the_configuration_does_not_call_for_is_left_out(home: Path) -> None:
    assert examine_bundle(home, database=False, queue=False).findings == ()


@pytest.mark.servers
def test_redis_is_asked_for_its_version_and_whether_it_drops_jobs(home: Path) -> None:
    url = driver.ensure_valkey(home)
    assert examine_bundle(home, database=True, queue=True).queue_runs
    assert [row.status for row in examine_redis(None, home)] == ["pass"]
    with Redis.from_url(url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    assert [row.status for row in examine_redis(url, home)] == ["pass", "warn"]


def test_redis_that_does_not_answer_is_told_without_its_password(home: Path) -> None:
    (found,) = examine_redis("redis://user:geheim@127.0.0.1:1/0", home)
    assert found.status == "fail"
    assert found.fields["place"] == "127.0.0.1:1"
    assert "geheim" not in str(found)


def test_an_address_that_is_none_is_told(home: Path) -> None:
    (found,) = examine_redis("nonsense", home)
    assert found.status == "fail"
