"""A kos with servers and a worker of its own, and the hands to stop, kill and mend each of them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from sqlalchemy import make_url

from db.embedded import driver
from db.embedded.layout import PORT, Layout
from db.embedded.places import find_place
from db.engine import Database, Limits
from db.migrations.runner import migrate
from tests.chaos.proxy import Proxy
from tests.processes import all_processes, descendants, marked, signal_all

EKOST = Path(sys.executable).with_name("ekost")
ROOT = Path(__file__).parents[2]
# Processes of ours say so in their environment: an orphan can't be found by its parent.
MARK = "CHAOS_PART"
WORKERS = 2


class Site:
    """Servers, worker and network. Whatever is asked of something that is gone already does nothing."""

    def __init__(self, folder: Path, *, proxied: bool = False) -> None:
        self.folder, self.home = folder, folder / "home"
        self.kills = 0
        self.kept = False
        self.generation = 0
        self.worker: subprocess.Popen[bytes] | None = None
        self.networks: dict[str, Proxy] = {}
        urls = driver.ensure_started(self.home)
        self.database = Database(urls.database_url, Limits(connect_timeout=10))
        self._socket = Path(urls.redis_url.removeprefix("unix://").partition("?")[0])
        database_url, redis_url = urls
        if proxied:
            self.networks = {"redis": Proxy(self._socket), "postgres": Proxy(self._socket.parent / f".s.PGSQL.{PORT}")}
            redis_url = f"redis://127.0.0.1:{self.networks['redis'].port}/0"
            across = make_url(database_url).set(host="127.0.0.1", port=self.networks["postgres"].port, query={})
            database_url = across.render_as_string(hide_password=False)
        self.env = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "LANG": "C.UTF-8",
            "EKOST_HOME": str(self.home), "EKOST_DATABASE_URL": database_url, "EKOST_REDIS_URL": redis_url,
        }  # fmt: skip

    def open(self) -> None:
        """Make the tables."""
        migrate(self.database)

    # -- processes of ours

    def program(self, module: str, *words: object) -> subprocess.Popen[bytes]:
        """One of the programs beside this file, `tests.chaos.<module>`."""
        log = (self.folder / f"{module}.log").open("ab")
        command = [sys.executable, "-m", f"tests.chaos.{module}", *map(str, words)]
        env = self.env | {MARK: module}
        with log:
            return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`ekost` with these words, to its end."""
        return subprocess.run([EKOST, *words], env=self.env, capture_output=True, text=True, check=False, timeout=120)

    # -- the worker

    def start_worker(self) -> None:
        """Start `ekost worker`, unless it runs."""
        if self.worker is not None and self.worker.poll() is None:
            return
        self.generation += 1
        env = self.env | {MARK: f"worker-{self.generation}"}
        command = [EKOST, "worker", "-n", str(WORKERS)]
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(command, env=env, stdout=log, stderr=log)

    def working(self) -> list[list[int]]:
        """The processes of the worker by generation: the supervisor, its children, theirs."""
        if self.worker is None or self.worker.poll() is not None:
            return []
        return [[self.worker.pid], *descendants(self.worker.pid)]

    def orphans(self) -> list[int]:
        """Processes of workers whose supervisor is gone."""
        kept = {pid for generation in self.working() for pid in generation}
        old = [pid for n in range(1, self.generation + 1) for pid in marked(f"{MARK}=worker-{n}")]
        return [pid for pid in old if pid not in kept]

    # -- the servers

    @property
    def layout(self) -> Layout:
        """Where the files of the servers are."""
        place = find_place(self.home)
        assert place is not None
        return Layout(place.base)

    def postgres(self) -> list[int]:
        """Every process of PostgreSQL."""
        return [pid for pid in all_processes() if _works_below(pid, self.layout.database)]

    def valkey(self) -> list[int]:
        """The process of Valkey."""
        return [pid for pid in all_processes() if _works_below(pid, self.layout.queue)]

    def start_postgres(self) -> None:
        """Start PostgreSQL, unless it runs."""
        driver.ensure_postgres(self.home)

    def start_valkey(self) -> None:
        """Start Redis, unless it runs; one that is stopped goes on."""
        signal_all(self.valkey(), signal.SIGCONT)
        driver.ensure_valkey(self.home)

    def forget_queue(self) -> None:
        """Throw Redis's files away, as if it had never written any."""
        for folder in self.layout.queue.glob("*/"):
            shutil.rmtree(folder, ignore_errors=True)

    def flush_queue(self) -> None:
        """Empty Redis, if it answers."""
        with redis.Redis(unix_socket_path=str(self._socket), socket_timeout=1) as queue:
            queue.flushall()

    def kill(self, pids: list[int], number: signal.Signals = signal.SIGKILL) -> None:
        """Signal these processes; killed ones are counted."""
        told = signal_all(pids, number)
        if number == signal.SIGKILL:
            self.kills += told

    # -- the end

    def close(self) -> None:
        """End everything that was started here."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()
        for network in self.networks.values():
            network.close()
        signal_all([*self.orphans(), *self.valkey(), *self.postgres()], signal.SIGCONT)
        signal_all([*self.orphans(), *self.valkey(), *self.postgres()], signal.SIGKILL)
        driver.stop(self.home)


def _works_below(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder)
    except OSError:
        return False


@contextmanager
def new_site(*, proxied: bool = False) -> Iterator[Site]:
    """A site in a folder of its own, which stays after an error or when it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="ekost-chaos-", dir="/tmp"))
    folder.chmod(0o711)
    # As root the servers run as a user that every system has: a test adds none to the machine.
    os.environ.setdefault("EKOST_RUN_AS", "daemon")
    site = Site(folder, proxied=proxied)
    try:
        site.open()
        yield site
    finally:
        site.close()
    if not site.kept:
        shutil.rmtree(folder, ignore_errors=True)
