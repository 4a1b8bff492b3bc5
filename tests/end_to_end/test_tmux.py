"""A landlord at a terminal: pays, makes the window small, loses the server, and goes on."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded import driver
from tests.conftest import quick_place
from tests.end_to_end.terminals import Pty, Tmux, here

EKOST = str(Path(sys.executable).with_name("ekost"))
pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ekost-test-", dir=quick_place()))
    folder.chmod(0o711)  # as root the server's own user must get through
    yield folder
    driver.stop(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def env(folder: Path) -> dict[str, str]:
    """A home of our own, with the kos of the examples in it."""
    mine = {"HOME": str(folder), "EKOST_HOME": str(folder / "home"), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **mine}
    ekost(env, "demo")
    return env


def ekost(env: dict[str, str], *words: str) -> str:
    done = subprocess.run([EKOST, *words], env=env, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


@pytest.mark.parametrize("kind", here())
def test_a_day_at_the_terminal(kind: type[Tmux] | type[Pty], env: dict[str, str], folder: Path) -> None:
    debtor = json.loads(ekost(env, "balance", "list", "--limit", "1", "-o", "json"))["items"][0]
    terminal = kind([EKOST, "tui"], env, (80, 24), folder)
    try:
        terminal.seen("Ani Lestari", "$ ekost tenant list")
        terminal.press("5")
        assert debtor["tenant_name"] in terminal.seen("$ ekost balance list", "! unpaid")[2]
        # A payment in three keys.
        terminal.press("b")
        terminal.seen(f"Payment of {debtor['tenant_name']}", "→ Rp0")
        terminal.press("Enter", "Enter")
        terminal.seen("is recorded. z takes it back.", "$ ekost balance list")
        rows = terminal.when(lambda shown: debtor["tenant_name"] not in shown[2], "the next debtor")[2:8]
        paid = json.loads(ekost(env, "balance", "show", debtor["tenant"], "-o", "json"))
        assert paid["outstanding_balance"] == "0.00"
        # A window that becomes small, and large again.
        names = [row.split()[0] for row in rows]
        terminal.resize(60, 20)
        small = terminal.when(lambda shown: len(shown) == 20 and "$ ekost balance" in shown[18], "the small window")
        assert [row.split()[0] for row in small[2:8]] == names
        assert max(map(len, small)) <= 60
        terminal.resize(80, 24)
        terminal.when(lambda shown: shown[2:8] == rows, "the same rows")
        # The server is killed: the rows stay, and it is tried again.
        pid = int(next(folder.rglob("postmaster.pid")).read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        terminal.press("r")
        stale = re.compile(r" The book can't be reached\. Shown as of [0-9:]{8}; next try in \d+ s\.")
        terminal.when(lambda shown: stale.match(shown[22]) is not None and shown[2:8] == rows, "rows that are stale")
        terminal.when(lambda shown: "$ ekost balance list" in shown[22] and shown[2:8] == rows, "the book again", 60)
        assert int(next(folder.rglob("postmaster.pid")).read_text().split()[0]) != pid
        terminal.press("q")
        assert terminal.ended() == 0
    finally:
        terminal.close()
