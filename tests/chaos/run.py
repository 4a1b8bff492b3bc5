"""One run: a site, people who record payments and import files, blows by a seed, then peace and the judge."""

import heapq
import itertools
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from db.errors import UnreachableError
from tests.chaos.blows import Blow, Mend
from tests.chaos.journal import Journal, make_peace
from tests.chaos.judge import EVER, Moment, newest, open_work, verdict
from tests.chaos.site import Site, new_site
from tests.chaos.town import found_town
from tests.chaos.variants import VARIANTS, Variant

# Seconds: how long all may take to be done after the last blow is mended, and how long we look before giving up.
DRAINED, PATIENCE = 10.0, 60.0
SERVICES, COMMANDS = 3, 1


@dataclass
class Report:
    """How a run went; `wrong` is empty when nothing was lost or doubled."""

    variant: str
    seed: int
    seconds: float
    kills: int = 0
    blows: int = 0
    acknowledged: int = 0
    files: int = 0
    rows: int = 0
    drained: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """The run in one line."""
        ended = "ok" if not self.wrong else f"WRONG ({len(self.wrong)})"
        work = f"{self.acknowledged:5} payments {self.files:3} files {self.rows:7} rows"
        blows = f"{self.blows:3} blows {self.kills:4} kills"
        name = f"{self.variant:<16} seed {self.seed:<3} {self.seconds:3.0f} s"
        return f"{name}  {blows}  {work}  drained {self.drained:4.1f} s  {ended}"


@dataclass(frozen=True)
class Planned:
    """A blow, when it falls and how long it stays unmended, in seconds."""

    at: float
    blow: Blow
    lasts: float


def plan(variant: Variant, chance: random.Random, seconds: float) -> list[Planned]:
    """The blows of a run; the same for the same seed."""
    planned: list[Planned] = []
    at = 0.0
    while variant.blows and (at := at + 0.1 + chance.expovariate(1 / variant.pause)) < seconds:
        (blow,) = chance.choices(list(variant.blows), list(variant.blows.values()))
        planned.append(Planned(at, blow, min(0.05 + chance.expovariate(1 / 1.5), 8)))
    return planned


class Run:
    """A site with its people."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.seed = site, seed
        self.journals = site.folder / "journals"
        self.journals.mkdir()
        self.chance = random.Random(seed)
        self.people: dict[tuple[str, ...], subprocess.Popen[bytes]] = {}

    def settle_in(self) -> None:
        """Found the town and let the worker do its first work in peace."""
        with self.site.database.transaction() as conn:
            found_town(conn)
        self.site.crew.start()
        if self._wait_until(self._is_drained, PATIENCE) >= PATIENCE:
            raise AssertionError(f"the worker does nothing, see {self.site.folder}")
        for number in range(SERVICES + COMMANDS):
            way = "service" if number < SERVICES else "command"
            self._send("producer", str(self.journals / f"p{number}.jsonl"), str(self.seed), way)
        self._send("importer", str(self.journals / "f0.jsonl"), str(self.site.folder), str(self.seed))

    def suffer(self, variant: Variant, seconds: float) -> int:
        """Let the planned blows fall, each mended in its time; all are mended at the end."""
        order = itertools.count()
        agenda: list[tuple[float, int, Planned | Mend]] = []
        for planned in plan(variant, self.chance, seconds):
            heapq.heappush(agenda, (planned.at, next(order), planned))
        count, begun = len(agenda), time.monotonic()
        heapq.heappush(agenda, (seconds, next(order), lambda: None))
        while agenda:
            at, _, due = heapq.heappop(agenda)
            self._pass_time(begun + at)
            if not isinstance(due, Planned):
                due()
            elif mend := due.blow(self.site, self.chance):
                heapq.heappush(agenda, (min(at + due.lasts, seconds), next(order), mend))
        return count

    def make_peace(self) -> float:
        """Everything runs again; how long the work took that was left then, or when the last person had gone."""
        self.site.start_valkey()
        self.site.start_postgres()
        self.site.command("balance", "list")  # where the servers are bundled, the next command starts them
        self.site.crew.start()
        left = self._newest()
        first = self._wait_until(lambda: self._is_drained(left), PATIENCE)
        make_peace(self.journals)
        if self._wait_until(self._is_everybody_gone, PATIENCE * 2) >= PATIENCE * 2:
            raise AssertionError(f"{list(self.people)} find no end, see {self.site.folder}")
        return max(first, self._wait_until(self._is_drained, PATIENCE))

    def judge(self) -> list[str]:
        """What is wrong: with the book, by our own questions and by those of the program, and with processes."""
        with self.site.database.reading() as conn:
            wrong = list(verdict(conn, self.journal()))
        for words in (("check",), ("audit", "verify")):
            done = self.site.command(*words)
            if done.returncode or done.stdout:
                wrong.append(f"ekost {' '.join(words)}: exit {done.returncode} {done.stdout}{done.stderr}")
        # A bundled server stays when the worker that started it is gone.
        servers = {*self.site.postgres(), *self.site.valkey()}
        left = [pid for pid in self.site.crew.orphans() if pid not in servers]
        wrong += [f"process {pid} has outlived its worker" for pid in left]
        return wrong

    def journal(self) -> Journal:
        return Journal.read(self.journals.glob("*.jsonl"))

    def _send(self, *words: str) -> None:
        self.people[words] = self.site.program(*words)

    def _revive(self) -> None:
        """Who was killed comes back and goes on; who ended by itself has found a bug."""
        for words, person in list(self.people.items()):
            status = person.poll()
            if status == -signal.SIGKILL:
                self._send(*words)
            elif status is not None:
                raise AssertionError(f"{words}: exit {status}, see {self.site.folder}")

    def _is_everybody_gone(self) -> bool:
        self.people = {words: person for words, person in self.people.items() if person.poll() != 0}
        self._revive()
        return not self.people

    def _pass_time(self, until: float) -> None:
        while (left := until - time.monotonic()) > 0:
            self._revive()
            time.sleep(min(left, 0.2))

    def _newest(self) -> Moment:
        """What has been written so far. After the last blow the database may be about to read its log again."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with self.site.database.reading() as conn:
                    return newest(conn)
            except UnreachableError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def _is_drained(self, until: Moment = EVER) -> bool:
        try:
            with self.site.database.reading() as conn:
                return not open_work(conn, until)
        except UnreachableError:
            return False

    def _wait_until(self, done: Callable[[], bool], seconds: float) -> float:
        """How long it took; `seconds` when it did not happen."""
        begun = time.monotonic()
        while not done() and time.monotonic() - begun < seconds:
            time.sleep(0.05)
        return time.monotonic() - begun


def run(name: str, seed: int, seconds: float) -> Report:
    """One variant with one seed. The folder of the site is kept when something is wrong."""
    variant, report = VARIANTS[name], Report(name, seed, seconds)
    with new_site(proxied=variant.proxied, bundled=variant.bundled, workers=variant.workers) as site:
        course = Run(site, seed)
        course.settle_in()
        report.blows = course.suffer(variant, seconds)
        report.drained = course.make_peace()
        report.kills = site.kills
        report.wrong = course.judge()
        if report.drained > DRAINED:
            report.wrong.append(f"drained after {report.drained:.1f} s")
        journal = course.journal()
        report.acknowledged, report.files = len(journal.acknowledged()), len(journal.files)
        report.rows = sum(file.good + file.bad for file in journal.files.values())
        if report.wrong:
            site.kept = True
            report.wrong.append(f"see {site.folder}")
    return report
