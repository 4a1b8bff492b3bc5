"""The real command in processes of its own, without the start-up time: forked from one that has imported the libraries.

Run as a program it serves its standard input: `start` forks a process per command line, which all wait for one signal
and then go at once; `wait` collects how they ended; `kill` ends some of them with SIGKILL after a while; `screen` runs
one on a terminal.
"""

import contextlib
import fcntl
import gc
import importlib
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
PATIENCE = 120
PRELOADED = (
    "babel.numbers", "rich.console", "rich.table", "psycopg", "sqlalchemy.dialects.postgresql.psycopg", "typer.main",
    "db.migrations.runner", "db.services.moves", "db.services.payments", "db.repositories.balances",
    "db.repositories.deposits", "db.repositories.events", "db.repositories.tenants", "ekost_cli.lazy",
    "ekost_cli.report", "ekost_cli.failures", "ekost_cli.uptodate",
)  # fmt: skip


class Done(NamedTuple):
    """How a process ended: exit status (negative: the signal), stdout, stderr."""

    status: int
    out: str
    err: str


class Forks:
    """The side of the tests."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.end_to_end.forks"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip

    def start(self, command_lines: Sequence[Sequence[str]], env: Mapping[str, str], stdin: str = "") -> list[int]:
        """Start one process per command line, all at once; their ids."""
        return [int(pid) for pid in self._ask("start", [list(words) for words in command_lines], dict(env), stdin)]

    def wait(self, pids: Sequence[int]) -> list[Done]:
        """How these processes ended, in their order."""
        return [Done(*ended) for ended in self._ask("wait", list(pids))]

    def kill(self, pids: Sequence[int], delays: Sequence[float]) -> None:
        """End each of these processes with SIGKILL so many seconds from now."""
        self._ask("kill", list(pids), list(delays))

    def run(self, words: Sequence[str], env: Mapping[str, str], stdin: str = "") -> Done:
        """One command line from start to end."""
        return self.wait(self.start([words], env, stdin))[0]

    def screen(self, words: Sequence[str], env: Mapping[str, str], size: tuple[int, int]) -> Done:
        """One command line on a terminal of so many columns and lines; `out` is what it shows, `err` apart from it."""
        return Done(*self._ask("screen", list(words), dict(env), *size))

    def close(self) -> None:
        """End the server."""
        with self._server:
            assert self._server.stdin is not None
            self._server.stdin.close()

    def _ask(self, *question: object) -> list[Any]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(question) + "\n")
        self._server.stdin.flush()
        answer: list[Any] = json.loads(self._server.stdout.readline())
        return answer


class _Server:
    """The side of the processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0

    def start(self, command_lines: list[list[str]], env: dict[str, str], stdin: str) -> list[int]:
        self.asked += 1
        given = self.folder / f"stdin{self.asked}"
        given.write_text(stdin, encoding="utf-8", errors="surrogateescape")
        gate, opener = os.pipe()

        def connect() -> None:
            os.close(opener)
            os.dup2(os.open(given, os.O_RDONLY), 0)
            os.dup2(self._file("out"), 1)
            os.read(gate, 1)

        pids = [self._fork(words, env, connect) for words in command_lines]
        os.close(gate)
        os.close(opener)  # the signal to go
        return pids

    def screen(self, words: list[str], env: dict[str, str], columns: int, lines: int) -> tuple[int, str, str]:
        here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        pid = self._fork(words, env, lambda: [os.dup2(there, number) for number in (0, 1)])
        os.close(there)
        shown = b""
        with contextlib.suppress(OSError):  # Linux says so when the other side is closed
            while chunk := os.read(here, 65536):
                shown += chunk
        os.close(here)
        status, _nothing, err = self._ended(pid)
        return status, shown.decode().replace("\r\n", "\n"), err

    def kill(self, pids: list[int], delays: list[float]) -> list[int]:
        begun = time.monotonic()
        for delay, pid in sorted(zip(delays, pids, strict=True)):
            time.sleep(max(0.0, begun + delay - time.monotonic()))
            os.kill(pid, signal.SIGKILL)  # one that has ended is still ours: nobody has waited for it
        return pids

    def wait(self, pids: list[int]) -> list[tuple[int, str, str]]:
        return [self._ended(pid) for pid in pids]

    def _ended(self, pid: int) -> tuple[int, str, str]:
        deadline = time.monotonic() + PATIENCE
        while (found := os.waitpid(pid, os.WNOHANG))[0] == 0:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.001)
        written = [self.folder / f"{pid}.{name}" for name in ("out", "err")]
        texts = [path.read_text(encoding="utf-8", errors="surrogateescape") for path in written]
        for path in written:
            path.unlink()
        return os.waitstatus_to_exitcode(found[1]), texts[0], texts[1]

    def _fork(self, words: list[str], env: dict[str, str], connect: Callable[[], object]) -> int:
        pid = os.fork()
        if pid:
            # Also made here: a process that is killed at once has written nothing, not "no file".
            for name in ("out", "err"):
                (self.folder / f"{pid}.{name}").touch()
            return pid
        status = 70
        with contextlib.suppress(BaseException):
            os.dup2(self._file("err"), 2)
            connect()
            status = _command(words, env)
        os._exit(status)

    def _file(self, name: str) -> int:
        return os.open(self.folder / f"{os.getpid()}.{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def _command(words: list[str], env: dict[str, str]) -> int:
    """What the console script does, in a process that is as good as new."""
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["ekost", *words]
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    from ekost_cli.main import main

    try:
        return main()
    except SystemExit as exit_:
        return int(exit_.code or 0)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()


def _serve() -> None:
    # What is translated while it is imported stays out: each process speaks its own language.
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()
    with tempfile.TemporaryDirectory(prefix="ekost-forks-") as folder:
        server = _Server(Path(folder))
        for line in sys.stdin:
            name, *values = json.loads(line)
            print(json.dumps(getattr(server, name)(*values)), flush=True)


if __name__ == "__main__":
    _serve()
