"""Whether a connection may keep statements prepared: plans are made once, where the next transaction finds them."""

from typing import Any

from psycopg import Connection
from sqlalchemy import Engine, event


def prepare_where_it_lasts(engine: Engine) -> None:
    """Let the connections of a pool prepare what they repeat, unless each transaction gets another one of the server.

    PgBouncer before 1.21 forgets what a client has prepared; it makes up the process that it says we talk to.
    """
    event.listen(engine, "connect", _look)


def _look(driver: Connection[Any], _record: object) -> None:
    found = driver.execute("select pg_backend_pid()").fetchone()
    driver.rollback()
    if found is None or found[0] != driver.info.backend_pid:
        driver.prepare_threshold = None
