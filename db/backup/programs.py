"""PostgreSQL's own programs for copies: which of those on this machine fit, and how they are run.

`pg_dump` must not be older than the server, `pg_restore` not older than the `pg_dump` that made the file. Of those
that fit the oldest is taken: what a newer one writes an older server may not understand.
"""

import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection

from db.backup.errors import BackupFailedError, BackupProgramMissingError
from db.embedded.binaries import program_folders

DUMP, RESTORE = "pg_dump", "pg_restore"
# Seconds that a program has to end by itself when it is told to.
PATIENCE = 5
# Complaints that are remembered: the first is the cause.
_ENOUGH = 50
# Since this version pg_restore sets what older servers do not know; it goes on, and nothing is lost by it.
_NEW_SETTING_SINCE = 17
_NEW_SETTING = 'unrecognized configuration parameter "transaction_timeout"'
# Since this version a client may say how it wants to be asked for a password.
_REQUIRES_SINCE = 16
_NO_TLS = "disable"
# Said anew or told apart: the server is known by then, and a password is seen on a command line.
_NOT_PASSED = frozenset({"host", "port", "hostaddr", "password", "target_session_attrs", "load_balance_hosts"})


class Program(NamedTuple):
    """A program that was found, and its major and whole version."""

    path: Path
    major: int
    version: str


class Server(NamedTuple):
    """How to reach the server that a connection has reached; the password apart, never on a command line."""

    parameters: Mapping[str, Any]
    password: str
    major: int
    version: str

    @classmethod
    def of(cls, conn: Connection) -> "Server":
        """Just this server, also where the address names several."""
        driver: Any = conn.connection.driver_connection
        info = driver.info
        number, query = int(info.server_version), conn.engine.url.query
        # Just what the address says of it, no default of our own libpq: an older program may not know that.
        given = {name: value for name, value in query.items() if isinstance(value, str) and name not in _NOT_PASSED}
        where = {"host": info.host, "port": info.port, "dbname": info.dbname, "user": info.user}
        version = info.parameter_status("server_version") or str(number // 10_000)
        return cls(given | where, info.password or "", number // 10_000, version.split()[0])

    @property
    def needs_tls(self) -> bool:
        """Whether the address asks for it; the bundled programs can do without only."""
        return bool(self.parameters.get("sslmode", _NO_TLS) != _NO_TLS)

    def address_for(self, program: Program) -> str:
        """The address in the words that a program knows; what makes the connection safe stays."""
        # It has just been seen of this server, and the certificate is compared again.
        unknown = {"require_auth"} if program.major < _REQUIRES_SINCE else set()
        return make_conninfo(**{name: value for name, value in self.parameters.items() if name not in unknown})


def find_program(name: str, at_least: int, server: Server, best: int = 0) -> Program:
    """The oldest `name` of major version `at_least`, or of `best` where that is newer, that can reach the server.

    Raises BackupProgramMissingError.
    """
    candidates = [path for path in _candidates(name) if not server.needs_tls or _speaks_tls(path)]
    fitting = [found for found in map(_examined, candidates) if found and found.major >= at_least]
    if not fitting:
        raise BackupProgramMissingError(program=name, version=at_least)
    as_good = [found for found in fitting if found.major >= best] or fitting
    return min(as_good, key=lambda found: found.major)


def run_program(
    program: Program,
    words: Sequence[str],
    password: str,
    *,
    output: int = subprocess.DEVNULL,
    on_line: Callable[[str], None],
) -> None:
    """Run to the end; `on_line` gets what it says of its work. Raises BackupFailedError."""
    environment = os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
    child = subprocess.Popen(
        [program.path, *words],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        env=environment,
        encoding="utf-8",
        errors="replace",
    )
    said: list[str] = []
    try:
        for line in child.stderr or ():
            if "error:" in line and len(said) < _ENOUGH:
                said.append(line)
            on_line(line)
        child.wait()
    finally:
        _end(child)
    ills = [line for line in said if program.major < _NEW_SETTING_SINCE or _NEW_SETTING not in line]
    if ills or (child.returncode and not said):
        raise BackupFailedError(program=program.path.name, detail=told(ills))


def told(lines: Sequence[str]) -> str:
    """The first complaint without the values in it, which may be somebody's data."""
    first = lines[0].partition("error: ")[2].strip() if lines else "-"
    return first.partition(': "')[0].replace("ERROR:  ", "")[:300]


def _end(child: "subprocess.Popen[str]") -> None:
    """Let nobody go on writing when we have left."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child.stderr:
        child.stderr.close()


def _candidates(name: str) -> list[Path]:
    return [path for folder in program_folders() if os.access(path := folder / name, os.X_OK)]


def _speaks_tls(path: Path) -> bool:
    """Whether a program was built with TLS; one that was not refuses the word before it connects anywhere."""
    words = [str(path.with_name(DUMP)), "--dbname=host=/nonexistent sslmode=require"]
    done = subprocess.run(words, env={"LC_ALL": "C"}, capture_output=True, encoding="utf-8", check=False)
    return "not compiled in" not in done.stderr


def _examined(path: Path) -> Program | None:
    done = subprocess.run([path, "--version"], capture_output=True, encoding="utf-8", errors="replace", check=False)
    found = re.search(r"\(PostgreSQL\) (\d+)(\S*)", done.stdout)
    return Program(path, int(found[1]), found[1] + found[2]) if found else None
