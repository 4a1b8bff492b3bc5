"""The account of who leaves, settled in one transaction: the worked number of R8, and what may be left of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from db.domain.deposit import DepositExceededError, DepositState
from db.domain.settlement import settle
from db.domain.utilities import ReadingFallsError
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import TenantRef, find_property, find_room
from db.repositories.meters import MeterNotFoundError, find_meter
from db.repositories.statements import Statement, StatementNotFoundError, last_statement
from db.services.charges import post_charge
from db.services.deposits import add_deposit, deposit_state
from db.services.leases import NoLeaseError
from db.services.meters import add_meter, set_tariff
from db.services.moves import move_out
from db.services.payments import record_payment
from db.services.readings import Read, post_readings
from db.services.settling import ClosingDateError, Damage, MeterElsewhereError, close_tenant
from db.tables import charges, events, leases
from tests.db.services.house import House

WINDOW = Damage("Broken window", Decimal(200_000))


def leaving(house: House, owed: int, deposit: int) -> TenantRef:
    """Budi, in A1 since 60 days, with all rent paid but `owed`; negative: so much too much."""
    today = find_property(house.conn, "KOSA").today
    tenant = house.let(today - timedelta(days=60))
    if paid := house.balance(tenant) - owed:
        record_payment(house.conn, tenant, paid)
    if deposit:
        add_deposit(house.conn, tenant, Decimal(deposit), today - timedelta(days=60))
    return tenant


def sums(found: Statement) -> list[int]:
    return [int(x) for x in (found.balance_before, found.posted, found.owed, found.deposit_applied,
                             found.refund_due, found.deposit_held, found.outstanding_balance)]  # fmt: skip


def test_the_worked_number(house: House) -> None:
    tenant = leaving(house, 800_000, 1_500_000)
    found = close_tenant(house.conn, tenant, damages=[WINDOW], key="k")
    assert sums(found) == [800_000, 200_000, 1_000_000, 1_000_000, 500_000, 0, 0]
    assert [(line.kind, line.amount, line.description) for line in found.lines] == [
        ("rent", Decimal(800_000), None), ("damage", Decimal(200_000), "Broken window"),
    ]  # fmt: skip
    assert deposit_state(house.conn, tenant.id) == DepositState(*map(Decimal, (1_500_000, 1_000_000, 500_000)))
    assert close_tenant(house.conn, tenant, damages=[WINDOW], key="k") == found
    assert last_statement(house.conn, tenant.id, "BUDI") == found
    house.deliver()
    assert list(run_checks(house.conn)) == []


@pytest.mark.parametrize(
    ("owed", "deposit", "keep", "expected"),
    [
        (2_000_000, 1_500_000, False, [2_000_000, 0, 2_000_000, 1_500_000, 0, 0, 500_000]),
        (-300_000, 1_500_000, False, [-300_000, 0, -300_000, 0, 1_800_000, 0, 0]),
        (-300_000, 0, False, [-300_000, 0, -300_000, 0, 300_000, 0, 0]),
        (800_000, 1_500_000, True, [800_000, 0, 800_000, 0, 0, 1_500_000, 800_000]),
        (0, 0, False, [0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_what_is_left_is_a_debt_or_paid_out(
    house: House, owed: int, deposit: int, keep: bool, expected: list[int]
) -> None:
    tenant = leaving(house, owed, deposit)
    assert sums(close_tenant(house.conn, tenant, keep_deposit=keep)) == expected
    assert house.balance(tenant) == expected[-1]
    house.deliver()
    assert list(run_checks(house.conn)) == []


amounts = st.decimals(0, 10_000_000, places=0)


@given(st.decimals(-10_000_000, 10_000_000, places=0), amounts, st.booleans())
def test_every_rupiah_of_a_settlement_is_accounted_for(owed: Decimal, held: Decimal, keep: bool) -> None:
    plan = settle(owed, DepositState(received=held), keep=keep)
    assert plan.applied + plan.refunded + plan.held == held
    assert plan.rest == owed - plan.applied + plan.credit
    assert min(plan.applied, plan.refunded, plan.credit, plan.held) >= 0
    if not keep:
        assert plan.held == 0 <= plan.rest
        assert plan.rest == 0 or plan.refunded == 0


def metered(house: House, tenant: TenantRef) -> None:
    prop = find_property(house.conn, "KOSA")
    add_meter(house.conn, prop, find_room(house.conn, "A1", "KOSA"), "electricity")
    set_tariff(house.conn, prop, "electricity", Decimal(1445), tenant.today - timedelta(days=90))
    start = tenant.today - timedelta(days=60)
    post_readings(house.conn, [Read(find_meter(house.conn, "A1"), Decimal("1250.3"))], start)


def test_meters_and_unused_days_stand_on_the_statement(house: House) -> None:
    tenant = leaving(house, 0, 1_500_000)
    metered(house, tenant)
    assert close_unread(house, tenant) == ("electricity",)
    day = tenant.today - timedelta(days=3)
    found = close_tenant(
        house.conn, tenant, day, meters={"electricity": Decimal("1327.8")}, refund="prorate", damages=[WINDOW]
    )
    kinds = {line.kind: line.amount for line in found.lines}
    assert (kinds["electricity"], kinds["damage"]) == (Decimal(111_988), Decimal(200_000))
    assert kinds["credit"] < 0
    assert found.posted == sum(kinds.values())
    assert (found.closed_on, found.unread) == (day, ())
    assert found.outstanding_balance == found.deposit_held == 0
    house.deliver()
    assert list(run_checks(house.conn)) == []


def close_unread(house: House, tenant: TenantRef) -> tuple[str, ...]:
    with house.conn.begin_nested() as savepoint:
        unread = close_tenant(house.conn, tenant).unread
        savepoint.rollback()
    return unread


def test_who_has_left_already_is_settled_later(house: House) -> None:
    tenant = leaving(house, 500_000, 800_000)
    metered(house, tenant)
    day = tenant.today - timedelta(days=2)
    move_out(house.conn, tenant, day)
    with pytest.raises(MeterElsewhereError):
        close_tenant(house.conn, tenant, tenant.today, meters={"electricity": Decimal(1300)})
    found = close_tenant(house.conn, tenant, meters={"electricity": Decimal(1300)})
    assert (found.closed_on, found.moved_in_on) == (day, tenant.today - timedelta(days=60))
    assert sum(e == "TenantLeft" for e in house.conn.execute(select(events.c.type)).scalars()) == 1


def test_what_is_late_costs_its_fee_before_the_account_is_closed(house: House) -> None:
    tenant = leaving(house, 800_000, 0)
    house.conn.execute(update(leases).values(late_fee="flat", late_fee_rate=50_000))
    found = close_tenant(house.conn, tenant)
    assert sums(found)[:3] == [850_000, 0, 850_000]
    assert [line.kind for line in found.lines] == ["rent", "late_fee"]


def test_a_failure_at_the_end_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = leaving(house, 800_000, 1_500_000)
    metered(house, tenant)

    def refuse(*_given: object, **_how: object) -> None:
        raise DepositExceededError(held=0, amount=1)

    monkeypatch.setattr("db.services.settling.refund_deposit", refuse)
    before = [house.conn.execute(select(func.count()).select_from(table)).scalar() for table in (charges, events)]
    with pytest.raises(DepositExceededError), house.conn.begin_nested():
        close_tenant(house.conn, tenant, damages=[WINDOW], meters={"electricity": Decimal("1250.4")})
    after = [house.conn.execute(select(func.count()).select_from(table)).scalar() for table in (charges, events)]
    assert before == after


def test_what_can_not_be_is_refused(house: House) -> None:
    tenant = leaving(house, 0, 0)
    metered(house, tenant)
    with pytest.raises(ClosingDateError):
        close_tenant(house.conn, tenant, tenant.today + timedelta(days=1))
    with pytest.raises(NoLeaseError):
        close_tenant(house.conn, tenant, date(2020, 1, 1))
    with pytest.raises(MeterNotFoundError):
        close_tenant(house.conn, tenant, meters={"water": Decimal(1)})
    with pytest.raises(ReadingFallsError):
        close_tenant(house.conn, tenant, meters={"electricity": Decimal(1)})
    with pytest.raises(StatementNotFoundError):
        last_statement(house.conn, tenant.id, "BUDI")
    post_charge(house.conn, tenant, Decimal(1000), "other")
    assert close_tenant(house.conn, tenant).owed == 1000
