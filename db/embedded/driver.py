"""Run, find and stop the bundled servers: the only door into this package.

Every function may be called by many processes at once, as root or not. As root they fork, so call
them before threads are started.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from db.embedded import lifecycle
from db.embedded.background import Background
from db.embedded.binaries import Program, find_postgres, find_valkey
from db.embedded.errors import FolderUnusableError, HomeUnknownError, ServerStartError
from db.embedded.layout import Layout
from db.embedded.locks import is_alive, start_lock
from db.embedded.places import find_place, make_place, worker_place
from db.embedded.postgres import Postgres
from db.embedded.privileges import reason_of, run_as
from db.embedded.server import Server, ServerStatus
from db.embedded.staging import executables_for
from db.embedded.valkey import Valkey

_FINDERS: dict[type[Server], Callable[[], Program]] = {Postgres: find_postgres, Valkey: find_valkey}


class Servers(NamedTuple):
    """Addresses of both servers, with the password of the database."""

    database_url: str
    redis_url: str


def default_home() -> Path:
    """$EKOST_HOME, or /var/lib/ekost for root and a folder in the user's home for others.

    Not below $XDG_RUNTIME_DIR or $XDG_DATA_HOME: cron and a login must find the same servers.
    """
    if named := os.environ.get("EKOST_HOME"):
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/ekost")
    try:
        return Path.home() / ".local/share/ekost/embedded"
    except RuntimeError:
        raise HomeUnknownError from None


def ensure_postgres(home: Path) -> str:
    """SQLAlchemy URL of the running PostgreSQL, started if need be. Raises EmbeddedServerError."""
    return _ensure(home, Postgres)[0]


def ensure_valkey(home: Path) -> str:
    """Redis URL of the running Valkey, started if need be. Raises EmbeddedServerError."""
    return _ensure(home, Valkey)[0]


def ensure_started(home: Path) -> Servers:
    """Both servers, started at the same time if need be. Raises EmbeddedServerError."""
    # The quick one first: it comes up while the other makes its data folder.
    redis_url, database_url = _ensure(home, Valkey, Postgres)
    return Servers(database_url, redis_url)


def ensure_worker(home: Path, command: Sequence[str]) -> None:
    """Start `command`, an `ekost worker`, in the background of this home, unless one runs. Raises EmbeddedServerError.

    One that runs is left alone, whatever its options are.
    """
    with _told_about(home):
        home = home.resolve()
        place = worker_place(home)
        run_as(place.account, lambda: _start_worker(Background(Layout(place.base), command, home)))


def stop(home: Path) -> tuple[str, ...]:
    """Stop what runs, wait for the end of it and return the names; needs no server programs.

    The worker first: it may want to finish something.
    """
    with _told_about(home):
        home = home.resolve()
        if not home.exists():
            return ()
        ours, place = worker_place(home), find_place(home)
        stopped = run_as(ours.account, lambda: _stop_worker(Layout(ours.base)))
        if place is not None:
            stopped += run_as(place.account, lambda: _stop(Layout(place.base)))
        return tuple(stopped)


def status(home: Path) -> tuple[ServerStatus, ...]:
    """State of both servers and of the worker; starts and creates nothing."""
    with _told_about(home):
        place = find_place(home.resolve())
        layout = Layout(place.base if place else home)
        rows = run_as(place.account if place else None, lambda: [kind(layout).status() for kind in _FINDERS])
        # A row comes as a plain list when it went through a pipe.
        return (*(ServerStatus(*row) for row in rows), _worker_status(home.resolve()))


def living(home: Path) -> dict[str, str]:
    """Addresses of the servers whose processes live, by name; whether they answer is not asked. Starts nothing."""
    with _told_about(home):
        place = find_place(home.resolve())
        if place is None:
            return {}
        layout = Layout(place.base)
        kinds = [kind for kind in _FINDERS if is_alive(kind(layout).lifetime)]
        return dict(run_as(place.account, lambda: [[kind.name, kind(layout).url()] for kind in kinds]))


def _ensure(home: Path, *kinds: type[Server]) -> list[str]:
    with _told_about(home):
        home = home.resolve()
        place = find_place(home)
        urls = run_as(place.account, lambda: _attach(Layout(place.base), kinds)) if place else None
        return urls or _start(home, kinds)


def _attach(layout: Layout, kinds: tuple[type[Server], ...]) -> list[str] | None:
    urls = [url for kind in kinds if (url := kind(layout).attach())]
    return urls if len(urls) == len(kinds) else None


def _start(home: Path, kinds: tuple[type[Server], ...]) -> list[str]:
    programs = [_FINDERS[kind]() for kind in kinds]
    place = make_place(home)
    executables = executables_for(place, home, programs)
    return run_as(place.account, lambda: _start_all(Layout(place.base), kinds, executables))


def _start_all(layout: Layout, kinds: tuple[type[Server], ...], executables: list[Path]) -> list[str]:
    layout.make_base()
    servers = [kind(layout) for kind in kinds]
    with start_lock(layout.start_lock):
        try:
            _bring_up(servers, executables)
        except ServerStartError:
            # Something killed it while it started, such as the kernel short of memory. What is
            # really wrong is still wrong the second time.
            _bring_up(servers, executables)
        return [server.url() for server in servers]


def _bring_up(servers: list[Server], executables: list[Path]) -> None:
    # All are started before any is waited for: they come up at the same time.
    for server, executable in zip(servers, executables, strict=True):
        lifecycle.start(server, executable)
    for server in servers:
        lifecycle.await_ready(server)


def _start_worker(worker: Background) -> None:
    worker.layout.make_base()
    with start_lock(worker.layout.worker_lock):
        lifecycle.start(worker, Path())
        lifecycle.await_ready(worker)


def _stop_worker(layout: Layout) -> list[str]:
    worker = Background(layout)
    if not is_alive(worker.lifetime):
        return []
    with start_lock(layout.worker_lock):
        return [worker.name] if lifecycle.stop(worker) else []


def _worker_status(home: Path) -> ServerStatus:
    account = worker_place(home).account if home.exists() else None
    return ServerStatus(*run_as(account, lambda: Background(Layout(home)).status()))


def _stop(layout: Layout) -> list[str]:
    if not any(is_alive(kind(layout).lifetime) for kind in _FINDERS):
        return []
    with start_lock(layout.start_lock):
        return [kind.name for kind in reversed(_FINDERS) if lifecycle.stop(kind(layout))]


@contextmanager
def _told_about(home: Path) -> Iterator[None]:
    """Turn what the operating system refuses into an error with a way out."""
    try:
        yield
    except OSError as error:
        fields = reason_of(error)
        raise FolderUnusableError(**fields | {"path": fields["path"] or home}) from error
