"""A landlord who follows the README from top to bottom gets where it says: every block runs, in order, for real."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded import driver
from tests.conftest import quick_place
from tests.docs.pages import DOCS, ROOT, blocks, text_of

README = text_of(ROOT / "README.md")
# They install things into this very folder, or on this machine.
NOT_RUN = {"make demo", "make test", "pipx install .        # or: uv tool install ."}
# Nobody has these servers, the test's own stands in for the first; and nobody sits there to be asked.
ADAPTED = {
    "export EKOST_DATABASE_URL=postgresql://ekost@db.example.com/ekost": "export EKOST_DATABASE_URL=$STAND_IN",
    "export EKOST_REDIS_URL=rediss://redis.example.com/0": "",
    "ekost import undo 1": "ekost import undo 1 --yes",
}
TRAP = "set -Ee; trap 'echo \"README: $BASH_COMMAND\" >&2' ERR\n"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A home folder of a landlord; not pytest's own, through which the servers' account may not pass."""
    made = Path(tempfile.mkdtemp(prefix="ekost-readme-", dir=quick_place()))
    made.chmod(0o711)
    yield made
    for home in made.glob("*/"):
        driver.stop(home)
    shutil.rmtree(made, ignore_errors=True)


def bash(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script with nothing of ours in the environment but the command itself."""
    search = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {"HOME": str(folder), "PATH": search, "LANG": "C.UTF-8", **variables}
    return subprocess.run(
        ["bash"],
        input=TRAP + script,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def lines_to_run() -> list[str]:
    lines = [line for block in blocks(README, "sh") for line in block.splitlines() if line]
    assert set(lines) >= NOT_RUN | set(ADAPTED), "the README has changed: see what can't be run"
    return [ADAPTED.get(line, line) for line in lines if line not in NOT_RUN]


def test_every_block_runs_in_order_in_a_new_home(folder: Path, database_url: str) -> None:
    (payments,) = blocks(README, "csv")
    (folder / "mutasi.csv").write_text(payments, encoding="utf-8")
    done = bash("\n".join(lines_to_run()), folder, STAND_IN=database_url)
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert "KOSA\tA1\tAC\t1500000.00" in told
    assert (folder / "kos").is_dir()


def test_a_copy_of_the_home_is_the_whole_book(folder: Path) -> None:
    assert "A copy in another place is a complete book" in text_of(DOCS / "embedded.md")
    script = """
        export EKOST_HOME=~/kos
        ekost property add KOSA "Kos Melati"
        ekost down
        cp -a ~/kos ~/copy
        EKOST_HOME=~/copy ekost property list -o id
    """
    done = bash(script, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "KOSA"
