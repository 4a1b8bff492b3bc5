"""What a start must not load: module names are stable where milliseconds are not."""

import subprocess
import sys

import pytest

HEAVY = ("sqlalchemy", "psycopg", "rich", "textual", "redis", "rq", "pydantic", "babel", "alembic", "phonenumbers")
PROBE = """
import sys
from ekost_cli.main import run
status = run(sys.argv[1:])
print("LOADED", *sorted({name.split(".")[0] for name in sys.modules}))
print("FILES", *sorted(name for name in sys.modules if name.startswith("ekost_cli.commands.")))
sys.exit(status)
"""


def loaded(*words: str, status: int = 0, environment: dict[str, str]) -> tuple[set[str], list[str]]:
    """The packages, and our command files, that are loaded when a command has run."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *words], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == status, done.stderr
    *_output, packages, files = done.stdout.splitlines()
    return set(packages.split()[1:]), files.split()[1:]


@pytest.mark.parametrize("words", [("--help",), ("--lang", "id", "--help"), (), ("--version",)])
def test_the_first_page_loads_nothing_heavy(words: tuple[str, ...], environment: dict[str, str]) -> None:
    packages, files = loaded(*words, environment=environment)
    assert packages.isdisjoint(HEAVY)
    assert files == []


def test_the_help_of_a_command_loads_its_own_file_alone(environment: dict[str, str]) -> None:
    packages, files = loaded("payment", "add", "--help", environment=environment)
    assert packages.isdisjoint(HEAVY)
    assert files == ["ekost_cli.commands.payment"]


@pytest.mark.parametrize("words", [("config", "show"), ("help", "exit-codes", "-o", "json"), ("config", "path", "-q")])
def test_a_command_in_a_pipe_needs_neither_rich_nor_pydantic(
    words: tuple[str, ...], environment: dict[str, str]
) -> None:
    packages, _files = loaded(*words, environment=environment)
    assert packages.isdisjoint(HEAVY)


def test_a_mistake_is_told_without_anything_heavy(environment: dict[str, str]) -> None:
    packages, _files = loaded("payment", "add", status=2, environment=environment)
    assert packages.isdisjoint(HEAVY)


def test_the_version_does_not_even_load_the_parser() -> None:
    probe = "import sys; sys.argv = ['ekost', '--version']; import ekost_cli.main as m; m.main(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=60, check=True)
    assert {"typer", "re", "pathlib", "gettext"}.isdisjoint(done.stdout.split())


def test_the_screens_open_without_the_parser() -> None:
    door = """
import sys
import ekost_cli.screens
ekost_cli.screens.open_screens = lambda ekost: print(*sys.modules)
sys.argv = ["ekost", "tui"]
from ekost_cli.main import main
main()
"""
    done = subprocess.run([sys.executable, "-c", door], capture_output=True, text=True, timeout=60, check=True)
    assert {*HEAVY, "typer"}.isdisjoint(done.stdout.split())
    assert "ekost_cli.context" in done.stdout.split()
