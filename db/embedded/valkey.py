"""Valkey as a bundled server: the queue's doorbell, kept on disk, never evicting a job.

Each engine and major version has a data folder of its own. Other engines can't read its files, and
some of them start empty instead of refusing.
"""

import os
import signal
from pathlib import Path
from urllib.parse import quote

from db.embedded.binaries import version
from db.embedded.errors import QueueEngineError
from db.embedded.files import write_private
from db.embedded.layout import make_private
from db.embedded.processes import answers, spawn, works_in
from db.embedded.server import Server

_ENGINE_FILE = "ENGINE"


class Valkey(Server):
    """The queue server of one home."""

    name = "valkey"
    patience = 120
    stop_signal = signal.SIGTERM  # flushes the append-only file, then ends

    @property
    def socket(self) -> Path:
        return self.layout.sockets / "valkey.sock"

    @property
    def pid_file(self) -> Path:
        return self.layout.base / "valkey.pid"

    @property
    def log(self) -> Path:
        return self.layout.base / "valkey.log"

    @property
    def data(self) -> Path:
        """The folder that was used last, or the one above before the first start."""
        used = sorted(self.layout.queue.glob(f"*/{_ENGINE_FILE}"), key=lambda path: path.stat().st_mtime)
        return used[-1].parent if used else self.layout.queue

    def url(self) -> str:
        """redis-py address of database 0."""
        return f"unix://{quote(str(self.socket))}?db=0"

    def answers(self) -> bool:
        return answers(self.socket, b"PING\r\n", (b"+PONG",))

    def owns(self, pid: int) -> bool:
        return any(works_in(pid, folder) for folder in self.layout.queue.glob("*/"))

    def version(self) -> str:
        try:
            return (self.data / _ENGINE_FILE).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def check(self, executable: Path) -> None:
        """Every engine has its own folder; `launch` checks that nobody swapped them."""

    def launch(self, executable: Path, lifetime: int) -> None:
        make_private(self.layout.queue)
        make_private(self.layout.sockets)
        data = self._data_for(executable)
        self.socket.unlink(missing_ok=True)
        self.pid_file.unlink(missing_ok=True)
        spawn([executable, *self._options(data)], self.log, lifetime)

    def _data_for(self, executable: Path) -> Path:
        found = version(executable, self.log)
        data = self.layout.queue / f"{found.engine}-{found.major}"
        make_private(data)
        record = data / _ENGINE_FILE
        engine = f"{found.engine} {found.major}."
        written = record.read_text(encoding="utf-8").strip() if record.exists() else ""
        if not written.startswith(engine) and any(data.glob("appendonly*")):
            raise QueueEngineError(path=data, data=written or "?", program=f"{found.engine} {found.full}")
        if written != f"{found.engine} {found.full}":
            write_private(record, f"{found.engine} {found.full}\n")
        record.touch()  # the folder in use is the one with the newest record
        return data

    def _options(self, data: Path) -> list[str | Path]:
        options = {
            "port": "0",
            "unixsocket": os.fspath(self.socket),
            "unixsocketperm": "700",
            "dir": os.fspath(data),
            "pidfile": os.fspath(self.pid_file),
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",  # with any other policy a full cache throws jobs away
            "databases": "4",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]
