"""PgBouncer in front of the test's database: connections come and go, and a transaction is all they keep."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from db.engine import Database

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
PORT = 6432
# So many may knock at once: a command that finds no place in the queue is told that nobody answers.
BACKLOG = 512
_CONFIG = """
[databases]
{database} = host={folder} user={user} password={password}
[pgbouncer]
unix_socket_dir = {here}
listen_port = {port}
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 500
listen_backlog = {backlog}
logfile =
"""


@contextmanager
def pooler(url: str, connections: int) -> Iterator[Database]:
    """The database behind so many connections of the server, which change hands after each transaction."""
    assert PGBOUNCER
    behind = make_url(url)
    with tempfile.TemporaryDirectory(prefix="ekost-pooler-", dir="/tmp") as place:
        here = Path(place)
        config = here / "pgbouncer.ini"
        config.write_text(_CONFIG.format(
            database=behind.database, folder=behind.query["host"], user=behind.username, password=behind.password,
            here=here, port=PORT, connections=connections, backlog=BACKLOG,
        ))  # fmt: skip
        # It refuses to be root, and only who runs the server may enter the folder of its socket.
        owner = Path(str(behind.query["host"])).stat().st_uid
        user = ["-u", pwd.getpwuid(owner).pw_name] if os.geteuid() == 0 else []
        here.chmod(0o777)
        with (here / "log").open("wb") as log:
            process = subprocess.Popen([PGBOUNCER, *user, config], stdout=log, stderr=log)
        across = behind.set(password=None, query={"host": str(here), "port": str(PORT)})
        database = Database(across.render_as_string())
        try:
            _wait(database, here / "log")
            yield database
        finally:
            process.kill()
            process.wait()


def _wait(database: Database, log: Path) -> None:
    for patience in reversed(range(20)):
        try:
            with database.engine.connect():
                return
        except OperationalError:
            if not patience:
                raise AssertionError(log.read_text()) from None
            time.sleep(0.05)
