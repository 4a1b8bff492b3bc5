"""A house with tenants to pay."""

from datetime import date

import pytest
from sqlalchemy import Connection, text

from db.engine import Database
from db.services.imports import chunks, preparing
from tests.db.services.house import House
from tests.db.services.imports.filing import TENANTS


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


@pytest.fixture
def book(database: Database) -> Database:
    """A book with forty tenants."""
    with database.transaction() as conn:
        conn.execute(text("insert into properties (code, name) values ('KOSA', 'Kos Melati')"))
        conn.execute(text("""
            insert into tenants (property_id, code, name)
            select 1, 'T' || n, 'Tenant ' || n from generate_series(1, :most) n
        """), {"most": TENANTS})  # fmt: skip
    return database


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SIZE", 50)


@pytest.fixture
def one_part(small_chunks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows in one order, not in parts that are sorted side by side."""
    monkeypatch.setattr(preparing, "IMPORT_CONNECTIONS", 1)
