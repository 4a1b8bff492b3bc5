"""The workers of a site: so many `ekost worker`, each a supervisor with its children."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.processes import descendants, marked, signal_all

EKOST = Path(sys.executable).with_name("ekost")
# Workers of one `ekost worker` on each queue.
EACH = 2


def mark(folder: Path, part: str) -> dict[str, str]:
    """A variable by which a process of this site is known: an orphan can't be found by its parent."""
    return {"CHAOS_PART": f"{folder}/{part}"}


def those_of(folder: Path, *parts: str) -> list[int]:
    """The processes that play these parts at this site."""
    return [pid for part in parts for name, value in mark(folder, part).items() for pid in marked(f"{name}={value}")]


class Crew:
    """Starts `count` of them again and again, whatever became of the last ones."""

    def __init__(self, count: int, env: Mapping[str, str], folder: Path) -> None:
        self._env, self._folder = env, folder
        self._supervisors: list[subprocess.Popen[bytes] | None] = [None] * count

    def start(self) -> None:
        """Start those that don't run."""
        for place, supervisor in enumerate(self._supervisors):
            if supervisor is None or supervisor.poll() is not None:
                env = {**self._env, **mark(self._folder, "worker")}
                command = [EKOST, "worker", "-n", str(EACH)]
                with (self._folder / "worker.log").open("ab") as log:
                    self._supervisors[place] = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def supervisors(self) -> list[int]:
        """Those that run."""
        return [it.pid for it in self._supervisors if it is not None and it.poll() is None]

    def children(self) -> list[int]:
        """The relays and those who work on a queue, and whatever they have started."""
        return [pid for root in self.supervisors() for generation in descendants(root) for pid in generation]

    def everybody(self) -> list[int]:
        return [*self.supervisors(), *self.children()]

    def orphans(self) -> list[int]:
        """Processes whose supervisor is gone."""
        kept = set(self.everybody())
        return [pid for pid in those_of(self._folder, "worker") if pid not in kept]

    def close(self) -> None:
        """End them all."""
        for supervisor in self._supervisors:
            if supervisor is not None:
                supervisor.kill()
                supervisor.wait()
        signal_all(self.orphans(), signal.SIGKILL)
