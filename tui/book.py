"""The book as the screens see it: questions and changes run in threads, so that the screen keeps answering keys.

The database is opened by the first question, behind the first frame. A question that nobody waits for any more
is stopped on the server too; a change never is, since it may be committed already.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from threading import Lock, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from db.errors import EkostError, RuleError, UnreachableError
from db.retrying import again
from locales.catalogs import N_
from tui.link import Link

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database
    from tui.ahead import Ahead

T = TypeVar("T")

# One page, one count and one detail at a time; more would only wait for each other.
THREADS = 3
# Seconds that the ear waits before it looks whether anybody still wants to know, and after it could not hear.
SLICE, DEAF = 0.2, 2.0
# Seconds that a step of long work is waited for at the end.
PATIENCE = 5.0
# Errors while the database is there.
BUSY = ("database_busy", "database_slow", "cache_unreachable")


class ReadOnlyError(RuleError):
    """The screens were started with --read-only."""

    code = "read_only"
    message = N_("Nothing can be changed: this was started with --read-only.")


class Book:
    """The one door of the screens to the database."""

    def __init__(
        self, open_database: "Callable[[], Database]", *, read_only: bool = False, ahead: "Ahead | None" = None
    ) -> None:
        self.read_only = read_only
        self._ahead = ahead
        self.link = Link()
        # Hears when a screen has the answer to its question, and when that was asked by the monotonic clock.
        self.painting: Callable[[str, float], None] | None = None
        # Hears of each change that was acknowledged and is gone, or may go.
        self.lost: Callable[[EkostError], None] | None = None
        self._open_database = open_database
        self._database: Database | None = None
        self._opening = Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="book")
        self._stoppers = ThreadPoolExecutor(1, thread_name_prefix="stop")
        self._questions: set[_Question] = set()
        self._closed = False
        self._ear: Thread | None = None
        self._asides: list[Thread] = []

    @contextmanager
    def on_screen(self, name: str) -> Iterator[None]:
        """What is asked here is shown at once: how long that takes is measured by this name."""
        begun = monotonic()
        yield
        if self.painting is not None:
            self.painting(name, begun)

    async def foreseen(self, asked: Hashable) -> Any:
        """The answer, once, to what was asked beforehand in another process; None for all else."""
        if self._ahead is None:
            return None
        answers = await asyncio.get_running_loop().run_in_executor(self._threads, self._ahead.answers)
        answer = answers.pop(asked, None)
        if not answers:
            self._ahead = None
        if answer is not None:
            self.link.heard()
        return answer

    async def browse(self, question: "Callable[[Connection], T]") -> T:
        """The answer to a question about a list: a replica may give it, but none that is older than what was told."""
        return await self.ask(question, anywhere=True)

    async def ask(self, question: "Callable[[Connection], T]", *, anywhere: bool = False) -> T:
        """The answer to a question, everything in it of one moment. Raises UnreachableError and the question's own."""
        asked = _Question()
        self._questions.add(asked)
        try:
            return await self._heard(lambda: self._answered(asked, question, anywhere=anywhere))
        except asyncio.CancelledError:
            if not self._closed:
                self._stoppers.submit(asked.stop)
            raise
        finally:
            self._questions.discard(asked)

    async def change(self, work: "Callable[[Connection], T]", *, dry_run: bool = False) -> T:
        """Do a change in one transaction and ring for it; a `dry_run` keeps nothing. Raises ReadOnlyError."""
        if self.read_only and not dry_run:
            raise ReadOnlyError

        def carry_out() -> T:
            with self._opened().transaction(dry_run=dry_run, ring=True) as conn:
                return work(conn)

        return await asyncio.shield(self._heard(lambda: again(carry_out)))

    def listen(self, told: Callable[[], None]) -> None:
        """Call `told` in this loop whenever something was changed, here or elsewhere; best effort."""
        loop = asyncio.get_running_loop()
        # A daemon: who leaves in a hurry does not wait for it.
        context = copy_context()
        self._ear = Thread(
            target=self._hear, args=(lambda: loop.call_soon_threadsafe(told, context=context),), daemon=True
        )
        self._ear.start()

    @property
    def database(self) -> "Database":
        """The database itself, for who examines it in a thread: it is opened by that. Raises UnreachableError."""
        return self._opened()

    @property
    def is_open(self) -> bool:
        """Whether the database has been opened, and all that it takes is loaded."""
        return self._database is not None

    @property
    def closed(self) -> bool:
        """Whether the screens are gone: what goes on beside them should end."""
        return self._closed

    def aside(self, work: "Callable[[Database], None]") -> None:
        """Begin long work in a thread of its own; what becomes of it is read in the book."""

        def carry_out() -> None:
            with suppress(EkostError):
                work(self._opened())

        thread = Thread(target=carry_out, daemon=True)
        self._asides.append(thread)
        thread.start()

    def _answered(self, asked: "_Question", question: "Callable[[Connection], T]", *, anywhere: bool) -> T:
        database = self._opened()
        self._leave_durations()
        replicas = database.replicas if anywhere else None
        if replicas is None:
            return asked.answer(database, question)
        if (replica := replicas.choose().database) is not None:
            try:
                return asked.answer(replica, question)
            except EkostError as error:
                if not replicas.failed(replica, error):
                    raise
        answer = asked.answer(database, question)
        replicas.catch_up(database)  # else the next page might show older rows
        return answer

    def _leave_durations(self) -> None:
        """Write down what was measured, now and then; in a thread, since that may take some milliseconds."""
        from db.metrics.collecting import COLLECTOR

        COLLECTOR.tick()

    def _hear(self, told: Callable[[], object]) -> None:
        while not self._closed:
            try:
                from db.listening import Ear

                database = self._opened()
                with Ear(database) as ear:
                    while not self._closed:
                        if ear.heard(SLICE):
                            if database.replicas is not None:
                                database.replicas.catch_up(database)
                            told()
            except (EkostError, RuntimeError):  # the link tells of it; the loop may be gone
                sleep(DEAF)

    def close(self) -> None:
        """Stop what is still asked and let go of the database; waits for a change that is under way, and blocks."""
        self._closed = True
        if self._ahead is not None:
            self._ahead.close()
        for asked in tuple(self._questions):
            asked.stop()
        self._threads.shutdown(cancel_futures=True)
        self._stoppers.shutdown()
        if self._ear is not None:
            self._ear.join(DEAF)
        for thread in self._asides:
            thread.join(PATIENCE)
        self._forget()

    async def _heard(self, work: Callable[[], T]) -> T:
        """Do it in a thread, and tell the link how it went."""
        if self._closed:
            raise asyncio.CancelledError
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._threads, work)
        except UnreachableError as error:
            if is_lost(error):
                self._forget()
                self.link.lost(error)
            raise
        finally:
            self._tell_losses()
        # What was foreseen is older than this.
        self._ahead = None
        self.link.heard()
        return answer

    def _tell_losses(self) -> None:
        """Pass on what a failover lost, as soon as the primary that took over has been seen."""
        witness = self._database.witness if self._database is not None else None
        while witness is not None and witness.lost and self.lost is not None:
            self.lost(witness.lost.pop(0))

    def _opened(self) -> "Database":
        with self._opening:
            if self._database is None:
                self._database = self._open_database()
            return self._database

    def _forget(self) -> None:
        """The next question opens the database anew: a bundled server that has died is started again by that."""
        database, self._database = self._database, None
        if database is not None:
            database.engine.dispose()
            if database.replicas is not None:
                database.replicas.close()


def is_lost(error: EkostError) -> bool:
    """Whether the database is away, and not just busy with somebody else's change."""
    return isinstance(error, UnreachableError) and error.code not in BUSY


class _Question:
    """A question on its way; its connection is known for as long as it may be stopped."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._conn: Connection | None = None
        self._dropped = False

    def answer(self, database: "Database", question: "Callable[[Connection], T]") -> T:
        """Ask, unless nobody waits any more. Raises asyncio.CancelledError for that."""
        with database.reading() as conn:
            self._hold(conn)
            try:
                return question(conn)
            finally:
                self._hold(None)

    def stop(self) -> None:
        """Let the server drop it. What waits in the queue ends as soon as it begins."""
        with self._lock:
            self._dropped = True
            if self._conn is not None:
                from db.stopping import stop_statement

                stop_statement(self._conn)

    def _hold(self, conn: "Connection | None") -> None:
        with self._lock:
            if conn is not None and self._dropped:
                raise asyncio.CancelledError
            self._conn = conn
