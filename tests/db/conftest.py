"""Fixtures for the database tests."""

import pytest
from sqlalchemy import Connection

from tests.db.services.house import House


@pytest.fixture
def house(conn: Connection) -> House:
    """KOSA, with room A1."""
    built = House.build(conn)
    built.room()
    return built
