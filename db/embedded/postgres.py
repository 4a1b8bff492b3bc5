"""PostgreSQL as a bundled server: unix socket only, a password even there, every COMMIT on disk."""

import signal
from pathlib import Path
from urllib.parse import quote

from db.embedded import cluster
from db.embedded.binaries import version
from db.embedded.errors import DataVersionError, ServerForeignError
from db.embedded.files import load_secrets, write_private
from db.embedded.layout import PORT, make_private
from db.embedded.processes import answers, pid_in, spawn, works_in
from db.embedded.server import Server

_SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"
"""The shortest question of the protocol; the server says N (no) or S without asking who we are."""

_SETTINGS = """\
# Written by ekost at every start. Your own settings: ALTER SYSTEM SET ...
listen_addresses = ''
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
port = {port}
max_connections = 128
shared_buffers = 128MB
max_wal_size = 512MB
min_wal_size = 64MB
dynamic_shared_memory_type = mmap
timezone = 'UTC'
log_timezone = 'UTC'
shared_preload_libraries = 'pg_stat_statements'
logging_collector = on
log_directory = 'log'
log_filename = 'pg-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_file_mode = 0600
"""


class Postgres(Server):
    """The database server of one home."""

    name = "postgresql"
    patience = 300
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back, nobody is waited for
    # "immediate": the log is read at the next start. One whose recovery was killed listens to nothing else (18.6).
    last_signal = signal.SIGQUIT

    @property
    def socket(self) -> Path:
        return self.layout.sockets / f".s.PGSQL.{PORT}"

    @property
    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def log(self) -> Path:
        """The newest log of the server itself, or what it said before it opened one."""
        logs = [path for path in (self._start_log, *(self.data / "log").glob("*.log")) if path.exists()]
        return max(logs, key=lambda path: path.stat().st_mtime_ns, default=self._start_log)

    @property
    def _start_log(self) -> Path:
        return self.layout.base / "postgresql-start.log"

    @property
    def data(self) -> Path:
        return self.layout.database

    def url(self) -> str:
        """SQLAlchemy address of the database `ekost` for its owner. Raises SecretsLostError."""
        password = load_secrets(self.layout.secrets).app
        host = quote(str(self.layout.sockets), safe="/")
        return f"postgresql+psycopg://{cluster.ROLE}:{password}@/{cluster.DATABASE}?host={host}&port={PORT}"

    def answers(self) -> bool:
        return self._postmaster_says() in {"ready", "standby"} and answers(self.socket, _SSL_REQUEST, (b"N", b"S"))

    def owns(self, pid: int) -> bool:
        return works_in(pid, self.data)

    def outdated(self) -> bool:
        """Whether the program was removed or replaced under the running server.

        Such a server lacks time zones and extensions that it has not loaded yet.
        """
        pid = pid_in(self.pid_file)
        if pid is None or not self.owns(pid):
            return False
        try:
            return str(Path(f"/proc/{pid}/exe").readlink()).endswith(" (deleted)")
        except OSError:
            return False

    def version(self) -> str:
        try:
            return (self.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return ""

    def check(self, executable: Path) -> None:
        made_by = self.version()
        if not made_by:
            return
        found = version(executable, self._start_log)
        if str(found.major) != made_by:
            raise DataVersionError(path=self.data, data=made_by, program=found.full)
        load_secrets(self.layout.secrets)

    def launch(self, executable: Path, lifetime: int) -> None:
        if not self.version():
            major = version(executable, self._start_log).major
            cluster.create(self.layout, executable, major, self._start_log)
        make_private(self.layout.sockets)
        self._write_settings()
        self._clear_traces()
        spawn([executable, "-D", self.data], self._start_log, lifetime)

    def _write_settings(self) -> None:
        # The folder's path needs no quoting inside: see Layout.sockets.
        settings = _SETTINGS.format(sockets=self.layout.sockets, port=PORT)
        path = self.data / cluster.SETTINGS_FILE
        if not path.exists() or path.read_text(encoding="utf-8") != settings:
            write_private(path, settings)

    def _clear_traces(self) -> None:
        """Remove what a killed server left.

        PostgreSQL itself only asks whether the pid in its file exists: a zombie or a later process
        with the same number would keep it from starting for ever. We hold the lifetime lock, so
        that no process of ours can be working on this data.
        """
        pid = pid_in(self.pid_file)
        if pid and works_in(pid, self.data):
            raise ServerForeignError(pid=pid, path=self.data)
        lock = self.socket.with_name(f"{self.socket.name}.lock")
        for trace in (self.pid_file, lock, self.socket):
            trace.unlink(missing_ok=True)

    def _postmaster_says(self) -> str:
        """The last line of postmaster.pid: starting, ready, standby or stopping, once it is written."""
        try:
            text = self.pid_file.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return text.rstrip().rpartition("\n")[2].strip()
