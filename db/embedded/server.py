"""What PostgreSQL and Valkey have in common, and the two things that change nothing: attach, status.

Attaching is what nearly every command does, so that it takes no lock and starts no process.
"""

import signal
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, NamedTuple

from db.embedded.layout import Layout, is_private
from db.embedded.locks import is_alive
from db.embedded.processes import pid_in


class ServerStatus(NamedTuple):
    """One server as it is now.

    `state`: `running` (it answers), `busy` (it starts, recovers or stops) or `stopped`. `version` is
    that of the data, "" when there is none yet. `pid` is 0 when there is no process.
    """

    name: str
    state: str
    version: str
    pid: int
    data: str
    socket: str
    log: str


class Server(ABC):
    """A server of one home; how it is started and stopped is in `lifecycle`."""

    name: ClassVar[str]
    patience: ClassVar[int]
    """Seconds for a start or a stop: recovery after a crash may take minutes on a loaded machine."""
    stop_signal: ClassVar[signal.Signals]
    last_signal: ClassVar[signal.Signals | None] = None
    """Sent to a server that has not ended after a while, where it can be sent without losing anything."""

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
    def data(self) -> Path:
        """Folder of the data."""

    @property
    @abstractmethod
    def log(self) -> Path:
        """The log that tells why a start failed."""

    @abstractmethod
    def version(self) -> str:
        """Version of the data, "" without data."""

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

    def outdated(self) -> bool:
        """Whether the running server should be restarted with the program that is there now."""
        return False

    def attach(self) -> str | None:
        """The address of the running server; None when it has to be started or waited for."""
        usable = self._runs() and not self.outdated()
        return self.url() if usable else None

    def status(self) -> ServerStatus:
        """Look without touching anything."""
        state = "running" if self._runs() else "busy" if is_alive(self.lifetime) else "stopped"
        pid = pid_in(self.pid_file) if state != "stopped" else None
        places = (str(self.data), str(self.socket), str(self.log))
        return ServerStatus(self.name, state, self.version(), pid or 0, *places)

    def _runs(self) -> bool:
        # All three: somebody else's server could answer, and a dying one could still be alive.
        return is_alive(self.lifetime) and is_private(self.layout.sockets) and self.answers()
