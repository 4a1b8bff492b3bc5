"""Answers for who only looks: from Redis where it has one that holds, else from the book.

A value carries the generations of its subjects, noted before the book was read. Whoever changes a subject takes its
generation away after the commit, and the next reader makes another one. So a value that is written late, from a
snapshot before the change, has a generation that nobody knows any more: it can do no harm, whenever it comes. The run
of the server counts too: one that starts again may bring back generations that were taken away.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from db.cache.client import CacheDownError, Client
from db.cache.keys import LIFETIMES, SUBJECTS, Question, prefix
from db.cache.memory import Memory
from db.cache.values import packed, unpacked

if TYPE_CHECKING:
    from db.cache.fresh import Fresh

T = TypeVar("T")

# Seconds that a generation is known: longer than any value that carries it.
GENERATION = 2 * 3600
# Seconds that others wait for the one who asks the book, and how often they look.
CROWD, LOOK = 1.0, 0.01
HIT, MISS, REFUSED, ERROR = "hits", "misses", "refused", "errors"


class Answer(NamedTuple):
    """What the book answered; without `fresh` it must not be kept."""

    value: Any
    fresh: "Fresh | None"


class Cache:
    """The cache of one book, for one process. Nothing that is asked of it ever fails because of Redis."""

    def __init__(self, client: Client, memory: Memory) -> None:
        self.client = client
        self.memory = memory

    def answer(self, question: Question, read: Callable[[], Answer]) -> Any:
        """The answer to a question: a kept one that holds, or that of `read`, which is kept then.

        A kept named tuple comes as a mapping. Raises what `read` raises.
        """
        if not self.memory.may_read or not self.ready():
            return self._learned(read()).value
        try:
            generations = self.generations(question.subjects)
            kept = self.awaited(question.key, lambda: self._look(question, generations))
            if kept is not None:
                self.count(question.kind, HIT)
                return kept[0]
        except CacheDownError:
            self.memory.failed()
            return read().value
        return self._filled(question, generations, read)

    def fill(self, question: Question, read: Callable[[], Answer]) -> None:
        """Ask the book, and keep the answer, whatever was kept before. Raises CacheDownError and what `read` raises."""
        generations = self.generations(question.subjects)
        answer = read()
        if answer.fresh is not None:
            self.keep(question, generations, answer.value, answer.fresh)

    def ready(self) -> bool:
        """Whether Redis may be asked: not without a book, nor right after a failure. What is owed is told first."""
        if not self.memory.book or self.memory.is_away:
            return False
        owed, failures = self.memory.owed, self.memory.failures
        if owed or failures:
            try:
                if owed:
                    self.drop(SUBJECTS)
                if failures:
                    self.client.ask("HINCRBY", self.name("counts"), f"all:{ERROR}", failures)
            except CacheDownError:
                self.memory.failed()
                return False
            self.memory.settled(owed, failures)
        return True

    def name(self, key: str) -> str:
        """The whole key."""
        return prefix(self.memory.book) + key

    # -- generations

    def generations(self, subjects: Sequence[str]) -> list[bytes]:
        """The run of the server and the generation of each subject; what has none gets one. Raises CacheDownError."""
        names = [self.name(f"generation-{subject}") for subject in subjects]
        found: list[bytes | None] = self.client.ask("MGET", *names)
        missing = [name for name, there in zip(names, found, strict=True) if there is None]
        if missing:
            fresh = (("SET", name, secrets.token_hex(8), "NX", "EX", GENERATION) for name in missing)
            found = self.client.ask_all(*fresh, ("MGET", *names))[-1]
        return [self.client.run, *(there or b"" for there in found)]

    def drop(self, subjects: Iterable[str]) -> None:
        """Make everything that is kept about these subjects unreadable. Raises CacheDownError."""
        self.client.ask("DEL", *(self.name(f"generation-{subject}") for subject in subjects))

    # -- values

    def _look(self, question: Question, generations: Sequence[bytes]) -> tuple[Any] | None:
        text = self.client.ask("GET", self.name(question.key))
        return None if text is None else self.opened(question.kind, text, generations, question.shape)

    def opened(self, kind: str, text: bytes, generations: Sequence[bytes], shape: str) -> tuple[Any] | None:
        """A kept value in a tuple, if it is of these generations and has seen what we have changed."""
        try:
            known, snapshot, columns, value = unpacked(text)
            if known != [generation.decode() for generation in generations]:
                return None
            if columns == shape and self.memory.accepts(snapshot):
                return (value,)
        except (ValueError, TypeError, AttributeError):
            pass  # of another program
        self.count(kind, REFUSED)
        return None

    def keep(self, question: Question, generations: list[bytes], value: object, fresh: "Fresh") -> None:
        """Keep a value that was read after its generations were noted. Raises CacheDownError."""
        if not self.memory.knows(fresh):
            self.memory.learn(fresh)
            return
        if lifetime := lifetime_of(question.kind, fresh):
            text = wrapped(generations, fresh, question.shape, value)
            self.client.ask("SET", self.name(question.key), text, "EX", lifetime)

    def _filled(self, question: Question, generations: list[bytes], read: Callable[[], Answer]) -> Any:
        """Ask the book, and keep the answer; whoever waits for it goes on in any case."""
        answer = None
        try:
            answer = read()
        finally:
            try:
                if answer is not None and answer.fresh is not None:
                    self.keep(question, generations, answer.value, answer.fresh)
                self.answered(question.key)
                self.count(question.kind, MISS)
            except CacheDownError:
                self.memory.failed()
        return answer.value

    # -- many who ask the same

    def awaited(self, key: str, look: Callable[[], T | None]) -> T | None:
        """What `look` finds, at once or when somebody else has asked the book; None for who is to ask it.

        Nobody is waited for longer than CROWD. Raises CacheDownError.
        """
        end = time.monotonic() + CROWD
        while True:
            if (found := look()) is not None:
                return found
            if time.monotonic() > end:
                return None
            if self.client.ask("SET", self.name(f"asking-{key}"), "1", "NX", "PX", int(CROWD * 1000)) is not None:
                break
            time.sleep(LOOK)
        # It may have been kept between our look and our turn.
        if (found := look()) is not None:
            self.answered(key)
        return found

    def answered(self, key: str) -> None:
        """The book has been asked: whoever waits goes on. Raises CacheDownError."""
        self.client.ask("DEL", self.name(f"asking-{key}"))

    # -- counting

    def count(self, kind: str, result: str) -> None:
        """Count a result. Raises CacheDownError."""
        self.client.ask("HINCRBY", self.name("counts"), f"{kind}:{result}", 1)

    def _learned(self, answer: Answer) -> Answer:
        if answer.fresh is not None:
            self.memory.learn(answer.fresh)
        return answer


def wrapped(generations: Sequence[bytes], fresh: "Fresh", shape: str, value: object) -> str:
    """A value as it is kept."""
    return packed([[generation.decode() for generation in generations], fresh.snapshot, shape, value])


def lifetime_of(kind: str, fresh: "Fresh") -> int:
    """Seconds that an answer is kept: not beyond the day on which it was given."""
    most = LIFETIMES[kind]
    return most if fresh.seconds is None else max(min(most, fresh.seconds), 0)
