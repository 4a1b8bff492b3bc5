"""`ekost config` and `ekost help environment`, as somebody types them."""

import json
from pathlib import Path

from tests.ekost_cli.conftest import Ekost

SECRET = "postgresql://owner:topsecret@db.example/kos"


def items(text: str) -> list[dict[str, str]]:
    """The rows of a list in JSON."""
    found: list[dict[str, str]] = json.loads(text)["items"]
    return found


def test_show_hides_passwords_and_tells_the_origin(ekost: Ekost) -> None:
    done = ekost("config", "show", "--origin", "-o", "json", EKOST_DATABASE_URL=SECRET)
    rows = {row["key"]: row for row in items(done.stdout)}
    assert rows["database_url"]["value"] == "postgresql://owner:***@db.example/kos"
    assert rows["database_url"]["origin"] == "EKOST_DATABASE_URL"
    assert rows["lock_timeout"] == {"key": "lock_timeout", "value": 10, "origin": "default"}
    assert "topsecret" not in done.stdout


def test_without_origin_there_are_two_columns(ekost: Ekost) -> None:
    assert ekost("config", "show").stdout.splitlines()[0] == "key\tvalue"


def test_set_writes_where_path_says(ekost: Ekost) -> None:
    assert ekost("config", "set", "property", "KOSA").returncode == 0
    file = Path(ekost("config", "path").stdout.strip())
    assert file.read_text() == 'property = "KOSA"\n'
    assert "property\tKOSA" in ekost("config", "show").stdout


def test_set_says_when_something_stronger_hides_it(ekost: Ekost) -> None:
    done = ekost("config", "set", "property", "KOSA", EKOST_PROPERTY="KOSB")
    assert done.returncode == 0
    assert done.stderr == "EKOST_PROPERTY still goes before your file.\n"


def test_set_never_repeats_a_secret(ekost: Ekost) -> None:
    done = ekost("config", "set", "database_url", SECRET)
    assert "topsecret" not in done.stdout + done.stderr
    assert "topsecret" in Path(ekost("config", "path").stdout.strip()).read_text()


def test_set_mends_a_file_with_a_wrong_value(ekost: Ekost) -> None:
    ekost("config", "set", "property", "KOSA")
    file = Path(ekost("config", "path").stdout.strip())
    file.write_text('language = "de"\n')
    assert ekost("config", "set", "language", "id").returncode == 0
    assert file.read_text() == 'language = "id"\n'


def test_validate_is_silent_when_all_is_well(ekost: Ekost) -> None:
    ekost("config", "set", "property", "KOSA")
    done = ekost("config", "validate", EKOST_PG_BIN="/opt/pg/bin", EKOST_REDIS_BIN="/opt/valkey", EKOST_RUN_AS="kos")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_validate_lists_everything_that_is_wrong(ekost: Ekost) -> None:
    file = Path(ekost("config", "path").stdout.strip())
    file.parent.mkdir(parents=True)
    file.write_text(f'languag = "id"\nlock_timeout = "x"\ndatabase_url = "{SECRET}"\n')
    file.chmod(0o644)
    done = ekost("config", "validate", "-o", "json", EKOST_POOL_SIZE="many", EKOST_NONSENSE="1")
    assert done.returncode == 1
    assert [(row["place"], row["code"]) for row in items(done.stdout)] == [
        (f"{file}:1", "config_unknown"),
        (f"{file}:2", "config_value"),
        (str(file), "config_exposed"),
        ("EKOST_POOL_SIZE", "config_value"),
        ("EKOST_NONSENSE", "config_unknown"),
    ]
    assert "topsecret" not in done.stdout


def test_a_password_that_others_can_read_is_not_used(ekost: Ekost) -> None:
    file = Path(ekost("config", "path").stdout.strip())
    file.parent.mkdir(parents=True)
    file.touch(0o644)
    assert ekost("config", "set", "property", "KOSA").returncode == 0
    assert file.stat().st_mode & 0o777 == 0o644
    ekost("config", "set", "database_url", "postgresql://owner:topsecret@127.0.0.1:1/kos")
    assert file.stat().st_mode & 0o777 == 0o600
    assert ekost("tenant", "list").returncode == 3
    file.chmod(0o644)
    for words in (("tenant", "list"), ("config", "show"), ("worker",)):
        done = ekost(*words)
        assert done.returncode == 2
        assert done.stderr.splitlines() == [
            f"ekost: error: {file}: other users of this machine can read the password in “database_url”.",
            f"Close it: chmod 600 {file}",
        ]
    assert ekost("config", "validate").returncode == ekost("doctor").returncode == 1


def test_the_environment_is_explained(ekost: Ekost) -> None:
    rows = {row["variable"]: row["setting"] for row in items(ekost("help", "environment", "-o", "json").stdout)}
    assert rows["EKOST_LANG"] == "language"
    assert rows["NO_COLOR"] == ""


def test_the_environment_in_indonesian_has_the_same_keys(ekost: Ekost) -> None:
    english = items(ekost("help", "environment", "-o", "json").stdout)
    indonesian = items(ekost("--lang", "id", "help", "environment", "-o", "json").stdout)
    assert [row["variable"] for row in indonesian] == [row["variable"] for row in english]
