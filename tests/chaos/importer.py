"""Somebody who imports files of payments, each again and again until the command says that it was taken.

Run as a program: journal, folder of the files, seed. The command is killed now and then, and by others too.
"""

import random
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from db.errors import ExitCode
from tests.chaos.journal import File, Journal, Pen, is_peace
from tests.chaos.town import TENANTS

EKOST = Path(sys.executable).with_name("ekost")
HEADER = "tenant,amount,date,method,reference\n"
# Rows of a file: most are small, some take two chunks, or load two years that are new to the book.
SMALL, LARGE = (50, 4000), (51_000, 60_000)
ENDED_WELL = (ExitCode.DONE, ExitCode.REJECTED_ROWS)


class Importer:
    """One process. It begins no file more when there is peace; the one that was begun is still brought to its end."""

    def __init__(self, path: Path, folder: Path, seed: int) -> None:
        self.name, self.path, self.folder = path.stem, path, folder
        self.chance = random.Random(f"{seed} {path.stem}")
        self.pen = Pen(path)

    def work(self) -> None:
        """File after file."""
        journal = Journal.read([self.path])
        for file in journal.files.values():
            if not file.accepted:
                self._insist(file)
        number = len(journal.files)
        while not is_peace(self.path):
            self._insist(self._write(f"{self.name}-{number}"))
            number += 1
            time.sleep(self.chance.expovariate(1))

    def _write(self, name: str) -> File:
        """A new file; one row in fifty is of nobody."""
        large = self.chance.random() < 0.15
        count = self.chance.randint(*(LARGE if large else SMALL))
        back = 365 * self.chance.randrange(3, 24) if large and self.chance.random() < 0.5 else 0
        bad = 0
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8") as file:
            file.write(HEADER)
            for row in range(count):
                known = self.chance.random() > 0.02
                bad += not known
                tenant = f"T{self.chance.randrange(TENANTS)}" if known else "NOBODY"
                day = date.today() - timedelta(days=back + self.chance.randrange(1, 170))  # noqa: DTZ011
                file.write(f"{tenant},{self.chance.randint(1, 90)},{day},transfer,{name}-{row}\n")
        self.pen.write(what="file", name=name, good=count - bad, bad=bad)
        return File(name, count - bad, bad)

    def _insist(self, file: File) -> None:
        words = [EKOST, "import", "payments", str(self.folder / f"{file.name}.csv")]
        if self.chance.random() < 0.3:
            words.append("--wait")
        while (status := self._attempt(words)) not in ENDED_WELL:
            if status > 0 and status != ExitCode.UNREACHABLE:
                self.pen.write(what="taken", name=file.name, refused=f"exit {status}")
                return
            time.sleep(0.2)
        self.pen.write(what="taken", name=file.name, accepted=True)

    def _attempt(self, words: list[str | Path]) -> int:
        child = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        if self.chance.random() < 0.3:
            time.sleep(self.chance.uniform(0.2, 1.5))
            child.kill()
        return child.wait()


if __name__ == "__main__":
    Importer(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])).work()
