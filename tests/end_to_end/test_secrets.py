"""A password in an address, be it written well or badly, is in nothing that a process tells or leaves behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import ENVIRONMENT

SECRET = "S3cret"
# An address with each fault; {scheme} is that of a database, then that of a queue and a cache.
FAULTS = (
    "{scheme}://u:S3cret%cr@127.0.0.1:1/0",
    "{scheme}://u:S3cret%ff@127.0.0.1:S3cret/0",
    "{scheme}://u:S3cret/x@127.0.0.1:1/0",
    "{scheme}://127.0.0.1:1/0?password=S3cret&S3=cret&ssl_cert_reqs=x",
    "{scheme}://u:S3cret/0",
)
USAGE, UNREACHABLE = 2, 3


@pytest.fixture
def told(forks: Forks, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """The status of a command, and all that it tells, with its faults in full, or leaves behind in files."""
    environment = ENVIRONMENT | {"HOME": str(tmp_path), "EKOST_DEBUG": "1"}

    def run(*words: str, **variables: str) -> tuple[int, str]:
        done = forks.run(["-v", *words], environment | variables)
        left = [f"{path}: {path.read_bytes()!r}" for path in tmp_path.rglob("*") if path.is_file()]
        return done.status, "\n".join((done.out, done.err, *left))

    return run


@pytest.mark.parametrize("fault", FAULTS)
def test_a_password_is_told_by_nobody(fault: str, told: Callable[..., tuple[int, str]], database_url: str) -> None:
    of_database, of_redis = fault.format(scheme="postgresql"), fault.format(scheme="redis")
    bad = {"EKOST_DATABASE_URL": of_database, "EKOST_REDIS_URL": of_redis, "EKOST_CACHE_URL": of_redis}
    around = bad | {"EKOST_DATABASE_URL": database_url, "EKOST_REPLICA_URLS": f"{of_database} {of_database}"}
    for variables, *words in (
        (bad, "doctor"),
        (bad, "config", "show", "-o", "json"),
        (around, "tenant", "list", "--all"),
        ({"EKOST_DATABASE_URL": database_url, "EKOST_REPLICA_URLS": of_database}, "tenant", "list"),
        ({"EKOST_DATABASE_URL": of_database}, "tenant", "list"),
    ):
        status, text = told(*words, **variables)
        assert SECRET not in text, words
        assert str(make_url(database_url).password) not in text, words
        assert "Internal error" not in text, words
        assert status in (0, 1, USAGE, UNREACHABLE), (words, status, text)


def test_an_address_on_a_command_line_or_in_a_file_is_not_repeated(
    told: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    file = tmp_path / ".config" / "ekost" / "config.toml"
    file.parent.mkdir(parents=True)
    address = f"postgresql://u:{SECRET}@127.0.0.1:1/kos"
    for text in (f'database_url = "{address}', f'database_ur = "{address}"', f'database_url = ["{address}"]'):
        file.write_text(text)
        file.chmod(0o600)
        status, said = told("config", "show")
        assert (status, said.replace(repr(text.encode()), "").count(SECRET)) == (USAGE, 0)
    file.unlink()
    for words in (("tenant", "list", f"--database-url={address}"), ("config", "set", "databas_url", address)):
        status, said = told(*words)
        assert (status, SECRET in said) == (USAGE, False)
