"""Where everything lies below the home of the servers, and who may see it.

Whoever can open the sockets, the secrets or the data owns the books, so that every folder here is
checked for its owner before it is trusted.
"""

import hashlib
import os
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from db.embedded.errors import FolderOfOthersError

PORT = 5432
_LONGEST_SOCKET = 103
"""Bytes that every system accepts for the path of a socket: macOS is the strictest."""
_TROUBLE = frozenset(",'\"\\")
"""libpq splits `host` at commas; the others would need a different quoting in each place.
So would bytes that are not UTF-8 and control characters, none of which is printable."""


@dataclass(frozen=True)
class Layout:
    """Paths below `base`, which must be absolute and free of symbolic links."""

    base: Path

    @property
    def database(self) -> Path:
        """PostgreSQL's data folder."""
        return self.base / "pgdata"

    @property
    def queue(self) -> Path:
        """One folder per engine and major version lies below."""
        return self.base / "queue"

    @property
    def secrets(self) -> Path:
        """The passwords of the database, 0600."""
        return self.base / "secrets.json"

    @property
    def start_lock(self) -> Path:
        """Held while a process checks, starts or stops servers."""
        return self.base / "start.lock"

    @property
    def worker_lock(self) -> Path:
        """The same for the worker, whose end may take a while."""
        return self.base / "worker.lock"

    @cached_property
    def sockets(self) -> Path:
        """Folder of the sockets; under /tmp when the home's own path does not fit into a socket address."""
        inside = self.base / "run"
        longest = os.fsencode(inside / f".s.PGSQL.{PORT}")
        text = str(inside)
        if len(longest) <= _LONGEST_SOCKET and text.isprintable() and _TROUBLE.isdisjoint(text):
            return inside
        name = hashlib.sha256(os.fsencode(self.base)).hexdigest()[:12]
        # Not $TMPDIR or $XDG_RUNTIME_DIR: cron and a login must find the same folder.
        return Path(f"/tmp/ekost-{os.geteuid()}-{name}")  # noqa: S108 - owner and mode are checked

    def make_base(self) -> None:
        """Create the home if need be and take it from the reach of others' writing."""
        self.base.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = _owned(self.base).st_mode
        if mode & 0o022:
            self.base.chmod(stat.S_IMODE(mode) & ~0o022)


def make_private(folder: Path) -> None:
    """Create `folder` for this user alone. Raises FolderOfOthersError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if stat.S_IMODE(_owned(folder).st_mode) != 0o700:
        folder.chmod(0o700)


def is_private(folder: Path) -> bool:
    """Whether `folder` exists and can be trusted; another user's raises FolderOfOthersError."""
    try:
        mode = _owned(folder).st_mode
    except FileNotFoundError:
        return False
    return mode & 0o077 == 0


def _owned(folder: Path) -> os.stat_result:
    # lstat: a link in /tmp could lead anywhere.
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise FolderOfOthersError(path=folder)
    return found
