"""More commands than the server has places for, with nothing in front of it: each waits its turn, but not for ever."""

import time
from collections import Counter
from contextlib import ExitStack

import pytest

from db.connecting import TooManyConnectionsError
from db.engine import Database, Limits
from tests.conftest import command
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos

PLACES = 4


@pytest.fixture
def crowded(kos: Kos) -> Kos:
    """A book with a tenant, of which few connections may be open at once."""
    kos.house("A1")
    kos.tenant("Budi", "A1")
    command(kos.database.url, f'alter database "{kos.database.parts[0]}" connection limit {PLACES}')
    return kos


def test_40_processes_take_turns_at_4_places(crowded: Kos, forks: Forks) -> None:
    lines = [["payment", "add", "BUDI", str(1000 + n)] if n % 2 else ["balance", "list"] for n in range(40)]
    ended = forks.wait(forks.start(lines, crowded.env | {"EKOST_CONNECT_TIMEOUT": "30"}))
    assert Counter(done.status for done in ended) == {0: 40}, [done.err for done in ended if done.status][:3]
    assert crowded.sql("select sum(amount) from payments") == sum(1000 + n for n in range(40) if n % 2)
    crowded.assert_sound()


def test_who_finds_no_place_is_told_in_time_and_gets_the_next_one(crowded: Kos) -> None:
    hurried = Database(crowded.database.url, Limits(connect_timeout=1))
    with ExitStack() as held:
        for _ in range(PLACES):
            held.enter_context(crowded.database.reading())
        began = time.monotonic()
        with pytest.raises(TooManyConnectionsError), hurried.reading():
            pass
        assert 0.4 < time.monotonic() - began < 2
        done = crowded.run("tenant", "list", EKOST_CONNECT_TIMEOUT="1")
        assert done.status == 3
        assert done.err.splitlines()[0].endswith("takes no more connections: all of them are in use.")
    with hurried.reading():
        pass
