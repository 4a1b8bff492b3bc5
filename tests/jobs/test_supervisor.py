"""The supervisor by itself, with children that do nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs.running import wait_until
from tests.processes import all_processes, descendants

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys, time
from jobs import supervisor
from jobs.supervisor import Child, Supervisor

if sys.argv[1] == "pipe":
    supervisor._ask_the_kernel = lambda: False

def crash():
    raise ValueError("Budi")

def tell(message, **fields):
    print(message.format(**fields), file=sys.stderr, flush=True)

children = [Child("one", lambda: time.sleep(60)), Child("two", lambda: time.sleep(60))]
if sys.argv[1] == "crash":
    children.append(Child("three", crash))
sys.exit(Supervisor(children, tell).run())
"""


def start(how: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as file:
        return subprocess.Popen([sys.executable, "-c", SCRIPT, how], cwd=ROOT, stderr=file)


def children(parent: subprocess.Popen[bytes]) -> list[int]:
    return (descendants(parent.pid) or [[]])[0]


@pytest.mark.parametrize("how", ["kernel", "pipe"])
def test_children_end_with_their_parent_everywhere(how: str, tmp_path: Path) -> None:
    parent = start(how, tmp_path / "log")
    wait_until(lambda: len(children(parent)) == 2)
    pids = children(parent)
    os.kill(pids[0], signal.SIGKILL)
    wait_until(lambda: len(set(children(parent)) - {pids[0]}) == 2)
    family = {*pids, *children(parent)}
    parent.kill()
    assert parent.wait() == -signal.SIGKILL
    wait_until(lambda: not all_processes().keys() & family, 2)


def test_one_that_crashes_again_and_again_is_given_pauses(tmp_path: Path) -> None:
    parent = start("crash", tmp_path / "log")
    wait_until(lambda: (tmp_path / "log").read_text().count("three ended unexpectedly") == 3)
    parent.send_signal(signal.SIGTERM)
    assert parent.wait(5) == 143
    told = (tmp_path / "log").read_text()
    assert "Budi" not in told
    assert "Traceback" not in told
    assert told.count("three met an error: ValueError") == 3
