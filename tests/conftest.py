"""A real PostgreSQL that forgets.

One embedded server for the whole run, one migrated template database; a test either works in a transaction
that is rolled back (`conn`), or, where a subprocess must see commits, in a database cloned for it (`database`).
"""

import os
import shutil
import signal
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from db.embedded import driver
from db.engine import Database, Limits, sqlstate
from db.metrics.collecting import COLLECTOR, Collector
from db.migrations.runner import migrate

TEMPLATE = "ekost_template"
# A thousand small files for each database that a test makes: in memory, where there is some to spare, that takes a
# tenth of the time. It is the same server with the same settings; what must outlive a machine is tried on disks.
MEMORY, DISK, SPARE = Path("/dev/shm"), Path("/tmp"), 6 << 30
# A shell gives what it starts in the background a deaf ear for Ctrl-C, and so would our subprocesses have.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def quick_place() -> Path:
    """Where the files of short-lived servers are: memory, or a disk."""
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return DISK
    return MEMORY if shutil.disk_usage(MEMORY).free > SPARE else DISK


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The URL of a PostgreSQL of our own, or of EKOST_TEST_DATABASE_URL."""
    if external := os.environ.get("EKOST_TEST_DATABASE_URL"):
        yield external
        return
    home = Path(tempfile.mkdtemp(prefix="ekost-test-", dir=quick_place()))
    home.chmod(0o711)  # as root the server's own user must get through
    try:
        yield driver.ensure_postgres(home / "home")
    finally:
        driver.stop(home / "home")
        shutil.rmtree(home, ignore_errors=True)


def command(url: str, statement: str) -> None:
    """Run a statement that knows no transaction. A worker of autovacuum, whom we may not end, is waited for."""
    with create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as conn:
        for patience in reversed(range(100)):
            try:
                conn.execute(text(statement))
                return
            except ProgrammingError as error:
                if sqlstate(error) != "42501" or not patience:
                    raise
                time.sleep(0.1)


def named(url: str, database: str) -> str:
    """The same server, another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def template(server_url: str) -> str:
    """The name of a migrated, empty database to clone."""
    name = f"{TEMPLATE}_{uuid.uuid4().hex[:8]}"
    command(server_url, f'create database "{name}"')
    database = Database(named(server_url, name))
    migrate(database)
    return name


@pytest.fixture(scope="session")
def shared_url(server_url: str, template: str) -> str:
    """A migrated database that only rolled-back transactions touch."""
    return clone(server_url, template)


def clone(server_url: str, template: str) -> str:
    """A new database made from the template; its URL."""
    name = f"ekost_{uuid.uuid4().hex[:12]}"
    way = " strategy file_copy" if str(MEMORY) in server_url else ""
    command(server_url, f'create database "{name}" template "{template}"{way}')
    return named(server_url, name)


@pytest.fixture(scope="session")
def shared_database(shared_url: str) -> Iterator[Database]:
    database = Database(shared_url, Limits(pool_size=1))
    yield database
    database.engine.dispose()


@pytest.fixture
def conn(shared_database: Database) -> Iterator[Connection]:
    """A transaction that is rolled back."""
    with shared_database.transaction(dry_run=True) as connection:
        yield connection


@pytest.fixture
def database(server_url: str, template: str) -> Iterator[Database]:
    """A database of the test's own, where commits are real."""
    url = clone(server_url, template)
    yield Database(url)
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


@pytest.fixture
def database_url(database: Database) -> str:
    """The URL of `database`, for a subprocess."""
    return database.url


@pytest.fixture
def collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collector:
    """What this process measures from now on, and leaves in the test's own folder."""
    monkeypatch.setattr(COLLECTOR, "__dict__", Collector().__dict__)
    COLLECTOR.begin(tmp_path, "tests")
    return COLLECTOR
