"""The primary is killed and its standby promoted under load: everybody goes on, and what is lost is told, no more.

`make failover` runs it and prints what it came to; EKOST_PG_BIN chooses another PostgreSQL.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from db.engine import Database
from db.repositories.checks.runner import run_checks
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos
from tests.end_to_end.people import Importer, Payer, Person, Reader
from tests.end_to_end.standby import Pair, standing_pair

pytestmark = pytest.mark.slow
PAYERS, BEFORE, CUT_OFF, AFTER = 3, 6.0, 2.5, 8.0


@pytest.fixture
def pair() -> Iterator[Pair]:
    with standing_pair() as made:
        yield made


@pytest.fixture
def crowd(pair: Pair, tmp_path: Path, forks: Forks) -> Iterator["Crowd"]:
    made = Crowd(pair, tmp_path, forks)
    yield made
    for person in made.everybody:
        person.forks.close()


class Crowd:
    """Everybody who works while it happens."""

    def __init__(self, pair: Pair, folder: Path, forks: Forks) -> None:
        self.pair, self.peace = pair, Event()
        kos = Kos(Database(pair.a.url()), forks)
        kos.house("A1")
        for number in range(PAYERS + 1):
            kos.do("tenant", "add", f"Tenant {number}", "--code", f"T{number}", "--property", "KOSA")
        env = kos.env | {"EKOST_DATABASE_URL": pair.url, "EKOST_REPLICA_URLS": pair.b.url(), "HOME": str(folder)}
        self.payers = [Payer(f"payer{number}", env, self.peace) for number in range(PAYERS)]
        self.reader, self.importer = Reader("reader", env, self.peace), Importer("importer", env, self.peace)
        self.importer.folder = folder
        self.everybody: list[Person] = [*self.payers, self.reader, self.importer]
        for payer in self.payers:
            payer.tenant = f"T{payer.name[-1]}"

    def work(self, cut_off: float) -> tuple[float, float]:
        """Work, lose the primary, go on; when it was killed and when the standby took over."""
        for person in self.everybody:
            person.start()
        time.sleep(BEFORE)
        if cut_off:
            self.pair.cut_off()
            time.sleep(cut_off)
        self.pair.a.kill()
        killed = time.monotonic()
        time.sleep(1)
        self.pair.b.promote()
        promoted = time.monotonic()
        time.sleep(AFTER)
        self.peace.set()
        for person in self.everybody:
            person.join(90)
            assert not person.is_alive()
        return killed, promoted

    def acknowledged(self) -> dict[str, float]:
        return {key: at for payer in self.payers for key, at in payer.acknowledged.items()}

    def told(self) -> list[str]:
        """The keys of the payments that people were told are lost."""
        return sorted(str(lost["key"]) for payer in self.payers for lost in payer.lost)

    def there(self) -> list[str]:
        """The keys of the payments in the book, as often as they are there."""
        found = self.pair.b.sql(
            "select array_agg(reference::text order by reference) from payments where reference ~ '^payer'"
        )
        return list(found or [])


def judge(crowd: Crowd, killed: float, promoted: float) -> list[str]:
    """What was lost: exactly that was told. Everything else is there once, and everybody went on."""
    assert [person.wrong for person in crowd.everybody if person.wrong] == []
    acknowledged, there = crowd.acknowledged(), crowd.there()
    assert len(set(there)) == len(there)
    lost = sorted(acknowledged.keys() - set(there))
    assert crowd.told() == lost
    assert all(acknowledged[key] < promoted for key in lost)
    again = [at for at in acknowledged.values() if at > promoted]
    reads = crowd.reader.reads
    assert again
    assert all(answered for begun, answered, _replica in reads if begun > promoted + 2)
    with Database(crowd.pair.b.url()).reading() as conn:
        assert list(run_checks(conn)) == []
    served, refused = sum(replica for _, _, replica in reads), sum(not answered for _, answered, _ in reads)
    print(
        f"\n{len(acknowledged)} payments acknowledged, {len(lost)} lost, {len(crowd.told())} told; "
        f"{len(reads)} lists, {served} from the standby, {crowd.reader.outdated} with a warning, {refused} refused; "
        f"{crowd.importer.rows} rows in files; first payment {min(again) - promoted:.2f} s after the promotion, "
        f"{min(again) - killed:.2f} s after the kill"
    )
    return lost


def test_what_a_failover_lost_is_told_exactly(pair: Pair, crowd: Crowd) -> None:
    lost = judge(crowd, *crowd.work(CUT_OFF))
    assert lost
    # What was told is repeated with its keys, and the files once more: then all is there, and once.
    for payer in crowd.payers:
        for detail in payer.lost:
            payer.pay(str(detail["key"]))
    for file in sorted(crowd.importer.folder.glob("*.csv")):
        crowd.importer.bring(file)
    assert sorted(crowd.acknowledged()) == crowd.there()
    imported = pair.b.sql("select count(*) from payments where reference ~ '^file'")
    assert (
        imported
        == crowd.importer.rows
        == pair.b.sql("select count(distinct reference) from payments where reference ~ '^file'")
    )


def test_a_synchronous_standby_loses_nothing(pair: Pair, crowd: Crowd) -> None:
    pair.a.set("synchronous_standby_names", "*")
    assert judge(crowd, *crowd.work(0)) == []
    assert pair.b.sql("select count(*) from payments where reference ~ '^file'") == crowd.importer.rows


def test_who_does_not_wait_for_the_standby_is_told_that_it_is_committed(
    pair: Pair, tmp_path: Path, forks: Forks
) -> None:
    kos = Kos(Database(pair.a.url()), forks)
    kos.house("A1")
    kos.tenant("Budi")
    pair.a.set("synchronous_standby_names", "*")
    pair.cut_off()
    env = kos.env | {"EKOST_DATABASE_URL": pair.url, "HOME": str(tmp_path), "EKOST_STATEMENT_TIMEOUT": "1"}
    command = [Path(sys.executable).with_name("ekost"), "payment", "add", "Budi", "1500"]
    paying = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    pair.a.wait("select count(*) from pg_stat_activity where wait_event = 'SyncRep'")
    time.sleep(2)  # no timeout of a statement ends this wait
    assert paying.poll() is None
    paying.send_signal(signal.SIGINT)
    out, err = paying.communicate(timeout=20)
    assert (paying.returncode, out) == (130, "")
    assert err.startswith("ekost: warning: The change is committed, but no standby has confirmed")
    assert pair.a.sql("select count(*) from payments") == 1
