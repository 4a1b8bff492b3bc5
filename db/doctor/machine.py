"""The machine on which the program runs: interpreter, driver, configuration, folders, room on the disk."""

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from db.doctor.finding import Finding, broken, doubtful, fine, guarded, of_error
from db.errors import N_
from db.settings import ConfigError, check_file, variable_problems
from db.settings_file import exposure, passwords_in
from db.settings_path import SYSTEM_FILE, settings_files

OLDEST_PYTHON = (3, 11)
# Below the first PostgreSQL may stop in the middle of the day; below the second it is time to look.
LEAST_FREE, LITTLE_FREE = 200 << 20, 1 << 30
_WRITABLE, _CLOSE_IT = N_("Others of this machine can write to {path}."), N_("Close it: chmod go-w {path}")


def examine_machine(
    home: Path, environ: Mapping[str, str] = os.environ, system_file: Path = SYSTEM_FILE
) -> Iterator[Finding]:
    """Everything that can be seen without a server; `home` is the folder of the bundled ones."""
    yield _python()
    yield _driver()
    yield _time_zones()
    yield from _configuration(environ, system_file)
    yield from guarded("home", lambda: _home(home))
    yield _disk(home)


def _python() -> Finding:
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return broken(
            "python", N_("Python {version} is too old."), N_("Install Python 3.11 or newer."), version=version
        )
    return fine("python", N_("Python {version}"), version=version)


def _driver() -> Finding:
    try:
        from psycopg import __version__, pq  # noqa: PLC0415 - half a database driver, for who looks at it
    except ImportError:
        hint = N_("Install the package again; it brings its own libpq.")
        return broken("driver", N_("The database driver can't be loaded."), hint)
    major, minor = divmod(pq.version(), 10_000)
    return fine("driver", N_("psycopg {version} with libpq {libpq}"), version=__version__, libpq=f"{major}.{minor}")


def _time_zones() -> Finding:
    try:
        ZoneInfo("Asia/Jakarta")
    except ZoneInfoNotFoundError:
        return broken("timezones", N_("The time zone database is missing."), N_("Install the package tzdata."))
    return fine("timezones", N_("The time zone database is there."))


def _configuration(environ: Mapping[str, str], system_file: Path) -> Iterator[Finding]:
    wrong: list[ConfigError] = []
    files = settings_files(environ, system_file)
    for file in files:
        check_file(file, wrong.append, {})
        wrong += exposure(file)
        if _mode(file) & 0o022:
            yield broken("configuration", _WRITABLE, _CLOSE_IT, path=file)
    yield from (of_error("configuration", error) for error in wrong)
    problems = variable_problems(environ)
    yield from (of_error("configuration", error) for error in problems)
    yield from _passwords(environ)
    if not wrong and not problems:
        names = ", ".join(map(str, files))
        yield fine("configuration", N_("Read from {files}.") if files else N_("The defaults hold."), files=names)


def _passwords(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Where passwords lie that others could read, or that libpq passes over because they could."""
    for key, variable in passwords_in(environ):
        told = N_("{variable} holds a password: whatever you start can read it.")
        hint = N_("Keep it in ~/.pgpass, in the keyring, or in a file: ekost config set {key} …")
        yield doubtful("passwords", told, hint, variable=variable, key=key)
    file = Path(environ.get("PGPASSFILE") or Path(environ.get("HOME") or "/") / ".pgpass")
    if _mode(file) & 0o077:
        told = N_("{path} is not used: others of this machine can look into it.")
        yield doubtful("passwords", told, N_("Close it: chmod 600 {path}"), path=file)


def _home(home: Path) -> Iterator[Finding]:
    from db.embedded.layout import Layout  # noqa: PLC0415
    from db.embedded.places import find_place  # noqa: PLC0415

    place = find_place(home)
    if place is None:
        yield fine("home", N_("{path} is not there yet."), path=home)
        return
    layout = Layout(place.base)
    open_ = [path for path in (layout.secrets, layout.database) if _mode(path) & 0o077]
    if open_:
        told = N_("Others of this machine can look into {path}.")
        yield broken("home", told, N_("Close it: chmod go-rwx {path}"), path=open_[0])
    elif _mode(place.base) & 0o022:
        yield broken("home", _WRITABLE, _CLOSE_IT, path=place.base)
    else:
        yield fine("home", N_("{path} is private."), path=place.base)


def _mode(path: Path) -> int:
    """Permission bits, 0 for what is not there or not for us to see."""
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except OSError:
        return 0


def _disk(home: Path) -> Finding:
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    fields = {"path": there, "free": f"{free / (1 << 30):.1f}"}
    if free >= LITTLE_FREE:
        return fine("disk", N_("{free} GB are free at {path}."), **fields)
    told, hint = N_("Only {free} GB are free at {path}."), N_("Make room: a full disk stops the database.")
    return (broken if free < LEAST_FREE else doubtful)("disk", told, hint, **fields)
