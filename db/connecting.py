"""Waiting a moment where all places of a server are taken: with hundreds of short commands one is free soon."""

import time
from collections.abc import Callable
from random import uniform
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from db.errors import N_, UnreachableError

T = TypeVar("T")
# Seconds between two knocks: from a little to a lot, so that those who were turned away together don't come together.
SHORTEST, LONGEST = 0.05, 2.0
# Seconds to wait where `connect_timeout` is for ever.
PATIENCE = 60
# What a server says that has no place, PostgreSQL (53300) and PgBouncer, and a socket whose queue is full. The driver
# knows no SQLSTATE of a connection that was never made; in another language than English these are not waited for.
_FULL = (
    "too many clients",
    "too many connections",
    "connection slots are reserved",
    "no more connections allowed",
    "Resource temporarily unavailable",
)


class DatabaseUnreachableError(UnreachableError):
    """No connection could be made."""

    code = "database_unreachable"
    message = N_("The database at {place} does not answer.")
    hint = N_("Check that it is running (`ekost status`) and that EKOST_DATABASE_URL is right, then try again.")


class TooManyConnectionsError(UnreachableError):
    """The server takes no more connections, or that database or user may have no more."""

    code = "too_many_connections"
    message = N_("The database at {place} takes no more connections: all of them are in use.")
    hint = N_("Try again in a moment; for many commands at once put PgBouncer in front.")


def knock(connect: Callable[[], T], place: str, patience: float) -> T:
    """Connect, and as often as every place is taken once more within `patience` seconds; 0 is the longest there is.

    Raises TooManyConnectionsError, and what `connect` raises for every other reason.
    """
    end, pause = time.monotonic() + (patience or PATIENCE), SHORTEST
    while True:
        try:
            return connect()
        except OperationalError as error:
            if not _is_full(error):
                raise
            if time.monotonic() + pause > end:
                raise TooManyConnectionsError(place=place) from error
        time.sleep(uniform(pause / 2, pause))  # noqa: S311 - no secret
        pause = min(pause * 1.6, LONGEST)


def _is_full(error: OperationalError) -> bool:
    told = str(error.orig)
    return any(sign in told for sign in _FULL)
