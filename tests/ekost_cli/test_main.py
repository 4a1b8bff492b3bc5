"""The door: version, help, languages, signals, pipes."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from ekost_cli.examples import all_examples, all_verbs
from ekost_cli.main import VERSION
from ekost_cli.registry import ENTRIES
from locales.catalogs import FOLDER, load
from tests.ekost_cli.conftest import EKOST, Ekost


def test_the_version_is_the_one_of_the_package(ekost: Ekost) -> None:
    assert version("ekost") == VERSION
    assert ekost("--version").stdout == f"ekost {VERSION}\n"
    assert ekost("-q", "--version").stdout == f"ekost {VERSION}\n"


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_the_first_page_names_every_command(ekost: Ekost, words: tuple[str, ...]) -> None:
    done = ekost(*words)
    assert (done.returncode, done.stderr) == (0, "")
    listed = {line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")}
    assert listed >= set(ENTRIES)


def test_a_noun_alone_shows_its_verbs(ekost: Ekost) -> None:
    done = ekost("config")
    assert done.returncode == 0
    assert "validate" in done.stdout
    assert "ekost config COMMAND [OPTIONS]" in done.stdout


def test_a_page_has_arguments_options_fields_and_examples(ekost: Ekost) -> None:
    page = ekost("config", "set", "--help").stdout
    for line in (
        "Usage: ekost config set KEY VALUE [OPTIONS]",
        "Arguments:",
        "Common options:",
        "Fields:",
        "Examples:",
    ):
        assert line in page
    assert "  ekost config set language id" in page
    assert ekost("help", "config", "set").stdout == page


def test_every_command_has_help_and_examples_of_its_own() -> None:
    for path, verb in all_verbs():
        assert verb.help.endswith("."), path
        assert verb.examples, path
    for path, words in all_examples():
        assert words[: len(path.split())] == path.split(), f"{path}: {words}"


@pytest.mark.parametrize(
    ("words", "variables", "heading"),
    [
        ((), {}, "Commands:"),
        (("--lang", "id"), {}, "Perintah:"),
        (("--lang=id",), {"EKOST_LANG": "en"}, "Perintah:"),
        ((), {"EKOST_LANG": "id"}, "Perintah:"),
        ((), {"LANG": "id_ID.UTF-8"}, "Perintah:"),
        ((), {"LANG": "id_ID.UTF-8", "EKOST_LANG": "en"}, "Commands:"),
        ((), {"LANG": "de_DE.UTF-8"}, "Commands:"),
    ],
)
def test_the_language_is_chosen_by_flag_then_variable_then_locale(
    ekost: Ekost, words: tuple[str, ...], variables: dict[str, str], heading: str
) -> None:
    assert heading in ekost(*words, "config", "--help", **variables).stdout


def test_the_configured_language_goes_before_the_locale(ekost: Ekost) -> None:
    ekost("config", "set", "language", "id")
    assert "Perintah:" in ekost("config", "--help", LANG="en_GB.UTF-8").stdout
    assert "Commands:" in ekost("config", "--help", "--lang", "en").stdout


def test_a_broken_configuration_does_not_silence_help(ekost: Ekost, environment: dict[str, str]) -> None:
    file = Path(ekost("config", "path").stdout.strip())
    file.parent.mkdir(parents=True)
    file.write_text("language = ")
    assert ekost("--help").returncode == 0
    done = ekost("config", "show")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"ekost: error: {file}:1: this is not valid TOML.")


def test_errors_speak_the_language_too(ekost: Ekost) -> None:
    indonesian = load(FOLDER / "id" / "LC_MESSAGES").gettext("{parameter} is missing.")
    assert ekost("--lang", "id", "config", "set").stderr.startswith(
        f"ekost: error: {indonesian.format(parameter='KEY')}"
    )


def test_shared_options_work_before_and_behind_the_verb(ekost: Ekost) -> None:
    behind = ekost("config", "show", "-o", "json").stdout
    assert ekost("-o", "json", "config", "show").stdout == behind
    assert ekost("config", "--output=json", "show").stdout == behind
    assert ekost("-o", "csv", "config", "show", "-qojson").stdout == behind


@pytest.mark.parametrize(
    "words", [("help", "exit-codes"), ("--help",), ("--version",), ("config", "show", "-o", "json")]
)
def test_a_reader_that_has_gone_away_is_no_failure(environment: dict[str, str], words: tuple[str, ...]) -> None:
    here, there = os.pipe()
    os.close(here)
    done = subprocess.run(
        [EKOST, *words], stdout=there, stderr=subprocess.PIPE, env=environment, timeout=60, check=False
    )
    os.close(there)
    assert (done.returncode, done.stderr) == (141, b"")


def test_head_may_close_the_pipe(environment: dict[str, str]) -> None:
    line = f"set -o pipefail; '{EKOST}' help environment | head -1"
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert done.returncode in (0, 141)
    assert (done.stdout, done.stderr) == ("variable\tsetting\tmeaning\n", "")


def test_a_full_disk_is_told(environment: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [EKOST, "help", "exit-codes"], stdout=full, stderr=subprocess.PIPE, text=True, env=environment, timeout=60,
            check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("ekost: error: The output can't be written: No space left on device")


def test_closed_streams_are_no_failure(environment: dict[str, str]) -> None:
    for closing in (">&-", "2>&-", ">&- 2>&-"):
        line = f"'{EKOST}' help exit-codes {closing}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, env=environment, timeout=60, check=False)
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.fixture
def hanging(environment: dict[str, str]) -> Callable[[signal.Signals], tuple[int, str]]:
    """Send a signal to a command that waits for a database which accepts and then says nothing."""

    def run(number: signal.Signals) -> tuple[int, str]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            url = f"postgresql://ekost@127.0.0.1:{server.getsockname()[1]}/ekost"
            variables = environment | {"EKOST_DATABASE_URL": url, "EKOST_CONNECT_TIMEOUT": "30"}
            child = subprocess.Popen([EKOST, "tenant", "list"], stderr=subprocess.PIPE, text=True, env=variables)
            connection, _address = server.accept()
            with connection:
                child.send_signal(number)
                _out, told = child.communicate(timeout=60)
        return child.returncode, told

    return run


def test_ctrl_c_ends_silently_with_130(hanging: Callable[[signal.Signals], tuple[int, str]]) -> None:
    assert hanging(signal.SIGINT) == (130, "")


def test_sigterm_ends_silently_with_143(hanging: Callable[[signal.Signals], tuple[int, str]]) -> None:
    assert hanging(signal.SIGTERM) == (143, "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(ekost: Ekost, shell: str) -> None:
    done = ekost("completion", shell)
    assert done.returncode == 0
    assert "_EKOST_COMPLETE" in done.stdout


def test_zsh_and_fish_complete_too(ekost: Ekost) -> None:
    zsh = ekost(_EKOST_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="ekost config va")
    assert "validate" in zsh.stdout
    fish = {"_EKOST_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    assert ekost(_TYPER_COMPLETE_ARGS="ekost hel", **fish).stdout.startswith("help\tHelp on a command")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ekost conf", ["config"]),
        ("ekost config va", ["validate"]),
        ("ekost config show --ori", ["--origin"]),
        ("ekost config show -o nd", ["ndjson"]),
        ("ekost nonsense x", []),
    ],
)
def test_bash_completes_commands_options_and_choices(ekost: Ekost, typed: str, words: list[str]) -> None:
    count = str(len(typed.split()) - 1)
    done = ekost(_EKOST_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=count)
    assert (done.stdout.split(), done.stderr) == (words, "")
