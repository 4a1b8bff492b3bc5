"""One process that starts the others, starts them again when they crash, and ends with all of them or not at all.

RQ's own pool can't be told how long its workers wait, and its workers outlive it.
"""

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import NoReturn

from db.errors import N_, ExitCode
from db.metrics.collecting import COLLECTOR
from db.origins import origin_of
from jobs.queues import Tell

# Seconds before a crashed child is started again: doubled each time it does not live for STEADY.
PAUSE, LONGEST_PAUSE, STEADY = 0.2, 5.0, 10.0
# So soon after the first one, a signal is its echo.
ECHO = 0.3
_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

CRASHED = N_("The process {name} ended unexpectedly and is started again.")
FAILED = N_("The process {name} met an error: {error}.")
STOPPING = N_("Stopping: what has been begun is finished first.")
KILLED = N_("Stopped at once: what had been begun is undone by the database and done again later.")


@dataclass
class Child:
    """A process to keep alive: its name, and what it does in a process of its own."""

    name: str
    main: Callable[[], None]
    pid: int = 0
    pause: float = PAUSE
    begun: float = 0.0
    next_start: float = field(default=0.0)


class Supervisor:
    """Keeps children alive until SIGTERM or Ctrl-C; the second of these stops them at once."""

    def __init__(self, children: Sequence[Child], tell: Tell) -> None:
        self._children = list(children)
        self._tell = tell
        self._asked: list[int] = []
        self._asked_at = -ECHO
        self._told = 0

    def run(self) -> ExitCode:
        """Start everything, wait for the end of it; the exit status says what ended it."""
        wake, waker = os.pipe()
        lifeline, lifeline_end = os.pipe()
        for end in (wake, waker):
            os.set_blocking(end, False)
        before = {number: signal.signal(number, self._note) for number in _SIGNALS}
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        try:
            self._watch(wake, _Parent(os.getpid(), lifeline, lifeline_end))
        finally:
            self._send(signal.SIGKILL)  # after an error of ours; there is nobody left otherwise
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            for end in (wake, waker, lifeline, lifeline_end):
                os.close(end)
        return ExitCode.INTERRUPTED if self._asked[0] == signal.SIGINT else ExitCode.TERMINATED

    def _note(self, number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        # A shell, a script and the terminal may all pass on the same Ctrl-C.
        if number != signal.SIGCHLD and now - self._asked_at > ECHO:
            self._asked.append(number)
            self._asked_at = now

    def _watch(self, wake: int, parent: "_Parent") -> None:
        while True:
            self._reap()
            self._obey()
            if self._asked and not any(child.pid for child in self._children):
                return
            pause = 1.0
            if not self._asked:
                self._start(parent)
                pause = self._until_next_start()
            select.select([wake], [], [], pause)
            with suppress(BlockingIOError):
                os.read(wake, 4096)

    def _start(self, parent: "_Parent") -> None:
        now = time.monotonic()
        for child in self._children:
            if not child.pid and child.next_start <= now:
                child.begun = now
                child.pid = self._fork(child, parent)

    def _fork(self, child: Child, parent: "_Parent") -> int:
        """Run a child in a process of its own; returns its number."""
        # No signal may reach it before it has handlers of its own.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            pid = os.fork()
            if not pid:
                self._live(child, parent)
            return pid
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

    def _live(self, child: Child, parent: "_Parent") -> NoReturn:
        """The child's whole life: it must never return into the caller's code."""
        status = 1
        try:
            _settle_in(parent)
            child.main()
            status = 0
        except SystemExit:
            status = 0
        except BaseException as error:
            self._tell(FAILED, name=child.name, error=type(error).__name__)
            if os.environ.get("EKOST_DEBUG") not in (None, "", "0"):
                sys.stderr.write(origin_of(error))
                sys.stderr.flush()
        finally:
            COLLECTOR.leave()
            os._exit(status)

    def _until_next_start(self) -> float:
        now = time.monotonic()
        starts = [child.next_start - now for child in self._children if not child.pid]
        return max(0.0, min([1.0, *starts]))

    def _reap(self) -> None:
        for child in self._children:
            if child.pid and os.waitpid(child.pid, os.WNOHANG)[0]:
                child.pid = 0
                self._plan_start(child)

    def _plan_start(self, child: Child) -> None:
        now = time.monotonic()
        child.pause = PAUSE if now - child.begun > STEADY else min(child.pause * 2, LONGEST_PAUSE)
        child.next_start = now + child.pause
        if not self._asked:
            self._tell(CRASHED, name=child.name)

    def _obey(self) -> None:
        """Pass on what has been asked since the last look."""
        asked, self._told = len(self._asked) - self._told, len(self._asked)
        if not asked:
            return
        if len(self._asked) == 1:
            self._tell(STOPPING)
            self._send(signal.SIGTERM)
        else:
            self._tell(KILLED)
            self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for child in self._children:
            if child.pid:
                with suppress(ProcessLookupError):
                    os.kill(child.pid, number)


@dataclass(frozen=True)
class _Parent:
    """What a child needs in order to end with its parent: its number, and a pipe whose other end only it holds."""

    pid: int
    lifeline: int
    lifeline_end: int


def _settle_in(parent: _Parent) -> None:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    os.close(parent.lifeline_end)
    _die_with(parent)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _die_with(parent: _Parent) -> None:
    """End when the parent does, even by SIGKILL: the kernel tells on Linux, a pipe everywhere else."""
    if not _ask_the_kernel():
        threading.Thread(target=_watch_lifeline, args=(parent.lifeline,), daemon=True).start()
    if os.getppid() != parent.pid:  # it died before we asked
        os._exit(1)


def _ask_the_kernel() -> bool:
    if sys.platform != "linux":
        return False
    try:
        import ctypes  # noqa: PLC0415 - where memory is never writable and executable it may refuse to load

        return bool(ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) == 0)
    except (ImportError, OSError, MemoryError, AttributeError):
        return False


def _watch_lifeline(lifeline: int) -> None:
    os.read(lifeline, 1)  # nobody writes: it returns when the other end is closed
    os._exit(1)
