"""The page's way back to any moment: its commands as they stand there, on a server of its own."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from db.backup.totals import ledger_totals
from db.embedded.binaries import program_folders
from db.engine import Database
from db.migrations.runner import migrate
from tests.conftest import quick_place
from tests.db.repositories.lived_in import LivedIn
from tests.docs.pages import DOCS, blocks, text_of

_FOLDERS, ARCHIVING, COPYING, _NAMES, RECOVERING, LOOKING = blocks(text_of(DOCS / "backup.md"), "sh")[1:]
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
dynamic_shared_memory_type = mmap
shared_buffers = 32MB
"""


class Site:
    """A server of an ordinary account, as the page expects it; PostgreSQL refuses to be root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder, program_folders()[0]
        self.names = {"DATA": folder / "data", "ARCHIVE": folder / "archive", "BASE": folder / "base"}
        self.url = f"postgresql://owner@/kos?host={folder}&port=5432"

    def run(self, script: str, **names: object) -> str:
        """A block of the page, line by line, stopping at the first that fails; what it printed."""
        given = {"PATH": f"{self.programs}:{os.environ['PATH']}", "PGHOST": self.folder, "PGUSER": "postgres"}
        everything = {name: str(value) for name, value in (given | self.names | names).items()}
        # To a file: the server that is started keeps it open.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                ["bash", "-euc", script],
                env=everything,
                cwd="/",
                stdout=output,
                stderr=output,
                check=False,
                **account(),
            )
            output.seek(0)
            told = output.read()
        assert done.returncode == 0, told
        return told

    def start(self) -> None:
        """Make it and its empty database."""
        self.run('initdb -D "$DATA" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --wal-segsize=1')
        lines = SETTINGS.format(folder=self.folder)
        self.run('echo "$LINES_" >> "$DATA/postgresql.conf"; pg_ctl -D "$DATA" -w start', LINES_=lines)
        self.run('psql -d postgres -c "create role owner login" -c "create database kos owner owner"')


def account() -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("daemon")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="ekost-moment-", dir=quick_place()))
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("daemon").pw_uid, -1)
    folder.chmod(0o755)
    made = Site(folder)
    try:
        made.start()
        yield made
    finally:
        made.run('pg_ctl -D "$DATA" -m immediate stop || true')
        shutil.rmtree(folder)


@pytest.mark.slow
def test_the_book_comes_back_as_it_was_before_the_mistake(site: Site) -> None:
    book = Database(site.url)
    migrate(book)
    site.run(ARCHIVING)
    site.run(COPYING)
    with book.transaction() as conn:  # after the copy: only the log knows it
        LivedIn.furnish(conn)
    with book.reading() as conn:
        before, moment = ledger_totals(conn), conn.execute(text("select clock_timestamp()")).scalar_one()
    time.sleep(0.1)
    with book.transaction() as conn:
        conn.execute(text("alter table tenants rename to mistake"))
    (copy,) = site.names["BASE"].iterdir()
    assert copy.name == datetime.now(UTC).astimezone().date().isoformat()
    site.run(RECOVERING, COPY=copy, MOMENT=moment.isoformat())
    *asking, checking = LOOKING.splitlines()
    for _ in range(100):
        if site.run(asking[0]) == "f\n":
            break
        time.sleep(0.1)
    site.run("\n".join(asking))
    assert checking == "ekost check"
    ekost = Path(sys.executable).with_name("ekost")
    environment = {"PATH": os.environ["PATH"], "HOME": str(site.folder), "EKOST_DATABASE_URL": site.url}
    done = subprocess.run([ekost, "check"], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with book.reading() as conn:
        assert ledger_totals(conn) == before != ()
    assert list(site.names["ARCHIVE"].glob("*.part")) == []
