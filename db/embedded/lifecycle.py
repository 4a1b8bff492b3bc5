"""Starting and stopping a server. Callers hold the start lock.

The lifetime lock alone says whether a server lives: pid files survive a SIGKILL, zombies keep their
number, numbers come round again, and another container counts from one.
"""

import os
import time
from pathlib import Path

from db.embedded.errors import ServerElsewhereError, ServerSilentError, ServerStartError
from db.embedded.locks import POLL, claim_lifetime, is_alive
from db.embedded.processes import pid_in, send, telling_line
from db.embedded.server import Server

# Seconds after which a server that does not end is told so more firmly: a last checkpoint may take some time.
FIRM = 60.0


class _Patience:
    """Waits a little at a time and gives up after the server's patience. Raises ServerSilentError."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.deadline = time.monotonic() + server.patience

    def wait(self) -> None:
        if time.monotonic() > self.deadline:
            seconds = self.server.patience
            raise ServerSilentError(server=self.server.name, seconds=seconds, log=self.server.log)
        time.sleep(POLL)


def start(server: Server, executable: Path) -> None:
    """Start the server unless it runs; `await_ready` must follow. Raises EmbeddedServerError."""
    server.check(executable)
    if server.outdated():
        stop(server)
    lifetime = _claim(server)
    if lifetime is None:
        return
    try:
        server.launch(executable, lifetime)
    finally:
        # The server has inherited it; ours must not outlive this.
        os.close(lifetime)


def await_ready(server: Server) -> None:
    """Wait until the server answers. Raises ServerStartError, ServerSilentError."""
    patience = _Patience(server)
    while not server.answers():
        if not is_alive(server.lifetime):
            raise ServerStartError(server=server.name, detail=_last_words(server.log), log=server.log)
        patience.wait()


def stop(server: Server) -> bool:
    """End the server and wait for its last process; False when none lived. Needs no program."""
    if not is_alive(server.lifetime):
        return False
    patience, firm = _Patience(server), time.monotonic() + FIRM
    told: int | None = None
    while is_alive(server.lifetime):
        pid = pid_in(server.pid_file)
        if pid and pid != told and server.owns(pid):
            send(pid, server.stop_signal)
            told = pid
        elif pid and pid == told and server.last_signal and time.monotonic() > firm:
            send(pid, server.last_signal)
            firm = patience.deadline
        elif told is None and server.answers():
            raise ServerElsewhereError(server=server.name)
        patience.wait()
    return True


def _claim(server: Server) -> int | None:
    """The lifetime lock when the server has to be started, None when it runs.

    Held without an answer means that it still starts, or that children of a killed server are on
    their way out: both end by themselves.
    """
    patience = _Patience(server)
    while (lifetime := claim_lifetime(server.lifetime)) is None:
        if server.answers():
            return None
        patience.wait()
    return lifetime


def _last_words(log: Path) -> str:
    try:
        return telling_line(log.read_text(encoding="utf-8", errors="replace")[-4000:])
    except FileNotFoundError:
        return telling_line("")
