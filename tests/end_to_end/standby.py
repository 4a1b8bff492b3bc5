"""A primary with a standby that follows it, both real, on sockets in one folder; and the hands to break them."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from db.embedded.binaries import find_postgres
from db.engine import Database, Limits
from db.errors import UnreachableError
from db.migrations.runner import migrate
from tests.processes import all_processes, signal_all

ADMIN, ROLE, DATABASE = "postgres", "kos", "kos"
PORTS = {"a": 5501, "b": 5502, "c": 5503}
FOLLOWS = "select count(*) from pg_stat_wal_receiver where status = 'streaming'"
_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
port = {port}
cluster_name = '{name}'
dynamic_shared_memory_type = mmap
shared_buffers = 32MB
max_connections = 60
fsync = off
min_wal_size = 4MB
wal_receiver_timeout = 5s
wal_retrieve_retry_interval = 200ms
hot_standby_feedback = on
recovery_target_timeline = 'latest'
"""


class Server:
    """One PostgreSQL, run by an ordinary account; a direct child, so that a killed one leaves no zombie."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name, self.port = folder, name, PORTS[name]
        self.data = folder / name
        self._process: subprocess.Popen[bytes] | None = None
        self.admin = Database(self.url(ADMIN), Limits(connect_timeout=3))

    def url(self, user: str = ROLE) -> str:
        """Its address."""
        return f"postgresql+psycopg://{user}@/{DATABASE}?host={self.folder}&port={self.port}"

    def run(self, program: str, *words: object) -> None:
        """One of PostgreSQL's programs, to its end."""
        command = [find_postgres().executable.with_name(program), *map(str, words)]
        done = subprocess.run(command, **_account(), cwd="/", capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [find_postgres().executable, "-D", self.data], **_account(), cwd="/", stdout=log, stderr=log
            )
        self.wait("select 1")

    def sql(self, statement: str, **values: object) -> Any:
        """The first value of a statement of the administrator; None when it returns no rows."""
        with self.admin.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            result = conn.execute(text(statement), values)
            return result.scalar() if result.returns_rows else None

    def set(self, name: str, value: str) -> None:
        """Change one of its settings."""
        quoted = value.replace("'", "''")
        self.sql(f"alter system set {name} = '{quoted}'")
        self.sql("select pg_reload_conf()")

    def wait(self, question: str, wanted: object = 1, patience: float = 20) -> None:
        """Wait until it answers that to a question."""
        deadline = time.monotonic() + patience
        while True:
            try:
                if (answer := self.sql(question)) == wanted:
                    return
            except Exception as error:
                answer = str(error)
            assert time.monotonic() < deadline, (question, answer, self.log())
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL to all its processes at once, as when the machine goes down."""
        if self._process is not None:
            pid = self._process.pid
            children = [child for child, process in all_processes().items() if process.parent == pid]
            signal_all([pid, *children], signal.SIGKILL)
            self._process.wait()
            self._process = None
            self.admin.engine.dispose()

    def signal(self, number: signal.Signals) -> None:
        """Signal all its processes."""
        assert self._process is not None
        pid = self._process.pid
        signal_all([pid, *(it for it, process in all_processes().items() if process.parent == pid)], number)

    def promote(self) -> None:
        """From now on it is the primary."""
        assert self.sql("select pg_promote()") is True

    def log(self) -> str:
        """The end of what it said."""
        return (self.folder / f"{self.name}.log").read_text(errors="replace")[-2000:]


class Pair:
    """A primary `a` and its standby `b`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.a, self.b = Server(folder, "a"), Server(folder, "b")
        self.servers = [self.a, self.b]
        self._conninfo = ""

    @property
    def url(self) -> str:
        """Both, whichever takes changes."""
        hosts, ports = f"{self.folder},{self.folder}", f"{self.a.port},{self.b.port}"
        return f"postgresql://{ROLE}@/{DATABASE}?host={hosts}&port={ports}&target_session_attrs=read-write"

    def open(self) -> None:
        """Make the primary, its tables and the standby."""
        a = self.a
        a.run("initdb", "-D", a.data, "-U", ADMIN, "-A", "trust", "--no-sync", "--no-instructions", "-E", "UTF8",
              "--locale=C.UTF-8", "--wal-segsize=1")  # fmt: skip
        self._configure(a)
        initial = Database(str(make_url(a.url(ADMIN)).set(database="postgres")))
        a.admin, admin = initial, a.admin
        a.start()
        a.sql(f"create role {ROLE} login")
        a.sql(f"grant pg_read_all_stats to {ROLE}")
        a.sql(f"create database {DATABASE} owner {ROLE}")
        a.admin = admin
        migrate(Database(a.url()))
        self.follow(self.b, a)

    def follow(self, standby: Server, primary: Server) -> None:
        """Make a standby of a primary and start it."""
        if standby not in self.servers:
            self.servers.append(standby)
        standby.run("pg_basebackup", "-D", standby.data, "-h", self.folder, "-p", primary.port, "-U", ADMIN, "-R",
                    "-X", "stream", "--checkpoint=fast", "--no-sync")  # fmt: skip
        self._configure(standby)
        standby.start()
        standby.wait(FOLLOWS)

    def cut_off(self) -> None:
        """From now on the standby gets nothing."""
        self._conninfo = self.b.sql("show primary_conninfo")
        self.b.set("primary_conninfo", "")
        self.b.wait("select count(*) from pg_stat_wal_receiver", 0)

    def reconnect(self) -> None:
        """It gets what it has missed."""
        self.b.set("primary_conninfo", self._conninfo)
        self.b.wait(FOLLOWS)

    def caught_up(self) -> None:
        """Wait until the standby has everything."""
        lsn = self.a.sql("select pg_current_wal_insert_lsn()::text")
        self.b.wait(f"select pg_last_wal_replay_lsn() >= '{lsn}'::pg_lsn", True)

    def close(self) -> None:
        """End both."""
        for server in self.servers:
            server.signal(signal.SIGCONT) if server._process else None
            server.kill()

    def _configure(self, server: Server) -> None:
        path = server.data / "postgresql.conf"
        lines = _SETTINGS.format(folder=self.folder, port=server.port, name=server.name)
        with path.open("a", encoding="utf-8") as file:
            file.write(lines)


@contextmanager
def standing_pair() -> Iterator[Pair]:
    """A pair in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="ekost-pair-", dir="/tmp"))
    if account := _account():
        os.chown(folder, account["user"], account["group"])
    folder.chmod(0o755)
    pair = Pair(folder)
    try:
        pair.open()
        yield pair
    finally:
        pair.close()
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> dict[str, Any]:
    """PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("daemon")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def answers(database: Database) -> bool:
    """Whether somebody takes changes there."""
    try:
        with database.transaction():
            return True
    except UnreachableError:
        return False
