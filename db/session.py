"""What one person's commands remember of each other: where their last change stands in the primary's log.

A command that reads a replica must find what the command before it has changed, and a failover must not swallow a
change without a word; so both are kept in a small file between invocations. It holds no names and no contacts.
"""

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from db.settings_path import make_private, state_folder
from db.writes import RECENT, Write

# The log position of who has changed something and could not ask where that stands.
UNKNOWN = -1
# Seconds to wait for another command that writes the file.
PATIENCE = 1.0


class Position(NamedTuple):
    """A place in the log of a primary: which system and database, on which timeline, how many bytes."""

    system: str
    timeline: int
    lsn: int

    def follows(self, other: "Position") -> bool:
        """Whether both lie in one history, so that their bytes can be compared."""
        return (self.system, self.timeline) == (other.system, other.timeline)


@dataclass(frozen=True, slots=True)
class Session:
    """The content of the file; times are seconds of the clock. `away` names replicas and until when to leave them."""

    position: Position | None = None
    changed_at: float = 0.0
    replica: str = ""
    away: Mapping[str, float] = field(default_factory=dict)
    recent: tuple[Write, ...] = ()
    # Of the cache (db.cache.memory): the book, the snapshot of the last change, changes and failures not told to it.
    book: str = ""
    seen: str = ""
    owed: int = 0
    failures: int = 0

    def moved(self, to: Position) -> "Session":
        """With the farther one of two positions in one history, or the new one of another history."""
        known = self.position
        ahead = known is not None and known.follows(to) and known.lsn > to.lsn
        return self if ahead else replace(self, position=to)

    def wrote(self, writes: list[Write]) -> "Session":
        """With changes that were made now."""
        return replace(self, changed_at=time.time(), recent=(*self.recent, *writes)[-RECENT:])


class SessionFile:
    """The file of one database and user; a folder that can't be written to means that nothing is remembered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "session.json"

    def load(self) -> Session:
        """What is remembered; nothing, when there is no such file or it makes no sense."""
        try:
            return _read(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return Session()

    def change(self, change: Callable[[Session], Session]) -> None:
        """Replace what is remembered, while all other commands wait.

        When that fails all is forgotten, so that nobody trusts an old position: the primary is read then.
        """
        try:
            with self._locked():
                before = self.load()
                if (after := change(before)) != before:
                    self._write(after)
        except OSError:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        for folder in (self._folder.parent, self._folder):
            make_private(folder)
        lock = os.open(self._folder / "session.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _take(lock)
            yield
        finally:
            os.close(lock)

    def _write(self, session: Session) -> None:
        fresh = self._folder / f".session.{os.getpid()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as file:
            recent = [write._asdict() for write in session.recent]
            json.dump(asdict(session) | {"recent": recent}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def session_file(database: str, user: str, hosts: str, environ: Mapping[str, str] = os.environ) -> SessionFile:
    """The file for a database: `$XDG_STATE_HOME/ekost/<database>-<digest>/session.json`, or below ~/.local/state."""
    name = "".join(letter if letter.isalnum() else "_" for letter in database)[:40]
    digest = hashlib.sha256("\n".join((database, user, hosts)).encode()).hexdigest()[:8]
    return SessionFile(state_folder(environ) / f"{name}-{digest}")


def _take(lock: int) -> None:
    """Wait for the lock, but not for a command that was stopped while it held it. Raises OSError."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


def _read(found: dict[str, object]) -> Session:
    values = dict(found)
    position, recent = values.pop("position"), values.pop("recent")
    return Session(
        position=Position(*position) if isinstance(position, list) else None,
        recent=tuple(Write(**write) for write in recent) if isinstance(recent, list) else (),
        **values,  # type: ignore[arg-type]
    )
