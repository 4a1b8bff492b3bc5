"""People who use the command without a pause, each on a machine of their own: what they were told is written down."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any

from db.errors import ExitCode
from tests.end_to_end.forks import Done, Forks


class Person(Thread):
    """Somebody at a terminal of their own.

    `lost`: the details of the lost changes that they were warned of; `outdated`: how many lists came with a warning.
    """

    def __init__(self, name: str, env: Mapping[str, str], peace: Event) -> None:
        super().__init__(name=name)
        self.env = {**env, "XDG_STATE_HOME": f"{env['HOME']}/{name}"}
        self.forks = Forks()
        self.peace = peace
        self.lost: list[dict[str, Any]] = []
        self.wrong: list[str] = []
        self.outdated = 0

    def ekost(self, *words: str) -> Done:
        """One command to its end; anything but done and unreachable is wrong."""
        done = self.forks.run([*words, "-o", "json"], self.env)
        for line in done.err.splitlines():
            if line.startswith('{"warning"'):
                self._warned(**json.loads(line)["warning"])
        if done.status not in (0, ExitCode.UNREACHABLE):
            self.wrong.append(f"{words}: {done.status} {done.err[-500:]}")
        return done

    def _warned(self, code: str, details: dict[str, Any], **_words: object) -> None:
        if code == "write_lost":
            self.lost.append(details)
        elif code == "read_outdated":
            self.outdated += 1
        else:
            self.wrong.append(code)

    def until_done(self, *words: str) -> str:
        """The command until the database has answered it."""
        while True:
            done = self.ekost(*words)
            if done.status == 0 or self.wrong:
                return done.out
            time.sleep(0.05)


class Payer(Person):
    """Records payments, each repeated with its key until it is acknowledged: the moments, by key."""

    acknowledged: dict[str, float]
    tenant = "T0"

    def run(self) -> None:
        """Payment after payment."""
        self.acknowledged = {}
        while not self.peace.is_set() and not self.wrong:
            key = f"{self.name}-{len(self.acknowledged)}"
            self.pay(key)
            self.acknowledged[key] = time.monotonic()

    def pay(self, key: str) -> None:
        """One payment, as large as its number and always the same under its key."""
        amount = str(1000 + int(key.rpartition("-")[2]))
        self.until_done("payment", "add", self.tenant, amount, "--reference", key, "--key", key)


class Reader(Person):
    """Reads lists: the moment at which each began, whether it was answered, and whether by a replica."""

    reads: list[tuple[float, bool, bool]]

    def run(self) -> None:
        """List after list."""
        self.reads = []
        while not self.peace.is_set() and not self.wrong:
            begun = time.monotonic()
            done = self.ekost("payment", "list", "-v")
            self.reads.append((begun, done.status == 0, "from the replica" in done.err))


class Importer(Person):
    """Imports files, each until it is done; `rows` of all of them."""

    rows = 0
    folder: Path
    size = 400

    def run(self) -> None:
        """File after file."""
        number = 0
        while not self.peace.is_set() and not self.wrong:
            file, number = self.folder / f"payments{number}.csv", number + 1
            lines = [f"T1,{n},2026-0{1 + n % 9}-01,file{number}-{n}" for n in range(1, self.size + 1)]
            file.write_text("tenant,amount,date,reference\n" + "\n".join(lines) + "\n")
            self.bring(file)
            self.rows += self.size

    def bring(self, file: Path) -> None:
        """Import a file, or what of it is not there yet."""
        self.until_done("import", "payments", str(file), "--wait")
