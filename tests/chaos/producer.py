"""Somebody who records payments, each under a key of its own, until every one of them is acknowledged.

Run as a program: journal, seed, and `service` (the function that every front end calls) or `command` (`ekost payment
add`, a process for each). Killed and started again it first repeats what its journal leaves open, with the same keys.
"""

import json
import os
import random
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

from db.engine import Database, Limits
from db.errors import EkostError, ExitCode, UnreachableError
from db.repositories.lookup import find_tenant
from db.services.payments import record_payment
from tests.chaos.journal import Attempt, Journal, Pen, is_peace
from tests.chaos.site import DATABASE
from tests.chaos.town import TENANTS

EKOST = Path(sys.executable).with_name("ekost")
# Between two payments, and before the next attempt; seconds on the average.
THINKING, PATIENCE = 0.01, 0.05


class Producer:
    """One process. It begins nothing more when there is peace; what was begun is still brought to its end."""

    def __init__(self, path: Path, seed: int, way: str) -> None:
        self.name, self.path, self.way = path.stem, path, way
        self.chance = random.Random(f"{seed} {path.stem}")
        self.pen = Pen(path)
        self.database = Database(os.environ[DATABASE], Limits(pool_size=2))

    def work(self) -> None:
        """Payment after payment."""
        journal = Journal.read([self.path])
        for attempt in journal.open():
            self._insist(attempt)
        number = len(journal.attempts)
        while not is_peace(self.path):
            amount = str(self.chance.randint(1, 900))
            attempt = Attempt(f"{self.name}-{number}", f"T{self.chance.randrange(TENANTS)}", amount)
            self.pen.write(what="attempt", key=attempt.key, tenant=attempt.tenant, amount=amount)
            self._insist(attempt)
            number += 1
            time.sleep(self.chance.expovariate(1 / THINKING))

    def _insist(self, attempt: Attempt) -> None:
        pay = self._by_command if self.way == "command" else self._by_service
        while not (answer := pay(attempt)):
            time.sleep(PATIENCE)
        self.pen.write(what="answer", key=attempt.key, **answer)

    def _by_service(self, attempt: Attempt) -> dict[str, object]:
        """What was answered; nothing when nobody knows whether it is there."""
        try:
            with self.database.transaction(ring=True) as conn:
                tenant, amount = find_tenant(conn, attempt.tenant), Decimal(attempt.amount)
                number = record_payment(conn, tenant, amount, reference=attempt.key, key=attempt.key)
            return {"number": number}
        except UnreachableError:
            return {}
        except EkostError as error:
            return {"refused": error.code}

    def _by_command(self, attempt: Attempt) -> dict[str, object]:
        words = ["payment", "add", attempt.tenant, attempt.amount, "--reference", attempt.key, "--key", attempt.key]
        done = subprocess.run([EKOST, *words, "-o", "json"], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return {"number": json.loads(done.stdout)["id"]}
        if done.returncode < 0 or done.returncode == ExitCode.UNREACHABLE:
            return {}
        return {"refused": f"{done.returncode} {done.stderr[-500:]}"}


if __name__ == "__main__":
    Producer(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]).work()
