"""A kos with servers and workers of its own, and the hands to stop, kill and mend each of them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import make_url

from db.embedded import driver
from db.embedded.driver import Servers
from db.embedded.layout import PORT, Layout
from db.embedded.places import find_place
from db.engine import Database, Limits
from db.migrations.runner import migrate
from tests.chaos.crew import EKOST, Crew, mark, those_of
from tests.chaos.proxy import Proxy
from tests.processes import all_processes, signal_all

ROOT = Path(__file__).parents[2]
# Where producers find the database, whatever the commands are told.
DATABASE = "CHAOS_DATABASE_URL"


class Site:
    """Servers, workers and network. Whatever is asked of something that is gone already does nothing.

    `bundled`: no address is configured; the servers belong to the commands, and nobody else starts them.
    """

    def __init__(self, folder: Path, *, proxied: bool = False, bundled: bool = False, workers: int = 1) -> None:
        self.folder, self.home, self.bundled = folder, folder / "home", bundled
        self.kills = 0
        self.kept = False
        self.networks: dict[str, Proxy] = {}
        urls = driver.ensure_started(self.home)
        self.database = Database(urls.database_url, Limits(connect_timeout=10))
        self._socket = Path(urls.redis_url.removeprefix("unix://").partition("?")[0])
        if proxied:
            self.networks = {"redis": Proxy(self._socket), "postgres": Proxy(self._socket.parent / f".s.PGSQL.{PORT}")}
            urls = self._across_networks(urls)
        self.env = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "LANG": "C.UTF-8",
            "EKOST_HOME": str(self.home), "EKOST_RUN_AS": os.environ["EKOST_RUN_AS"],
            DATABASE: urls.database_url,
        }  # fmt: skip
        if not bundled:
            self.env |= {"EKOST_DATABASE_URL": urls.database_url, "EKOST_REDIS_URL": urls.redis_url}
        self.crew = Crew(workers, self.env, folder)

    def _across_networks(self, urls: Servers) -> Servers:
        to = {name: network.port for name, network in self.networks.items()}
        across = make_url(urls.database_url).set(host="127.0.0.1", port=to["postgres"], query={})
        return Servers(across.render_as_string(hide_password=False), f"redis://127.0.0.1:{to['redis']}/0")

    def open(self) -> None:
        """Make the tables."""
        migrate(self.database)

    # -- processes of ours

    def program(self, module: str, *words: object) -> subprocess.Popen[bytes]:
        """One of the programs beside this file, `tests.chaos.<module>`."""
        log = (self.folder / f"{module}.log").open("ab")
        command = [sys.executable, "-m", f"tests.chaos.{module}", *map(str, words)]
        env = self.env | mark(self.folder, module)
        with log:
            return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`ekost` with these words, to its end."""
        return subprocess.run([EKOST, *words], env=self.env, capture_output=True, text=True, check=False, timeout=120)

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
        if not self.bundled:
            driver.ensure_postgres(self.home)

    def start_valkey(self) -> None:
        """Start Redis, unless it runs; one that is stopped goes on."""
        signal_all(self.valkey(), signal.SIGCONT)
        if not self.bundled:
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
        signal_all(those_of(self.folder, "producer", "importer"), signal.SIGKILL)
        self.crew.close()
        for network in self.networks.values():
            network.close()
        signal_all([*self.valkey(), *self.postgres()], signal.SIGKILL)
        driver.stop(self.home)


def _works_below(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder)
    except OSError:
        return False


@contextmanager
def new_site(**options: Any) -> Iterator[Site]:
    """A site in a folder of its own, which stays after an error or when it is to be kept."""
    folder = Path(tempfile.mkdtemp(prefix="ekost-chaos-", dir="/tmp"))
    folder.chmod(0o711)
    # As root the servers run as a user that every system has: a test adds none to the machine.
    os.environ.setdefault("EKOST_RUN_AS", "daemon" if os.geteuid() == 0 else "")
    site = Site(folder, **options)
    try:
        site.open()
        yield site
    finally:
        site.close()
    if not site.kept:
        shutil.rmtree(folder, ignore_errors=True)
