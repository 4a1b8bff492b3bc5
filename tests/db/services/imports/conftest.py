"""A house with tenants to pay."""

from datetime import date

import pytest
from sqlalchemy import Connection

from tests.db.services.house import House


@pytest.fixture
def kosa(conn: Connection) -> House:
    """KOSA with Budi, who owes rent, and Ani and Siti, who have no room."""
    house = House.build(conn)
    house.room()
    budi = house.let(date(2026, 1, 10))
    house.freeze(budi)
    for name in ("Ani Lestari", "Siti Aminah"):
        house.tenant(name)
    return house
