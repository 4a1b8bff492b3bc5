"""Fixtures for the database tests."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from db.engine import Database
from tests.db.services.house import House
from tests.db.services.people import People


@pytest.fixture
def house(conn: Connection) -> House:
    """KOSA, with room A1."""
    built = House.build(conn)
    built.room()
    return built


@pytest.fixture
def people(database: Database) -> Iterator[People]:
    """The owner of a book of the test's own, who gives logins to others."""
    known = People(database)
    yield known
    known.leave()
