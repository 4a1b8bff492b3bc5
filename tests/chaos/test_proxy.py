"""The network between the tests and Redis fails as networks do: at once, in silence, or in one direction."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.proxy import Proxy


class Echo(socketserver.StreamRequestHandler):
    """A server that says back what it hears."""

    def handle(self) -> None:
        while data := self.request.recv(100):
            self.server.heard.append(data)  # type: ignore[attr-defined]
            self.request.sendall(data)


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[list[bytes]]:
    """What the server at `tmp_path / "echo"` has heard."""
    with socketserver.ThreadingUnixStreamServer(str(tmp_path / "echo"), Echo) as server:
        server.daemon_threads = True
        server.heard = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.heard  # type: ignore[attr-defined]
        server.shutdown()


@pytest.fixture
def proxy(tmp_path: Path, heard: list[bytes]) -> Iterator[Proxy]:
    made = Proxy(tmp_path / "echo")
    yield made
    made.close()


def connected(proxy: Proxy) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
    assert said(link, b"hello") == b"hello"
    return link


def said(link: socket.socket, data: bytes) -> bytes:
    """What comes back; nothing when the connection is broken."""
    try:
        link.sendall(data)
        return link.recv(100)
    except ConnectionError:
        return b""


def test_a_network_that_is_cut_breaks_what_is_connected_and_refuses_what_comes(proxy: Proxy) -> None:
    with connected(proxy) as link:
        proxy.be("cut")
        assert said(link, b"there?") == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
        proxy.be("pass")
        connected(proxy).close()


def test_a_network_that_hangs_carries_nothing_and_then_everything(proxy: Proxy, heard: list[bytes]) -> None:
    with connected(proxy) as link:
        proxy.be("hang")
        link.settimeout(0.2)
        with pytest.raises(TimeoutError):
            said(link, b"there?")
        assert heard == [b"hello"]
        proxy.be("pass")
        link.settimeout(5)
        assert link.recv(100) == b"there?"


def test_a_deaf_network_carries_the_question_and_loses_the_answer_for_ever(proxy: Proxy, heard: list[bytes]) -> None:
    with connected(proxy) as link:
        proxy.be("deaf")
        link.settimeout(0.2)
        with pytest.raises(TimeoutError):
            said(link, b"there?")
        assert heard == [b"hello", b"there?"]
        proxy.be("pass")
        link.settimeout(5)
        assert said(link, b"and now?") == b""  # no late answer to an earlier question
