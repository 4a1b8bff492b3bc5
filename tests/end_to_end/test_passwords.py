"""Where a password comes from, when the address has none: a file, the keyring, or who sits at the terminal."""

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import ENVIRONMENT
from tests.end_to_end.terminals import Pty
from tests.jobs.running import EKOST

# A keyring of one password, as the library finds one by its name.
SAFE = """
import os
from keyring.backend import KeyringBackend

class Safe(KeyringBackend):
    priority = 9

    def get_password(self, service, username):
        wanted = (os.environ["SAFE_SERVICE"], os.environ["SAFE_USER"])
        return os.environ["SAFE_PASSWORD"] if (service, username) == wanted else None

    def set_password(self, service, username, password):
        raise NotImplementedError
"""
LIST = ("tenant", "list", "--all", "-o", "json")
USAGE, UNREACHABLE = 2, 3
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    """The book with an address that lacks the password."""
    url = make_url(database_url)._replace(password=None).render_as_string()
    return ENVIRONMENT | {"HOME": str(tmp_path), "EKOST_DATABASE_URL": url}


@pytest.fixture
def run(forks: Forks, env: Mapping[str, str]) -> Run:
    """Status, code of the error, hint of a command in a process that nobody sits at."""

    def run(*words: str, **variables: str) -> tuple[int, str, str]:
        done = forks.run(words, env | variables)
        error = json.loads(done.err)["error"] if done.status else {"code": "", "hint": ""}
        return done.status, error["code"], error["hint"]

    return run


@pytest.fixture
def safe(env: Mapping[str, str], database_url: str, tmp_path: Path) -> dict[str, str]:
    """A keyring that knows the password."""
    (tmp_path / "safe.py").write_text(SAFE)
    url = make_url(database_url)
    return {
        "PYTHONPATH": str(tmp_path),
        "PYTHON_KEYRING_BACKEND": "safe.Safe",
        "SAFE_SERVICE": f"postgresql://{url.query['host']}/{url.database}",
        "SAFE_USER": str(url.username),
        "SAFE_PASSWORD": str(url.password),
    }


def test_without_anybody_to_ask_it_is_an_error_with_a_way_out(run: Run, database_url: str) -> None:
    url = make_url(database_url)
    keyring = f"keyring set postgresql://{url.query['host']}/{url.database} {url.username}"
    told = (USAGE, "password_needed", f"Keep it in ~/.pgpass, or in the keyring: {keyring}")
    assert run(*LIST) == told
    assert run(*LIST, PGPASSWORD=str(url.password)) == (0, "", "")
    status, code, _hint = run(*LIST, PGPASSWORD="wrong")
    assert (status, code) == (UNREACHABLE, "login_refused")


def test_a_password_file_that_only_its_owner_reads_is_enough(run: Run, database_url: str, tmp_path: Path) -> None:
    url, file = make_url(database_url), tmp_path / ".pgpass"
    file.write_text(f"*:*:{url.database}:{url.username}:{url.password}\n")
    file.chmod(0o600)
    assert run(*LIST) == (0, "", "")


@pytest.fixture
def at_terminal(env: Mapping[str, str], tmp_path: Path) -> Callable[..., Pty]:
    def start(*words: str, **variables: str) -> Pty:
        return Pty((EKOST, *words), env | {"PATH": "/usr/bin:/bin"} | variables, (120, 24), tmp_path)

    return start


def test_the_keyring_is_asked_before_anybody_at_a_terminal(
    at_terminal: Callable[..., Pty], safe: dict[str, str]
) -> None:
    with closing(at_terminal("tenant", "list", **safe)) as terminal:
        status, shown = terminal.ended(), "\n".join(terminal.screen())
        assert (status, "Password" in shown) == (0, False), shown


@pytest.mark.parametrize("keyring", ["keyring.backends.fail.Keyring", "builtins.int"])
def test_who_sits_at_a_terminal_is_asked_once_and_what_is_typed_stays_unseen(
    at_terminal: Callable[..., Pty], database_url: str, keyring: str
) -> None:
    password = str(make_url(database_url).password)
    with closing(at_terminal("property", "add", "KOSA", "Kos", PYTHON_KEYRING_BACKEND=keyring)) as terminal:
        terminal.seen("Password of")
        terminal.press(password, "Enter")
        assert terminal.ended() == 0
        shown = "\n".join(terminal.seen("KOSA"))
        assert shown.count("Password of") == 1
        assert password not in shown


def test_the_screens_ask_before_they_are_drawn(at_terminal: Callable[..., Pty], database_url: str) -> None:
    with closing(at_terminal("tui")) as terminal:
        terminal.seen("Password of")
        terminal.press(str(make_url(database_url).password), "Enter")
        terminal.seen("There is no property yet.")
        terminal.press("q")
        assert terminal.ended() == 0
