"""The life of a server, the same for PostgreSQL and Valkey: attach, start, stop, status.

Attaching is what nearly every command does, so that it takes no lock and starts no process.
"""

import os
import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, NamedTuple

from db.embedded.errors import ServerElsewhereError, ServerSilentError, ServerStartError
from db.embedded.layout import Layout, is_private
from db.embedded.locks import POLL, claim_lifetime, is_alive
from db.embedded.processes import pid_in, send, telling_line


class ServerStatus(NamedTuple):
    """One server as it is now.

    `state`: running (it answers), busy (it starts, recovers or stops) or stopped. `version` is that
    of the data, "" when there is none yet; `pid` is 0 when there is no process.
    """

    name: str
    state: str
    version: str
    pid: int
    data: str
    socket: str
    log: str


class Server(ABC):
    """A server of one home. Methods that start or stop expect the caller to hold the start lock."""

    name: ClassVar[str]
    patience: ClassVar[int]
    """Seconds for a start or a stop: recovery after a crash may take minutes on a loaded machine."""
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.lifetime = layout.base / f"{self.name}.alive"

    @property
    @abstractmethod
    def socket(self) -> Path:
        """Path of the unix socket."""

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """File with the process number in its first line."""

    @property
    @abstractmethod
    def log(self) -> Path:
        """The log that tells why a start failed."""

    @abstractmethod
    def url(self) -> str:
        """Address for clients, with the password."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server accepts work, found out with one round trip."""

    @abstractmethod
    def owns(self, pid: int) -> bool:
        """Whether process `pid` works on this server's data."""

    @abstractmethod
    def check(self, executable: Path) -> None:
        """Refuse a program that can't open the existing data. Raises EmbeddedServerError."""

    @abstractmethod
    def launch(self, executable: Path, lifetime: int) -> None:
        """Prepare the data and start the program, which inherits the lock `lifetime`."""

    @abstractmethod
    def version(self) -> str:
        """Version of the data, "" without data."""

    @abstractmethod
    def data(self) -> Path:
        """Folder of the data."""

    def outdated(self) -> bool:
        """Whether the running server should be restarted with the program that is there now."""
        return False

    def attach(self) -> str | None:
        """The address of the running server; None when it has to be started or waited for."""
        if is_private(self.layout.sockets) and self.answers() and not self.outdated():
            return self.url()
        return None

    def start(self, executable: Path) -> bool:
        """Start the server unless it runs; False when it did. `await_ready` must follow."""
        self.check(executable)
        if self.outdated():
            self.stop()
        lifetime = self._claim()
        if lifetime is None:
            return False
        try:
            self.launch(executable, lifetime)
        finally:
            os.close(lifetime)
        return True

    def await_ready(self) -> None:
        """Wait until the server answers. Raises ServerStartError, ServerSilentError."""
        deadline = time.monotonic() + self.patience
        while not self.answers():
            if not is_alive(self.lifetime):
                raise ServerStartError(server=self.name, detail=self._last_words(), log=self.log)
            self._check_patience(deadline)
            time.sleep(POLL)

    def stop(self) -> bool:
        """End the server and wait for its last process; False when none lived. Needs no program."""
        told = None
        deadline = time.monotonic() + self.patience
        stopped = False
        while is_alive(self.lifetime):
            stopped = True
            pid = pid_in(self.pid_file)
            if pid and pid != told and self.owns(pid):
                send(pid, self.stop_signal)
                told = pid
            elif told is None and self.answers():
                raise ServerElsewhereError(server=self.name)
            self._check_patience(deadline)
            time.sleep(POLL)
        return stopped

    def status(self) -> ServerStatus:
        """Look without touching anything."""
        alive = is_alive(self.lifetime)
        answers = is_private(self.layout.sockets) and self.answers()
        state = "running" if answers else "busy" if alive else "stopped"
        pid = pid_in(self.pid_file) if state != "stopped" else None
        return ServerStatus(
            self.name, state, self.version(), pid or 0, str(self.data()), str(self.socket), str(self.log)
        )

    def _claim(self) -> int | None:
        """The lifetime lock when the server has to be started, None when it runs.

        Held without an answer means that it still starts, or that children of a killed server are
        on their way out: both end by themselves.
        """
        deadline = time.monotonic() + self.patience
        while (lifetime := claim_lifetime(self.lifetime)) is None:
            if self.answers():
                return None
            self._check_patience(deadline)
            time.sleep(POLL)
        return lifetime

    def _check_patience(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise ServerSilentError(server=self.name, seconds=self.patience, log=self.log)

    def _last_words(self) -> str:
        try:
            return telling_line(self.log.read_text(encoding="utf-8", errors="replace")[-4000:])
        except FileNotFoundError:
            return telling_line("")
