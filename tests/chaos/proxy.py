"""A network that can be cut: TCP on the loopback, passed on to the unix socket of a server.

Run as a program, with socket and port, it does what its standard input says: `pass` everything on; `cut` what is
connected and refuse what comes; `hang`: accept and carry nothing; `deaf`: carry the questions, lose the answers and
break the connection afterwards.
"""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from asyncio import StreamReader, StreamWriter
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODES = ("pass", "cut", "hang", "deaf")


class Proxy:
    """The side of the tests."""

    def __init__(self, target: Path) -> None:
        # The port is taken here: whoever knows it finds the same one when the network is back.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.proxy", str(target), str(self.port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
        self.be("pass")

    def be(self, mode: str) -> None:
        """Behave so from now on."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(mode + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == f"{mode}\n"

    def close(self) -> None:
        """End the program."""
        with self._process:
            self._process.kill()


class _Network:
    """The side of the program."""

    def __init__(self, target: str, port: int) -> None:
        self.target, self.port = target, port
        self.mode = "pass"
        self.moved = asyncio.Event()
        self.server: asyncio.Server | None = None
        self.links: set[StreamWriter] = set()
        # Those on which an answer was lost: a later one must not be taken for it.
        self.spoilt: set[StreamWriter] = set()

    async def be(self, mode: str) -> None:
        self.mode = mode
        self.moved.set()
        self.moved = asyncio.Event()
        if mode != "deaf":
            self._break(self.spoilt)
        if mode == "cut":
            self._close()
        elif self.server is None:
            self.server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    def _close(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None
        self._break(self.links)

    def _break(self, links: set[StreamWriter]) -> None:
        """Reset, not ended in an orderly way."""
        for link in list(links):
            link.transport.abort()

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.links.add(writer)
        with contextlib.suppress(OSError):
            there, target = await asyncio.open_unix_connection(self.target)
            await asyncio.gather(self._ask(reader, target), self._answer(there, writer))
            target.transport.abort()
        self.links.discard(writer)
        self.spoilt.discard(writer)
        writer.transport.abort()

    async def _ask(self, source: StreamReader, sink: StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await self._read(source):
                sink.write(data)
                await sink.drain()
        sink.transport.abort()

    async def _answer(self, source: StreamReader, sink: StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await self._read(source):
                if self.mode == "deaf":
                    self.spoilt.add(sink)
                else:
                    sink.write(data)
                    await sink.drain()
        sink.transport.abort()

    async def _read(self, source: StreamReader) -> bytes:
        data = await source.read(65536)
        while self.mode == "hang":
            await self.moved.wait()
        return data


async def _serve(target: str, port: int) -> None:
    network = _Network(target, port)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        await network.be(line.decode().strip())
        print(network.mode, flush=True)


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2])))
