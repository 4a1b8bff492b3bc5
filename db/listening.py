"""Hear that something was changed elsewhere. What is told is only that: who hears it looks for themselves."""

from typing import Any, Self

import psycopg
from sqlalchemy.exc import DBAPIError

from db.engine import BELL, ConnectionLostError, Database

# The relay's bell after a person's change, and that of the worker when balances have been worked out.
CHANNELS = (BELL, "ekost_balances")


class Ear:
    """A connection of its own that waits for notices. Behind PgBouncer none may come: also look from time to time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        """Begin to listen. Raises ConnectionLostError."""
        try:
            self._conn = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for channel in CHANNELS:
                self._conn.exec_driver_sql(f"listen {channel}")
        except DBAPIError as error:
            raise ConnectionLostError from error
        return self

    def __exit__(self, *_error: object) -> None:
        # It listens: nobody else may get it from the pool.
        self._conn.invalidate()
        self._conn.close()

    def heard(self, seconds: float) -> bool:
        """Whether a notice came within so many seconds. Raises ConnectionLostError."""
        driver: Any = self._conn.connection.driver_connection
        try:
            return any(True for _notice in driver.notifies(timeout=seconds, stop_after=1))
        except (psycopg.Error, DBAPIError) as error:
            raise ConnectionLostError from error
