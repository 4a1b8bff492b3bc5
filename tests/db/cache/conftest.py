"""A town with tenants, and a real Valkey that keeps answers of it."""

from collections.abc import Callable, Iterator

import pytest

from db.cache.cache import Answer, Cache
from db.cache.client import Client
from db.cache.fresh import fresh_of
from db.cache.keeper import Keeper
from db.cache.memory import Memory
from db.cache.place import read_place
from db.engine import Database
from tests.jobs.conftest import _bell, _town_template, bell, town  # noqa: F401 - fixtures
from tests.jobs.running import Bell

Open = Callable[[], Cache]


@pytest.fixture
def cache_url(bell: Bell) -> str:  # noqa: F811
    """A database of the Valkey beside that of the queue, empty."""
    url = bell.url.replace("db=0", "db=1")
    client = Client(read_place(url), 2.0)
    client.ask("FLUSHDB")
    client.close()
    return url


@pytest.fixture
def open_cache(
    cache_url: str,
    town: Database,  # noqa: F811
    tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Open]:
    """`open_cache()`: the cache of the town as another command of the same person finds it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    clients: list[Client] = []

    def opened() -> Cache:
        # Where the machine is busy an answer of Redis may take longer than a person would be made to wait.
        cache = Cache(Client(read_place(cache_url), 0.3), Memory(town.url))
        if not cache.memory.book:
            with town.reading() as conn:
                cache.memory.learn(fresh_of(conn))
        clients.append(cache.client)
        town.keeper = Keeper(cache)
        return cache

    yield opened
    town.keeper = None
    for client in clients:
        client.close()


def read_in(town: Database, read: Callable[..., object]) -> Callable[[], Answer]:  # noqa: F811
    """What asks the book, with what must be known to keep the answer."""

    def answer() -> Answer:
        with town.reading() as conn:
            return Answer(read(conn), fresh_of(conn))

    return answer
