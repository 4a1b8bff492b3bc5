"""Payments, reversals, deposits and keys: what was acknowledged is there once, and history only grows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from db.domain.dates import FutureDateError
from db.domain.deposit import DepositExceededError
from db.domain.ledger import AlreadyReversedError, ReversalReversedError
from db.domain.money import NonPositiveAmountError
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_tenant
from db.services.charges import post_charge
from db.services.deposits import add_deposit, apply_deposit, deposit_state, refund_deposit
from db.services.payments import record_payment
from db.services.requests import KeyReusedError
from db.services.reversals import void_charge, void_payment
from db.tables import balances, deliveries, events, payments
from tests.db.services.house import House

DAY = date(2026, 3, 10)


def test_money_given_to_the_wrong_tenant_is_reversed_and_both_histories_tell_it(house: House) -> None:
    house.room("A2")
    ani, budi = house.tenant("Ani"), house.tenant("Budi")
    wrong = record_payment(house.conn, ani, Decimal(1_500_000), DAY)
    void_payment(house.conn, wrong, "was Budi's")
    record_payment(house.conn, budi, Decimal(1_500_000), DAY)
    assert (house.balance(ani), house.balance(budi)) == (0, -1_500_000)
    amounts = [line.amount for line in Ledger(house.conn).payments(tenant_id=ani.id).items]
    assert amounts == [Decimal(-1_500_000), Decimal(1_500_000)]


def test_a_reversal_restores_the_balance_exactly(house: House) -> None:
    budi = house.let(date(2026, 1, 10), until=DAY)
    house.freeze(budi)
    before = house.conn.execute(select(balances).where(balances.c.tenant_id == budi.id)).one()
    void_payment(house.conn, record_payment(house.conn, budi, Decimal("1234567.89"), DAY), "typo")
    void_charge(house.conn, post_charge(house.conn, budi, Decimal("50000.50"), "damage"), "not Budi's")
    after = house.conn.execute(select(balances).where(balances.c.tenant_id == budi.id)).one()
    told = ("outstanding_balance", "paid_through_on", "oldest_due_on", "status")
    assert [getattr(after, name) for name in told] == [getattr(before, name) for name in told]


def test_an_entry_is_reversed_once_and_a_reversal_never(house: House) -> None:
    budi = house.tenant()
    payment = record_payment(house.conn, budi, Decimal(10), DAY)
    reversal = void_payment(house.conn, payment, "typo")
    with pytest.raises(AlreadyReversedError):
        void_payment(house.conn, payment, "again")
    with pytest.raises(ReversalReversedError):
        void_payment(house.conn, reversal, "undo the undo")


def test_a_payment_in_the_future_or_of_nothing_is_refused(house: House) -> None:
    budi = house.tenant()
    with pytest.raises(FutureDateError):
        record_payment(house.conn, budi, Decimal(10), budi.today + timedelta(days=1))
    for amount in (Decimal(0), Decimal(-5)):
        with pytest.raises(NonPositiveAmountError):
            record_payment(house.conn, budi, amount, DAY)
    assert house.balance(budi) == 0


def test_the_same_key_gives_the_first_answer_again(house: House) -> None:
    budi = house.tenant()
    first = record_payment(house.conn, budi, Decimal(10), DAY, key="transfer-77")
    assert record_payment(house.conn, budi, Decimal(10), DAY, key="transfer-77") == first
    assert house.balance(budi) == -10
    with pytest.raises(KeyReusedError):
        record_payment(house.conn, budi, Decimal(11), DAY, key="transfer-77")


def test_an_old_payment_makes_the_partition_of_its_year(house: House) -> None:
    budi = house.tenant()
    record_payment(house.conn, budi, Decimal(10), date(2019, 7, 1))
    record_payment(house.conn, budi, Decimal(10), date(2019, 12, 31))
    where = house.conn.execute(select(func.count()).select_from(text("payments_2019"))).scalar_one()
    assert where == 2
    assert house.conn.execute(text("select count(*) from payments_default")).scalar_one() == 0


def test_each_payment_tells_one_numbered_event_to_each_consumer(house: House) -> None:
    budi = house.tenant()
    for _ in range(3):
        record_payment(house.conn, budi, Decimal(10), DAY)
    e = events.c
    told = house.conn.execute(
        select(e.id, e.tenant_seq, e.payload).where(e.type == "PaymentRecorded").order_by(e.id)
    ).all()
    assert [row.tenant_seq for row in told] == [2, 3, 4]
    assert set(told[0].payload) >= {"tenantId", "paymentId", "amount", "date", "timestamp"}
    count = select(func.count()).where(deliveries.c.event_id.in_([row.id for row in told]))
    assert house.conn.execute(count).scalar_one() == 6


def test_a_deposit_pays_arrears_and_damage_and_the_rest_goes_back(house: House) -> None:
    budi = house.tenant()
    add_deposit(house.conn, budi, Decimal(1_500_000), DAY)
    post_charge(house.conn, budi, Decimal(800_000), "other", due_on=DAY)
    post_charge(house.conn, budi, Decimal(200_000), "damage", due_on=DAY)
    apply_deposit(house.conn, budi, Decimal(1_000_000), DAY)
    refund_deposit(house.conn, budi, Decimal(500_000), DAY)
    assert house.balance(budi) == 0
    assert deposit_state(house.conn, budi.id).held == 0
    with pytest.raises(DepositExceededError):
        refund_deposit(house.conn, budi, Decimal(1), DAY)


def test_voiding_a_payment_out_of_the_deposit_gives_it_back_to_the_deposit(house: House) -> None:
    budi = house.tenant()
    add_deposit(house.conn, budi, Decimal(100), DAY)
    apply_deposit(house.conn, budi, Decimal(60), DAY)
    payment = house.conn.execute(select(payments.c.id).where(payments.c.method == "deposit")).scalar_one()
    void_payment(house.conn, payment, "not yet")
    assert deposit_state(house.conn, budi.id).held == 100
    assert house.balance(budi) == 0


@pytest.mark.parametrize("table", ["payments", "charges", "events", "reversals", "deposit_entries"])
@pytest.mark.parametrize("change", ["update {} set actor = 'x'", "delete from {}", "truncate {} cascade"])
def test_history_is_append_only(house: House, table: str, change: str) -> None:
    budi = house.tenant()
    post_charge(house.conn, budi, Decimal(5), "other")
    void_payment(house.conn, record_payment(house.conn, budi, Decimal(10), DAY), "typo")
    add_deposit(house.conn, budi, Decimal(1), DAY)
    statement = text(change.format(table))
    with pytest.raises(DBAPIError) as refused, house.conn.begin_nested():
        house.conn.execute(statement)
    assert getattr(refused.value.orig, "sqlstate", "") == "EK001"


def test_no_partition_can_be_emptied_behind_the_back(conn: Connection) -> None:
    names = conn.execute(
        text(
            "select inhrelid::regclass::text from pg_inherits"
            " where inhparent in ('payments'::regclass, 'events'::regclass)"
        )
    ).scalars()
    for name in list(names):
        with pytest.raises(DBAPIError) as refused, conn.begin_nested():
            conn.execute(text(f"truncate {name} cascade"))
        assert getattr(refused.value.orig, "sqlstate", "") == "EK001"


def test_a_row_written_straight_into_a_partition_reaches_the_balance(house: House) -> None:
    budi = house.tenant()
    record_payment(house.conn, budi, Decimal(10), DAY)
    house.conn.execute(
        text(
            "insert into payments_2026_03 (id, property_id, tenant_id, payment_date, amount, event_id)"
            " overriding system value"
            " select 900000, property_id, tenant_id, payment_date, 7, event_id from payments limit 1"
        )
    )
    assert house.balance(find_tenant(house.conn, "BUDI")) == -17
