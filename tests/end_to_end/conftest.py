"""A kos of the test's own, and processes of the command to keep it with."""

from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from db.engine import Database
from tests.conftest import clone, command
from tests.end_to_end.forks import Forks
from tests.end_to_end.kos import Kos


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Where processes come from."""
    server = Forks()
    yield server
    server.close()


@pytest.fixture
def kos(database: Database, forks: Forks) -> Kos:
    """A book without anything in it."""
    return Kos(database, forks)


@pytest.fixture
def empty_kos(server_url: str, template: str, forks: Forks) -> Iterator[Kos]:
    """Another one, to compare with."""
    yield from _cloned(server_url, template, forks)


@pytest.fixture(scope="module")
def shared_kos(server_url: str, template: str, forks: Forks) -> Iterator[Kos]:
    """One book for all tests of a file: they only look, or fail to change it."""
    yield from _cloned(server_url, template, forks)


def _cloned(server_url: str, template: str, forks: Forks) -> Iterator[Kos]:
    url = clone(server_url, template)
    yield Kos(Database(url), forks)
    command(server_url, f'drop database "{make_url(url).database}" with (force)')
