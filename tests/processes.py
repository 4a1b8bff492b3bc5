"""The processes of this machine, as /proc tells of them, or `ps` where there is none."""

import os
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """A living process: its parent and its command line."""

    parent: int
    command: str


def all_processes() -> dict[int, Process]:
    """Every living process; a zombie lives no more."""
    if not Path("/proc/self/stat").exists():
        return _listed()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The name in the second column may hold anything; what follows it does not.
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if state != "Z":
                found[int(folder.name)] = Process(int(parent), command)
    return found


def _listed() -> dict[int, Process]:
    columns = ["-o", "pid=", "-o", "ppid=", "-o", "stat=", "-o", "args="]
    listed = subprocess.run(["ps", "-A", "-ww", *columns], capture_output=True, text=True, check=True)
    rows = (line.split(maxsplit=3) for line in listed.stdout.splitlines())
    return {int(row[0]): Process(int(row[1]), row[3]) for row in rows if len(row) == 4 and row[2][0] != "Z"}


def descendants(root: int) -> list[list[int]]:
    """The processes below `root`, generation by generation: children, grandchildren, …"""
    everybody = all_processes()
    generations = [[root]]
    while generations[-1]:
        above = set(generations[-1])
        generations.append(sorted(pid for pid, process in everybody.items() if process.parent in above))
    return generations[1:-1]


def marked(mark: str) -> list[int]:
    """The processes that were started with this text, `NAME=value`, in their environment."""
    found, wanted = [], mark.encode()
    for pid in all_processes():
        with suppress(OSError):
            if wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                found.append(pid)
    return sorted(found)


def signal_all(pids: Iterable[int], number: signal.Signals) -> int:
    """Signal those that are still there; how many they were."""
    told = 0
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
            told += 1
    return told
