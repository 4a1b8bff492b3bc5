"""Deliveries end once, whatever happens around them."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlalchemy import Connection, select, text

from db.engine import Database
from db.outbox import Delivery, claim
from db.services.payments import record_payment
from db.tables import deliveries, events
from jobs import drain as module
from jobs.drain import drain
from tests.db.services.house import House


@pytest.fixture
def paid(database: Database) -> list[int]:
    """A house with three tenants who have paid; the ids of the events of their payments."""
    with database.transaction() as conn:
        house = House.build(conn)
        for name in ("Ani", "Budi", "Citra"):
            record_payment(conn, house.tenant(name), Decimal(100_000))
        conn.execute(text("update deliveries set state = 'discarded', discard_reason = 'x' where consumer = 'audit'"))
        return list(conn.execute(select(events.c.id).where(events.c.type == "PaymentRecorded")).scalars())


def states(database: Database) -> list[str]:
    with database.reading() as conn:
        query = select(deliveries.c.state).where(deliveries.c.consumer == "balances").order_by(deliveries.c.event_id)
        return list(conn.execute(query).scalars())


def test_drains_what_is_due_and_then_nothing(database: Database, paid: list[int]) -> None:
    assert drain(database, "balances") == 3
    assert states(database) == ["done"] * 3
    assert drain(database, "balances") == 0


def test_one_that_fails_holds_up_no_other(database: Database, paid: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def deliver(conn: Connection, held: Sequence[Delivery]) -> Sequence[Delivery]:
        if any(delivery.event_id == paid[1] for delivery in held):
            conn.execute(text("select 1 / (amount - 100000) from payments where tenant_id = 2"))
        return []

    monkeypatch.setitem(module.EFFECTS, "balances", deliver)
    assert drain(database, "balances") == 2
    assert states(database) == ["done", "ready", "done"]
    with database.reading() as conn:
        of = (deliveries.c.event_id == paid[1], deliveries.c.consumer == "balances")
        error = conn.execute(select(deliveries.c.last_error).where(*of)).scalar_one()
    assert error.startswith("DataError 22012")
    assert "100000" not in error


def test_a_claim_that_was_lost_is_taken_over(database: Database, paid: list[int]) -> None:
    with database.transaction() as conn:
        assert len(claim(conn, "balances", 10)) == 3
    assert drain(database, "balances") == 0
    with database.transaction() as conn:
        conn.execute(text("update deliveries set not_before = now() where state = 'leased'"))
    assert drain(database, "balances") == 3
