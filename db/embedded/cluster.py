"""Making a PostgreSQL data folder: all of it or nothing.

The folder is built under another name, with the role and the database that E-Kost uses already in
it, and renamed at the end. A crash at any moment leaves either no cluster or a complete one.
"""

import os
import pwd
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from db.embedded.errors import ServerStartError, UserUnknownError
from db.embedded.files import Secrets, new_secrets, sync_folder, write_private
from db.embedded.layout import Layout, make_private
from db.embedded.processes import run

ADMIN = "ekost_admin"
ROLE = DATABASE = "ekost"
SETTINGS_FILE = "ekost.conf"
_DRAFTS = "pgdata.init-"
_LENDER = ("unshare", "--user", "--map-user=65534", "--map-group=65534")


def create(layout: Layout, executable: Path, major: int, log: Path) -> None:
    """Make the cluster of `layout`. The caller holds both locks. Raises ServerStartError."""
    # What a killed start left; its password file too.
    for old in layout.base.glob(f"{_DRAFTS}*"):
        shutil.rmtree(old, ignore_errors=True)
    draft = layout.base / f"{_DRAFTS}{os.getpid()}-{os.urandom(4).hex()}"
    make_private(draft)
    try:
        secrets = new_secrets(layout.secrets)
        _initdb(draft / "data", executable, major, secrets, log)
        _add_database(draft / "data", executable, major, secrets, log)
        (draft / "data").rename(layout.database)
        sync_folder(layout.base)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def locale_options(major: int) -> list[str]:
    """Options that give UTF-8 with Unicode case mapping and code point order.

    The builtin provider needs nothing of the system; before version 17 there is only libc's.
    """
    if major >= 18:
        return ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST", "--locale=C"]
    if major == 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=en_US.UTF-8" if sys.platform == "darwin" else "--locale=C.UTF-8"]


def _initdb(data: Path, executable: Path, major: int, secrets: Secrets, log: Path) -> None:
    password = data.parent / "password"
    write_private(password, secrets.admin + "\n")
    options = [
        f"--pgdata={data}",
        f"--username={ADMIN}",
        f"--pwfile={password}",
        "--auth-local=scram-sha-256",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        *locale_options(major),
    ]
    if major >= 16:
        # The default looks for room in /dev/shm, of which containers have little.
        options += ["-c", "dynamic_shared_memory_type=mmap"]
    _run(executable.with_name("initdb"), options, log)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(f"\ninclude '{SETTINGS_FILE}'\n")
        settings.flush()
        os.fsync(settings.fileno())
    write_private(data / SETTINGS_FILE, "")


def _add_database(data: Path, executable: Path, major: int, secrets: Secrets, log: Path) -> None:
    """Create role, database and extension with PostgreSQL's single-user mode: no client is needed yet."""
    _single_user(
        data,
        executable,
        "postgres",
        log,
        f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE BYPASSRLS PASSWORD '{secrets.app}'",
        f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template0 ENCODING 'UTF8'",
        # Before version 16 nobody else may make one that sees all rows.
        *(["CREATE ROLE ekost_backup NOLOGIN BYPASSRLS"] if major < 16 else []),
    )
    # Only a superuser may create this one.
    _single_user(data, executable, DATABASE, log, "CREATE EXTENSION pg_stat_statements")


def _single_user(data: Path, executable: Path, database: str, log: Path, *statements: str) -> None:
    settings = {
        "exit_on_error": "true",
        "log_min_error_statement": "panic",  # a failing statement would be logged with its password
        "dynamic_shared_memory_type": "mmap",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    text = "".join(f"{statement};\n" for statement in statements)
    _run(executable, ["--single", "-D", data, *options, database], log, text=text)


def _run(executable: Path, arguments: Sequence[str | Path], log: Path, *, text: str = "") -> None:
    """Run a program of PostgreSQL that insists on a user with a name; a running server does not."""
    try:
        run("postgresql", [*_borrowed_name(), executable, *arguments], log, text=text)
    except ServerStartError as error:
        if any(mark in str(error) for mark in ("effective user ID", _LENDER[0])):
            raise UserUnknownError(uid=os.geteuid()) from None
        raise


def _borrowed_name() -> tuple[str, ...]:
    """A prefix that gives a command a user with a name, where ours has none."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return _LENDER if shutil.which(_LENDER[0]) else ()
    return ()
