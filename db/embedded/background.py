"""The worker of a home as a process in the background, started and stopped in the same manner as the servers.

It belongs to whoever may use the servers: as root it runs as root, who reaches the sockets of the service account.
"""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from db.embedded.files import write_private
from db.embedded.layout import Layout
from db.embedded.locks import is_alive
from db.embedded.processes import pid_in, works_in
from db.embedded.server import Server, ServerStatus


class Background(Server):
    """The worker of one home; `command` starts it in the foreground, which is all that it knows."""

    name = "worker"
    patience = 180  # what it has begun is finished first
    stop_signal = signal.SIGTERM

    def __init__(self, layout: Layout, command: Sequence[str] = (), home: Path | None = None) -> None:
        super().__init__(layout)
        self._command = command
        self._home = home or layout.base

    @property
    def socket(self) -> Path:
        """It has none."""
        return self.layout.base

    @property
    def pid_file(self) -> Path:
        return self.layout.base / "worker.pid"

    @property
    def log(self) -> Path:
        return self.layout.base / "worker.log"

    @property
    def data(self) -> Path:
        """It has none; it works in this folder, by which it is known."""
        return self.layout.base

    def version(self) -> str:
        return ""

    def url(self) -> str:
        """Nobody calls it."""
        return ""

    def answers(self) -> bool:
        """Whether it is at work: then it has told its number."""
        pid = pid_in(self.pid_file)
        with suppress(FileNotFoundError):
            return bool(pid and self.owns(pid) and str(pid) in self.log.read_text(encoding="utf-8", errors="replace"))
        return False

    def owns(self, pid: int) -> bool:
        return works_in(pid, self.data)

    def check(self, executable: Path) -> None:
        """It keeps nothing that another version could not read."""

    def launch(self, executable: Path, lifetime: int) -> None:
        self.pid_file.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            self.log.replace(self.log.with_suffix(".log.old"))
        write_private(self.pid_file, f"{self._spawn(lifetime)}\n")

    def status(self) -> ServerStatus:
        """Look without touching anything."""
        alive = is_alive(self.lifetime)
        state = "running" if alive and self.answers() else "busy" if alive else "stopped"
        pid = pid_in(self.pid_file) if alive else None
        return ServerStatus(self.name, state, "", pid or 0, "", "", str(self.log))

    def _spawn(self, lifetime: int) -> int:
        # A shell puts it into the background and exits, so that init adopts it; its words are never commands.
        done = subprocess.run(
            ["/bin/sh", "-c", '"$@" </dev/null >"$0" 2>&1 & echo $!', os.fspath(self.log), *self._command],
            stdout=subprocess.PIPE,
            env=os.environ | {"EKOST_HOME": os.fspath(self._home)},
            cwd=self.data,
            umask=0o077,
            start_new_session=True,  # a closed terminal or Ctrl-C is not meant for it
            pass_fds=(lifetime,),
            text=True,
            check=True,
        )
        return int(done.stdout)
