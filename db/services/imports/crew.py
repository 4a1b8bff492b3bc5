"""Threads that help with the same work: while PostgreSQL is busy for one of them, another one asks for the next."""

import threading
from collections.abc import Callable
from types import TracebackType


class Crew:
    """So many helpers, who repeat `work` until it returns that nothing is left (None), or something fails.

    `work` returns False when there was nothing to do just now; then they wait for `pause` seconds. At the end each
    finishes what it has begun.
    """

    def __init__(self, work: Callable[[], bool | None], helpers: int, pause: float) -> None:
        self._work = work
        self._pause = pause
        self._stop = threading.Event()
        self._failure: BaseException | None = None
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(helpers)]

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def start(self) -> None:
        """Let them begin, unless they have."""
        for thread in self._threads:
            if thread.ident is None:
                thread.start()

    def check(self) -> None:
        """Raise what a helper failed of."""
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                done = self._work()
                if done is None:
                    return
                if not done:
                    self._stop.wait(self._pause)
        except BaseException as error:
            self._failure = error
