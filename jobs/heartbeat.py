"""A sign of life in PostgreSQL every few seconds, from a thread: the relay may be busy for longer than that."""

import os
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from db.engine import Database
from db.errors import UnreachableError
from db.services.workers import sign_of_life, sign_off, sign_on

EVERY = 5.0


class Heartbeat:
    """Tells that a worker lives, from `start` to `stop`; `by_hand` is told at once when it changes."""

    def __init__(self, database: Database, queues: Sequence[str]) -> None:
        self._database = database
        self._queues = queues
        self._id: int | None = None
        self._by_hand = False
        self._stopping = False
        self._bell = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin, with the first sign at once."""
        self._thread.start()

    def work_by_hand(self, by_hand: bool) -> None:
        """Note how the work is done now."""
        self._by_hand = by_hand
        self._bell.set()

    def stop(self) -> None:
        """Sign off, as far as the database listens."""
        self._stopping = True
        self._bell.set()
        self._thread.join(timeout=2.0)

    def _beat(self) -> None:
        while not self._stopping:
            with suppress(UnreachableError, SQLAlchemyError):  # the relay says that the database is away
                self._give_sign()
            self._bell.wait(EVERY)
            self._bell.clear()
        self._sign_off()

    def _give_sign(self) -> None:
        with self._database.transaction() as conn:
            if self._id is None or not sign_of_life(conn, self._id, by_hand=self._by_hand):
                # The children come and go; it is the supervisor whom others would look for.
                self._id = sign_on(conn, socket.gethostname(), os.getppid(), self._queues)

    def _sign_off(self) -> None:
        # One that can't sign off is struck off when it has been silent for a while.
        with suppress(UnreachableError, SQLAlchemyError), self._database.transaction() as conn:
            if self._id is not None:
                sign_off(conn, self._id)
