"""The real command in processes of its own, away from the configuration of who runs the tests."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer

import pytest

from tests.end_to_end.forks import Forks

EKOST = str(Path(sys.executable).with_name("ekost"))
Ekost = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment without any setting of E-Kost; in English, 80 columns wide."""
    kept = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    return {**kept, "HOME": str(tmp_path), "LANG": "C.UTF-8", "COLUMNS": "80", "TERM": "xterm"}


@pytest.fixture
def ekost(environment: dict[str, str]) -> Ekost:
    """`ekost("config", "path", EKOST_LANG="id")`: run a command line through pipes."""

    def run(*words: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [EKOST, *words],
            input=stdin,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Where processes come from that begin with the libraries loaded."""
    server = Forks()
    yield server
    server.close()


@pytest.fixture
def swift(environment: dict[str, str], forks: Forks) -> Ekost:
    """The same as `ekost` in a fifth of the time, where it is not the start that is tried."""

    def run(*words: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        done = forks.run(words, environment | variables, stdin)
        return subprocess.CompletedProcess(words, done.status, done.out, done.err)

    return run


@pytest.fixture
def on_terminal(environment: dict[str, str]) -> Callable[..., tuple[int, str]]:
    """`on_terminal("config", "show", answer="y\\n")`: exit status and screen of a command on a terminal."""

    def run(*words: str, answer: str = "", **variables: str) -> tuple[int, str]:
        here, there = pty.openpty()
        child = subprocess.Popen([EKOST, *words], stdin=there, stdout=there, stderr=there, env=environment | variables)
        os.close(there)
        os.write(here, answer.encode())
        screen = b""
        # Who asks something that nobody answers would wait for ever.
        patience = Timer(60, child.kill)
        patience.start()
        while chunk := _read(here):
            screen += chunk
        os.close(here)
        patience.cancel()
        return child.wait(timeout=60), screen.decode().replace("\r\n", "\n")

    return run


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so when the other side is closed
        return b""
