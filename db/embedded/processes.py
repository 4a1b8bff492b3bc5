"""Starting programs and knowing which process is which."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from db.embedded.errors import ServerStartError

_ROUND_TRIP_TIMEOUT = 5.0
"""Seconds for an answer over a local socket."""
_NEW_LOG = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
_TELLING = ("FATAL:", "PANIC:", "ERROR:", "error:", "Fatal")


def environment() -> dict[str, str]:
    """The environment of servers: nothing of the caller's may turn them to other data or libraries."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LD_", "DYLD_", "LC_"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def run(server: str, arguments: list[str | Path], log: Path, *, text: str = "") -> str:
    """Run a program to its end with `text` as its input; returns what it printed. Raises ServerStartError."""
    done = subprocess.run(
        [os.fspath(argument) for argument in arguments],
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
        cwd="/",
        umask=0o077,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        _keep(log, done.stdout)
        raise ServerStartError(server=server, detail=telling_line(done.stdout), log=log)
    return done.stdout


def _keep(log: Path, output: str) -> None:
    with suppress(OSError):  # a full disk is reported by the caller, with its first reason
        descriptor = os.open(log, _NEW_LOG, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(output)


def spawn(arguments: list[str | Path], log: Path, lifetime: int) -> None:
    """Start a server that outlives us, with its output in `log`; it inherits the descriptor `lifetime`.

    A shell puts it into the background and exits, so that init adopts it and no zombie is left with
    us. No path is ever read by the shell as a command.
    """
    output = os.open(log, _NEW_LOG, 0o600)
    try:
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *(os.fspath(argument) for argument in arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment(),
            cwd="/",
            umask=0o077,
            start_new_session=True,  # a closed terminal or Ctrl-C is not meant for the server
            pass_fds=(lifetime,),
            check=True,
        )
    finally:
        os.close(output)


def answers(path: Path, question: bytes, answer: tuple[bytes, ...]) -> bool:
    """One round trip over a unix socket: a dying server still accepts connections but never answers."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(_ROUND_TRIP_TIMEOUT)
            link.connect(os.fspath(path))
            link.sendall(question)
            return link.recv(16).startswith(answer)
    except OSError:
        return False


def pid_in(path: Path) -> int | None:
    """The process number in the first line of a pid file, if there is a sensible one."""
    try:
        pid = int(path.read_text(encoding="utf-8", errors="replace").partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    return pid if 1 < pid < 1 << 31 else None


def works_in(pid: int, folder: Path) -> bool:
    """Whether process `pid` has `folder` as its working folder, as our servers do.

    A pid file may name a process that came later or one of another container. Where there is no
    /proc (macOS) nothing tells, and a living process of ours is believed.
    """
    if not Path("/proc/self").exists():
        return _may_signal(pid)
    try:
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    except OSError:
        return False  # gone, a zombie, or somebody else's


def _may_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may be gone by now."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def telling_line(output: str) -> str:
    """The line of a server's output that tells most about a failure: people get one line, not a log."""
    # Only the end: earlier lines of a log tell of other days.
    lines = [line.strip() for line in output.splitlines() if line.strip()][-12:]
    telling = [line[line.index(mark) :] for line in lines for mark in _TELLING if mark in line]
    # The first complaint is the cause, the others are what came of it.
    return (telling[:1] or lines[-1:] or ["no output"])[0][:300]
