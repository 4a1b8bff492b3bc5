"""Behind PgBouncer, which hands each transaction another connection of the server."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import Database, Limits
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos
from tests.end_to_end.pooler import PGBOUNCER, pooler

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed (Debian: pgbouncer)")


@pytest.fixture
def pooled(database: Database, forks: Forks) -> Iterator[Kos]:
    """A book that is only reached through four connections."""
    with pooler(database.url, 4) as front:
        yield Kos(front, forks)


def test_a_connection_that_is_kept_prepares_nothing_there(pooled: Kos) -> None:
    kept = Database(pooled.database.url, Limits(pool_size=3))
    pids = set()
    for number in range(40):
        # Whoever comes first gets the connection that was used last.
        with ExitStack() as others, pooled.database.reading() as other:
            if number % 2:
                other.execute(text("select 1"))
            conn = others.enter_context(kept.transaction())
            pids.add(conn.execute(text("select pg_backend_pid()")).scalar_one())
            assert conn.execute(text("select :number + 1"), {"number": number}).scalar_one() == number + 1
    kept.engine.dispose()
    assert len(pids) > 1


def test_a_connection_straight_to_the_server_prepares(database: Database) -> None:
    kept = Database(database.url, Limits(pool_size=3))
    for _ in range(10):
        with kept.reading() as conn:
            conn.execute(text("select 1 + 1"))
    with kept.reading() as conn:
        prepared = conn.execute(text("select count(*) from pg_prepared_statements")).scalar_one()
    kept.engine.dispose()
    assert prepared > 0


def test_a_day_of_work(pooled: Kos, tmp_path: Path) -> None:
    pooled.house("A1", "A2")
    budi = pooled.tenant("Budi", "A1", since="2026-08-15")
    pooled.do("payment", "add", budi, "1500000", "--on", "2026-08-16")
    file = tmp_path / "payments.csv"
    file.write_text("tenant,amount,date\n" + "".join(f"{budi},{n},2026-09-01\n" for n in range(1, 301)))
    pooled.do("import", "payments", str(file))
    pooled.do("worker", "--once")
    pooled.do("balance", "refresh", "--all")
    pooled.do("report", "monthly", "--refresh")
    assert pooled.do("check") == ""
    assert pooled.sql("select count(*) from deliveries where done_at is null") == 0


def test_60_processes_share_four_connections(pooled: Kos) -> None:
    pooled.house("A1")
    budi = pooled.tenant("Budi", "A1", since="2026-08-15")
    owed = Decimal(pooled.balance(budi))
    ended = pooled.race([["payment", "add", budi, str(1000 + n)] for n in range(60)])
    assert Counter(done.status for done in ended) == {0: 60}, [done.err for done in ended if done.status]
    assert Decimal(pooled.balance(budi)) == owed - sum(range(1000, 1060))
    pooled.assert_sound()


@pytest.mark.slow
def test_200_processes_share_20_connections(database: Database, forks: Forks) -> None:
    with pooler(database.url, 20) as front:
        kos = Kos(front, forks)
        kos.house("A1")
        codes = [kos.tenant(f"Tenant {n}") for n in range(20)]
        lines = [["payment", "add", codes[n % 20], str(1000 + n)] if n % 2 else ["balance", "list"] for n in range(200)]
        ended = kos.race(lines)
        assert Counter(done.status for done in ended) == {0: 200}, [done.err for done in ended if done.status][:5]
        assert kos.sql("select sum(amount) from payments") == sum(1000 + n for n in range(200) if n % 2)
        kos.assert_sound()
