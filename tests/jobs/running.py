"""Hands on a running worker and on the Valkey that it listens to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import redis

from db.embedded import driver
from tests.processes import all_processes, descendants, signal_all

EKOST = str(Path(sys.executable).with_name("ekost"))


def wait_until(holds: Callable[[], object], seconds: float = 15.0, *, what: object = "") -> float:
    """Wait for something that must come true; how many seconds it took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, what
        time.sleep(0.02)
    return time.monotonic() - begun


class Bell:
    """A Valkey of the tests."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.url = driver.ensure_valkey(home)

    def start(self) -> None:
        self.thaw()
        driver.ensure_valkey(self._home)

    def kill(self) -> None:
        pid = self._pid()
        signal_all([pid], signal.SIGKILL)
        wait_until(lambda: pid not in all_processes())

    def freeze(self) -> None:
        signal_all([self._pid()], signal.SIGSTOP)

    def thaw(self) -> None:
        if pid := self._pid():
            signal_all([pid], signal.SIGCONT)

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def _pid(self) -> int:
        return next(row.pid for row in driver.status(self._home) if row.name == "valkey")


class RunningWorker:
    """An `ekost worker` with what it tells."""

    def __init__(self, log: Path, words: Sequence[str], env: dict[str, str]) -> None:
        self._log = log
        env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"} | env
        with log.open("wb") as file:
            self.process = subprocess.Popen([EKOST, "worker", *words], env=env, stdout=file, stderr=file)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def told(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def wait_until_told(self, text: str, seconds: float = 15.0) -> float:
        return wait_until(lambda: text in self.told, seconds, what=(text, self.told))

    def children(self) -> list[int]:
        """Relay and workers; the relay is the first."""
        generations = descendants(self.pid)
        assert len(generations) <= 1, "nobody forks again"
        return generations[0] if generations else []

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, seconds: float = 15.0) -> int:
        """The exit status, in the shell's manner."""
        status = self.process.wait(timeout=seconds)
        return status if status >= 0 else 128 - status

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
