"""Which money paid which charge (R12, R13)."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from db.domain.allocation import (
    Allocation,
    Debt,
    MoneyIn,
    allocate,
    oldest_due_on,
    paid_through,
    status,
    still_open,
)
from db.domain.rent import Policy, Terms, rent_due
from tests.db.domain.strategies import days

KINDS = ["rent", "electricity", "water", "internet", "opening", "damage", "late_fee"]


def _rents(*months: int, amount: int = 1_500_000) -> list[Debt]:
    return [
        Debt(month, "rent", date(2026, month, 10), Decimal(amount), date(2026, month, 10), date(2026, month + 1, 10))
        for month in months
    ]


def _paid(amount: int, on: date = date(2026, 3, 10)) -> list[MoneyIn]:
    return [MoneyIn(1, on, Decimal(amount))] if amount else []


def _open(allocation: Allocation) -> list[Decimal]:
    return [line.open for line in allocation.lines]


def test_half_a_million_goes_to_the_oldest_month() -> None:
    allocation = allocate(_rents(1, 2, 3), _paid(500_000))
    assert _open(allocation) == [1_000_000, 1_500_000, 1_500_000]
    assert [line.state for line in allocation.lines] == ["partial", "unpaid", "unpaid"]


def test_a_larger_payment_fills_what_is_left_of_january_then_february_then_march() -> None:
    money = [*_paid(500_000), MoneyIn(2, date(2026, 3, 12), Decimal(3_200_000))]
    allocation = allocate(_rents(3, 2, 1), money)
    assert _open(allocation) == [0, 0, 800_000]
    assert [line.state for line in allocation.lines] == ["paid", "paid", "partial"]
    assert [(fill.money.id, fill.debt.id, fill.amount) for fill in allocation.fills] == [
        (1, 1, 500_000),
        (2, 1, 1_000_000),
        (2, 2, 1_500_000),
        (2, 3, 700_000),
    ]


def test_on_the_same_day_rent_comes_before_utilities_others_and_fees() -> None:
    debts = [Debt(9 - rank, kind, date(2026, 1, 1), Decimal(1)) for rank, kind in enumerate(KINDS)]
    filled = [line.debt.kind for line in allocate(debts, []).lines]
    assert filled[0] == "rent"
    assert set(filled[1:4]) == {"electricity", "water", "internet"}
    assert set(filled[4:6]) == {"opening", "damage"}
    assert filled[6] == "late_fee"


def test_an_older_fee_comes_before_a_younger_rent() -> None:
    fee = Debt(7, "late_fee", date(2026, 1, 1), Decimal(50_000))
    assert [line.debt.id for line in allocate([*_rents(1), fee], []).lines] == [7, 1]


def test_among_equals_the_lower_id_is_filled_first() -> None:
    twins = [Debt(number, "other", date(2026, 1, 1), Decimal(10)) for number in (2, 1)]
    assert [line.debt.id for line in allocate(twins, _paid(10)).lines if line.state == "paid"] == [1]


def test_money_is_used_by_its_date_whatever_order_it_was_entered_in() -> None:
    late, early = MoneyIn(1, date(2026, 3, 1), Decimal(5)), MoneyIn(2, date(2026, 2, 1), Decimal(5))
    (fill, *_) = allocate(_rents(1), [late, early]).fills
    assert fill.money == early


def test_too_much_money_is_credit_for_the_next_charge() -> None:
    allocation = allocate(_rents(1), _paid(2_000_000))
    assert allocation.credit == 500_000
    assert _open(allocate(_rents(1, 2), _paid(2_000_000))) == [0, 1_000_000]


def test_six_months_in_one_transfer_drain_month_by_month_and_are_paid_through_9_september() -> None:
    terms = [Terms(date(2026, 3, 10), Decimal(1_500_000), 10)]
    policy = Policy(0, "daily", Decimal(1))
    for posted in range(1, 7):
        months = range(3, 3 + posted)
        allocation = allocate(_rents(*months), _paid(9_000_000))
        assert allocation.credit == 9_000_000 - 1_500_000 * posted
        assert paid_through(allocation.lines) == date(2026, 3 + posted, 9)
        upcoming = rent_due(
            terms, date(2026, 3, 10), None, policy, since=date(2026, 3 + posted, 10), until=date(2030, 1, 1)
        )
        ahead = paid_through(allocation.lines, credit=allocation.credit, upcoming=upcoming)
        assert ahead == date(2026, 9, 9)


def test_paid_through_stops_at_the_first_month_with_something_open() -> None:
    assert paid_through(allocate(_rents(1, 2, 3), _paid(3_200_000)).lines) == date(2026, 3, 9)
    assert paid_through(allocate(_rents(1, 2), _paid(1_499_999)).lines) is None
    assert paid_through([]) is None


def test_paid_through_does_not_pass_an_open_month_of_the_new_room() -> None:
    old, new = _rents(3)[0], Debt(9, "rent", date(2026, 3, 25), Decimal(929_032), date(2026, 3, 25), date(2026, 4, 10))
    assert paid_through(allocate([old, new], _paid(1_500_000)).lines) == date(2026, 3, 24)
    twin = replace(old, id=99)
    assert paid_through(allocate([old, twin], _paid(1_500_000)).lines) is None


def test_credit_counts_ahead_only_for_whole_months_and_only_when_nothing_is_open() -> None:
    terms = [Terms(date(2026, 1, 10), Decimal(1_500_000), 10)]

    def ahead(paid: int) -> date | None:
        upcoming = rent_due(
            terms,
            date(2026, 1, 10),
            None,
            Policy(0, "daily", Decimal(1)),
            since=date(2026, 2, 10),
            until=date(2030, 1, 1),
        )
        allocation = allocate(_rents(1), _paid(paid))
        return paid_through(allocation.lines, credit=allocation.credit, upcoming=upcoming)

    assert [ahead(paid) for paid in (1_000_000, 1_500_000, 2_999_999, 3_000_000)] == [
        None,
        date(2026, 2, 9),
        date(2026, 2, 9),
        date(2026, 3, 9),
    ]


def test_a_tenant_is_paid_partial_unpaid_or_in_credit() -> None:
    def told(debts: list[Debt], paid: int) -> str:
        allocation = allocate(debts, _paid(paid))
        return status(allocation.lines, allocation.credit)

    assert told([], 0) == "paid"
    assert told([], 10) == "credit"
    assert told(_rents(1), 1_500_000) == "paid"
    assert told(_rents(1), 1_500_001) == "credit"
    assert told(_rents(1, 2), 1) == "partial"
    assert told(_rents(1, 2), 0) == "unpaid"
    assert told(_rents(1, 2), 1_500_000) == "unpaid"


def test_the_oldest_open_due_date_is_that_of_the_first_charge_not_fully_paid() -> None:
    assert oldest_due_on(allocate(_rents(1, 2, 3), _paid(1_600_000)).lines) == date(2026, 2, 10)
    assert oldest_due_on(allocate(_rents(1), _paid(1_500_000)).lines) is None


small = st.integers(1, 40).map(Decimal)
debt_lists = st.lists(
    st.builds(Debt, st.integers(1, 10**6), st.sampled_from(KINDS), days, st.integers(0, 40).map(Decimal)),
    max_size=8,
    unique_by=lambda debt: debt.id,
)
money_lists = st.lists(
    st.builds(MoneyIn, st.integers(1, 10**6), days, small), max_size=8, unique_by=lambda item: item.id
)


@given(debt_lists, money_lists)
def test_allocation_conserves_every_sum(debts: list[Debt], money: list[MoneyIn]) -> None:
    allocation = allocate(debts, money)
    filled = sum(fill.amount for fill in allocation.fills)
    assert filled == sum(line.paid for line in allocation.lines)
    assert filled + allocation.credit == sum(item.amount for item in money)
    assert sum(_open(allocation)) - allocation.credit == sum(d.amount for d in debts) - sum(m.amount for m in money)
    assert allocation.credit == 0 or not any(_open(allocation))


@given(debt_lists, money_lists)
def test_allocation_is_that_of_single_rupiahs_in_two_queues(debts: list[Debt], money: list[MoneyIn]) -> None:
    owed = [line.debt.id for line in allocate(debts, []).lines for _ in range(int(line.debt.amount))]
    ordered = sorted(money, key=lambda item: (item.on, item.id))
    coins = [item.id for item in ordered for _ in range(int(item.amount))]
    expected = Counter(zip(coins, owed, strict=False))
    fills = allocate(debts, money).fills
    assert {(fill.money.id, fill.debt.id): fill.amount for fill in fills} == expected
    assert len(fills) == len(expected)


@given(debt_lists, money_lists)
def test_the_order_of_entry_never_matters(debts: list[Debt], money: list[MoneyIn]) -> None:
    assert allocate(reversed(debts), reversed(money)) == allocate(debts, money)


@given(debt_lists, money_lists, st.integers(0, 8))
def test_paying_in_steps_ends_where_paying_at_once_does(debts: list[Debt], money: list[MoneyIn], cut: int) -> None:
    ordered = sorted(money, key=lambda item: (item.on, item.id))
    first = allocate(debts, ordered[:cut])
    left = [replace(line.debt, amount=line.open) for line in first.lines]
    credit = [MoneyIn(0, date(2000, 1, 1), first.credit)] if first.credit else []
    second = allocate(left, credit + ordered[cut:])
    at_once = allocate(debts, money)
    assert _open(second) == _open(at_once)
    assert second.credit == at_once.credit


@given(debt_lists, money_lists)
def test_no_charge_gets_money_while_an_older_one_is_open(debts: list[Debt], money: list[MoneyIn]) -> None:
    lines = [line for line in allocate(debts, money).lines if line.debt.amount > 0]
    states = [line.state for line in lines]
    assert states == sorted(states, key=["paid", "partial", "unpaid"].index)
    assert states.count("partial") <= 1


@given(debt_lists, money_lists)
def test_what_is_open_is_the_end_of_what_is_filled(debts: list[Debt], money: list[MoneyIn]) -> None:
    filled = allocate(debts, money)
    owed = sum(debt.amount for debt in debts) - sum(item.amount for item in money)
    assert still_open(debts, owed)[::-1] == [line for line in filled.lines if line.open > 0]
