"""Certificates of our own, and a tunnel that puts TLS in front of a server without, as a proxy or a thief does."""

import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

# What a client of PostgreSQL asks first: eight bytes, the number of "do you speak TLS?"
_ASKS_TLS = bytes.fromhex("0000000804d2162f")
_NONE_LEFT = b""


class Certificate(NamedTuple):
    """A certificate that vouches for itself, and its key."""

    file: Path
    key: Path


def certify(folder: Path, *names: str) -> Certificate:
    """A certificate for names, in the manner of openssl: `DNS:db.kos.example`, `IP:127.0.0.1`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificate(folder / "server.crt", folder / "server.key")
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = [
        "-subj",
        "/CN=kos",
        "-keyout",
        str(made.key),
        "-out",
        str(made.file),
        "-addext",
        f"subjectAltName={','.join(names)}",
    ]
    subprocess.run(["openssl", *words, *files], check=True, capture_output=True)
    return made


class Tunnel:
    """Listens on loopback and passes everything on; `heard` is what clients have said, after the TLS was taken off."""

    def __init__(self, target: str | tuple[str, int], certificate: Certificate | None, *, postgres: bool) -> None:
        self._target, self._postgres = target, postgres
        self._context = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate.file, certificate.key)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.heard = b""
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """Take nobody any more, and wait for those who are leaving."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listening.accept()
                self._threads.append(threading.Thread(target=self._pass_on, args=(client,), daemon=True))
                self._threads[-1].start()

    def _pass_on(self, client: socket.socket) -> None:
        family = socket.AF_UNIX if isinstance(self._target, str) else socket.AF_INET
        with suppress(OSError), client, self._greeted(client) as link, socket.socket(family) as server:
            server.connect(self._target)
            back = threading.Thread(target=_pump, args=(server, link), daemon=True)
            back.start()
            with suppress(OSError):
                while (said := link.recv(65536)) != _NONE_LEFT:
                    self.heard += said
                    server.sendall(said)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            back.join(5)

    def _greeted(self, client: socket.socket) -> socket.socket:
        if self._postgres:
            asked = client.recv(len(_ASKS_TLS), socket.MSG_PEEK)
            if asked == _ASKS_TLS:
                client.recv(len(_ASKS_TLS))
                client.sendall(b"S" if self._context else b"N")
            if asked != _ASKS_TLS or not self._context:
                return client
        return self._context.wrap_socket(client, server_side=True) if self._context else client


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while (said := source.recv(65536)) != _NONE_LEFT:
            target.sendall(said)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


@contextmanager
def tunnel(
    target: str | tuple[str, int], certificate: Certificate | None = None, *, postgres: bool = False
) -> Iterator[Tunnel]:
    """A tunnel to a socket's path or a host and port; without a certificate it speaks no TLS."""
    made = Tunnel(target, certificate, postgres=postgres)
    try:
        yield made
    finally:
        made.close()


def without_certificates(**more: str) -> dict[str, str]:
    """This environment, but for what it says of certificates that are trusted."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SSL_CERT", "PGSSL"))} | more
