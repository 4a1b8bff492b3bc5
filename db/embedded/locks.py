"""Two kernel locks, because pid files lie after a crash, in containers and when pids come round again.

The start lock is short: one process at a time checks, starts or stops. The lifetime lock is handed to
the server and inherited by all of its processes, so that the kernel frees it when the last one is gone.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.embedded.errors import StartLockBusyError

_PATIENCE = 330
"""Seconds: longer than a server may take to recover, so that waiting starters outlive the first one."""
POLL = 0.01
"""Seconds between two looks at a lock or a server."""


@contextmanager
def start_lock(path: Path) -> Iterator[None]:
    """Hold the right to start and stop servers. Raises StartLockBusyError."""
    descriptor = _open(path)
    try:
        deadline = time.monotonic() + _PATIENCE
        while not _taken(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise StartLockBusyError(seconds=_PATIENCE, path=path)
            time.sleep(POLL)
        yield
    finally:
        os.close(descriptor)


def claim_lifetime(path: Path) -> int | None:
    """The lifetime lock as a file descriptor to hand on, or None while a process of the server lives."""
    descriptor = _open(path)
    if _taken(descriptor, fcntl.LOCK_EX):
        return descriptor
    os.close(descriptor)
    return None


def is_alive(path: Path) -> bool:
    """Whether any process of the server lives; creates nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        # Shared, so that two who look at the same time don't see each other.
        return not _taken(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _taken(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
