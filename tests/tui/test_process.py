"""`ekost tui` as a process of its own, in a pseudo-terminal and without one."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ekost_cli.examples import all_examples

EKOST = str(Path(sys.executable).with_name("ekost"))
EXAMPLES = [words for path, words in all_examples() if path == "tui"]


def read_until(terminal: int, mark: bytes, seconds: float = 30) -> bytes:
    """What is written until the mark comes; everything if it never does."""
    seen, end = b"", time.monotonic() + seconds
    while mark not in seen and time.monotonic() < end:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:  # the other side is gone
                break
    return seen


@pytest.fixture
def environment(lived_in_url: str, tmp_path: Path) -> dict[str, str]:
    mine = {"HOME": str(tmp_path), "EKOST_DATABASE_URL": lived_in_url, "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **mine}


@pytest.mark.parametrize("words", EXAMPLES, ids=" ".join)
def test_it_opens_shows_rows_and_leaves_with_q(words: list[str], environment: dict[str, str]) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen([EKOST, *words], stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    try:
        assert b"ekost tenant list" in read_until(master, b"ekost tenant list")
        assert b"Rp" in read_until(master, b"Rp")
        os.write(master, b"q")
        read_until(master, b"\x1b[?1049l")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_it_ends_with_its_terminal_even_where_nobody_hangs_up(environment: dict[str, str]) -> None:
    master, slave = pty.openpty()
    process = subprocess.Popen([EKOST, "tui"], stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    assert b"Rp" in read_until(master, b"Rp")
    os.close(master)  # nobody's controlling terminal: no SIGHUP
    try:
        assert process.wait(10) == -signal.SIGHUP
    finally:
        process.kill()
        process.wait()


def test_without_a_terminal_it_says_so(environment: dict[str, str]) -> None:
    done = subprocess.run([EKOST, "tui"], env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "The screens need a terminal." in done.stderr
