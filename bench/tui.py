"""How quick the screens are, on a book of your own: `ekost demo --tenants 100000` first, then

    EKOST_HOME=... python -m bench.tui [--runs 9] [--pages 100]

Start-up is whole processes in a pseudo-terminal, A B A B: until the first frame, until the first rows, against
importing `textual.app` and running an empty application. The rest is measured inside one process against the time
that Textual itself needs for the same key in an empty list. Nothing is asserted: machines differ.
"""

import argparse
import asyncio
import gc
import os
import pty
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.widget import Widget

from db.engine import Database, Limits
from ekost_cli.context import Context
from ekost_cli.invocation import Invocation
from tui.app import EkostApp
from tui.widgets.table.table import KeysetTable

# An application without anything; it says when its first frame is out.
EMPTY = """
import os
from textual.app import App
class Empty(App):
    def on_ready(self):
        os.write(1, b"READY")
Empty().run()
"""
FRAME, ROWS, READY = b"ekost tenant list", b" 1 of ", b"READY"


def until(command: Sequence[str], marks: Sequence[bytes]) -> list[float]:
    """Seconds from the start of a process until each mark is written to its terminal; it is ended then."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    subprocess.run(["stty", "rows", "24", "cols", "80"], stdin=slave, check=True)
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, close_fds=True)
    os.close(slave)
    seen, found = b"", []
    while len(found) < len(marks) and time.perf_counter() < begun + 30:
        if select.select([master], [], [], 0.5)[0]:
            seen += os.read(master, 65536)
            while len(found) < len(marks) and marks[len(found)] in seen:
                found.append(time.perf_counter() - begun)
    process.kill()
    process.wait()
    os.close(master)
    if len(found) < len(marks):
        raise SystemExit(f"{command}: {marks[len(found)]!r} was never written")
    return found


def start_up(runs: int) -> None:
    """The first frame and the first rows against an empty application."""
    ekost = [str(Path(sys.executable).with_name("ekost")), "tui"]
    empty = [sys.executable, "-c", EMPTY]
    marks = [FRAME, ROWS]
    until(ekost, marks), until(empty, [READY])
    pairs = [(until(ekost, marks), until(empty, [READY])[0]) for _run in range(runs)]
    frame = statistics.median(ours[0] for ours, _theirs in pairs)
    rows = statistics.median(ours[1] for ours, _theirs in pairs)
    floor = statistics.median(theirs for _ours, theirs in pairs)
    print(f"{'first frame':<44} {frame * 1000:7.0f} ms {floor * 1000:7.0f} ms  ratio {frame / floor:5.2f}  limit 1.30")
    print(f"{'first rows behind it':<44} {(rows - frame) * 1000:7.0f} ms                          limit  150 ms")


class Loop:
    """How long the event loop was ever kept from turning, in seconds."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            self.worst = max(self.worst, time.perf_counter() - before - 0.005)

    def stop(self) -> float:
        """The longest pause so far."""
        self._task.cancel()
        return self.worst


class Bare(Widget, can_focus=True):
    """A widget that paints itself anew with a key, and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [("pagedown", "paint", "")]

    def action_paint(self) -> None:
        """Paint."""
        self.refresh()


class Floor(App[None]):
    """What Textual needs for a key by itself."""

    def compose(self) -> ComposeResult:
        """One widget."""
        yield Bare()


async def keys(pilot: Pilot[None], *pressed: str) -> list[float]:
    """Seconds until each of these keys is painted."""
    found = []
    for key in pressed:
        begun = time.perf_counter()
        await pilot.press(key)
        found.append(time.perf_counter() - begun)
    return found


async def inside(url: str, pages: int) -> None:
    """Leafing, typing and memory, in a book that is open already."""
    async with Floor().run_test(size=(80, 24)) as pilot:
        floor = statistics.median(await keys(pilot, *["pagedown"] * 100))
    gc.disable()  # as `ekost tui` begins
    app = EkostApp(lambda: Database(url, Limits(pool_size=3)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(2)
        table = app.screen.query_one(KeysetTable)
        tell("page down from the beginning", await keys(pilot, *["pagedown"] * pages), floor)
        before = resident()
        await hold(pilot, table, 1, "page down held for ten seconds", 10)
        await hold(pilot, table, 1, "scrolled to the end", 900)
        tell("page up at the end", await keys(pilot, *["pageup"] * pages), floor)
        await hold(pilot, table, -1, "and back", 900)
        print(f"{'memory grown by it':<44} {(resident() - before) / 2**20:7.1f} MB   limit 30 MB")
        await pilot.press("slash")
        tell("a key in the filter", await keys(pilot, *"siti nugroho"), floor)


async def hold(pilot: Pilot[None], table: KeysetTable, by: int, name: str, seconds: float) -> None:
    """Leaf thirty times a second, as a held key does, or as fast as it goes to an end of the list."""
    loop, begun, rows = Loop(), time.perf_counter(), table.cursor
    while time.perf_counter() < begun + seconds:
        before = table.cursor
        table.action_leaf(by)
        await asyncio.sleep(1 / 30 if seconds <= 10 else 0)
        if before == table.cursor and (table.cursor == 0 if by < 0 else table.known[1]):
            break
    spent = time.perf_counter() - begun
    print(
        f"{name:<44} {abs(table.cursor - rows):7d} rows in {spent:5.1f} s, "
        f"loop blocked {loop.stop() * 1000:5.0f} ms at most  limit 100"
    )


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


def tell(name: str, times: Sequence[float], floor: float) -> None:
    """The median and the worst, with what is beyond the floor."""
    middle, worst = statistics.median(times) * 1000, max(times) * 1000
    print(f"{name:<44} {middle:7.1f} ms, {middle - floor * 1000:5.1f} beyond the floor, worst {worst:6.1f}")


def main() -> None:
    """Measure in the book that the environment names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--pages", type=int, default=100)
    options = parser.parse_args()
    start_up(options.runs)
    asyncio.run(inside(Context(Invocation()).database.url, options.pages))


if __name__ == "__main__":
    main()
