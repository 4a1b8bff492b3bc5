"""Stop a statement that nobody waits for any more, from another thread than the one that runs it."""

from contextlib import suppress
from typing import Any

from psycopg import Error
from sqlalchemy import Connection

# A server that does not answer has nothing to stop.
PATIENCE = 2.0


def stop_statement(conn: Connection) -> None:
    """Ask the server to stop what `conn` is doing: there it ends with DatabaseBusyError. Best effort, never raises.

    The caller sees to it that the connection stays with its transaction until this has returned; a statement of
    somebody else's would be stopped otherwise.
    """
    driver: Any = conn.connection.driver_connection
    with suppress(Error, OSError):
        driver.cancel_safe(timeout=PATIENCE)
