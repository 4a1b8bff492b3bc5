"""A Redis client that is loaded in a moment and never waits: half of what a cache could save is spent on a larger one.

Importing redis-py takes 80 ms, as long as the answer of the database. This speaks the same protocol (RESP2).
"""

import os
import socket
import time
from threading import Lock
from typing import Any, BinaryIO, cast

from db.cache.place import Place

# Seconds for a whole exchange, connecting included.
PATIENCE = 0.05
Word = str | bytes | int


class CacheDownError(Exception):
    """Redis did not answer in time, or not in a way that could be used. Nobody sees it: the book is read."""


class Client:
    """One connection, made when first used. Every method raises CacheDownError and nothing else."""

    def __init__(self, place: Place, patience: float = PATIENCE) -> None:
        self.place = place
        self._patience = patience
        self._socket: socket.socket | None = None
        self._answers: BinaryIO | None = None
        self._owner = 0
        self._deadline = 0.0
        self._turn = Lock()
        # Another one after each start of the server: what it lost or brought back by that is not to be trusted.
        self.run = b""

    def ask(self, *command: Word) -> Any:
        """The answer to one command: bytes, int, None or a list of them."""
        return self.ask_all(command)[0]

    def ask_all(self, *commands: tuple[Word, ...]) -> list[Any]:
        """The answers to several commands, in one exchange."""
        with self._turn:  # the screens change the book in several threads
            return self._exchanged(commands)

    def _exchanged(self, commands: tuple[tuple[Word, ...], ...]) -> list[Any]:
        self._deadline = time.monotonic() + self._patience
        try:
            link = self._connected()
            self._hurry(link)
            link.sendall(b"".join(_packed(command) for command in commands))
            answers = [self._answer() for _command in commands]
        except (OSError, ValueError, IndexError) as error:
            self.close()
            raise CacheDownError from error
        if refused := next((answer for answer in answers if isinstance(answer, _Refusal)), None):
            raise CacheDownError(refused.words)
        return answers

    def close(self) -> None:
        """Let go of the connection; the next question makes another one."""
        if self._answers is not None:
            self._answers.close()
        if self._socket is not None:
            self._socket.close()
        self._socket = self._answers = None

    def _connected(self) -> socket.socket:
        if self._socket is not None and self._owner == os.getpid():
            return self._socket
        # What was connected before a fork belongs to the other process.
        self._owner = os.getpid()
        self._socket = self._dialled()
        self._answers = cast("BinaryIO", self._socket.makefile("rb"))
        self._greet(self._socket)
        return self._socket

    def _dialled(self) -> socket.socket:
        place = self.place
        if place.path:
            link = socket.socket(socket.AF_UNIX)
            link.settimeout(self._patience)
            try:
                link.connect(place.path)
            except OSError:
                link.close()
                raise
            return link
        link = socket.create_connection((place.host, place.port), timeout=self._patience)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not place.tls:
            return link
        import ssl  # noqa: PLC0415 - only where it is asked for

        return ssl.create_default_context(cafile=place.authorities or None).wrap_socket(
            link, server_hostname=place.host
        )

    def _greet(self, link: socket.socket) -> None:
        place = self.place
        words: list[tuple[Word, ...]] = []
        if place.password:
            words.append(("AUTH", place.user, place.password) if place.user else ("AUTH", place.password))
        if place.database:
            words.append(("SELECT", place.database))
        words.append(("INFO", "server"))
        self._hurry(link)
        link.sendall(b"".join(map(_packed, words)))
        told = [self._answer() for _word in words]
        if any(isinstance(answer, _Refusal) for answer in told):
            raise ValueError("refused")
        self.run = next((line[7:] for line in told[-1].splitlines() if line.startswith(b"run_id:")), b"")

    def _hurry(self, link: socket.socket) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        link.settimeout(left)

    def _answer(self) -> Any:
        if self._socket is None or self._answers is None:
            raise ValueError("closed")
        self._hurry(self._socket)
        line = self._answers.readline()
        if not line.endswith(b"\r\n"):
            raise ValueError("cut off")
        kind, rest = line[:1], line[1:-2]
        if kind in (b"+", b":"):
            return rest if kind == b"+" else int(rest)
        if kind == b"-":
            return _Refusal(rest.decode(errors="replace").partition(" ")[0])
        length = int(rest)
        if kind == b"*":
            return None if length < 0 else [self._answer() for _item in range(length)]
        if kind != b"$":
            raise ValueError("not RESP")
        return None if length < 0 else self._bulk(length)

    def _bulk(self, length: int) -> bytes:
        body = self._answers.read(length + 2) if self._answers is not None else b""
        if len(body) != length + 2:
            raise ValueError("cut off")
        return body[:-2]


class _Refusal:
    """An error that Redis answers with; the others of the exchange have their answers all the same."""

    def __init__(self, words: str) -> None:
        self.words = words


def _packed(command: tuple[Word, ...]) -> bytes:
    parts = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)
