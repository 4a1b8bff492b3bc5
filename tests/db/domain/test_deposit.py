"""The deposit is a liability with its own ledger (R8)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.deposit import DepositExceededError, DepositState
from db.domain.money import NonPositiveAmountError
from tests.db.domain.strategies import amounts


def test_arrears_and_damage_are_taken_and_the_rest_is_given_back() -> None:
    state = DepositState().receive(Decimal(1_500_000))
    apply, refund = state.settlement(owed=Decimal(800_000) + Decimal(200_000))
    assert (apply, refund) == (1_000_000, 500_000)
    settled = state.apply(apply).refund(refund)
    assert settled == DepositState(Decimal(1_500_000), Decimal(1_000_000), Decimal(500_000))
    assert settled.held == 0


def test_more_than_is_held_can_be_neither_applied_nor_given_back() -> None:
    state = DepositState(received=Decimal(1_500_000), applied=Decimal(1_000_000))
    for take in (state.apply, state.refund):
        with pytest.raises(DepositExceededError) as refusal:
            take(Decimal("500000.01"))
        assert refusal.value.fields["held"] == 500_000


def test_nothing_and_less_are_no_deposit() -> None:
    state = DepositState(received=Decimal(10))
    for move in (state.receive, state.apply, state.refund):
        with pytest.raises(NonPositiveAmountError):
            move(Decimal(0))


def test_a_tenant_in_credit_gets_the_whole_deposit_back() -> None:
    assert DepositState(received=Decimal(10)).settlement(owed=Decimal(-5)) == (0, 10)
    assert DepositState(received=Decimal(10)).settlement(owed=Decimal(50)) == (10, 0)


@given(st.lists(st.tuples(st.sampled_from(["receive", "apply", "refund"]), amounts)))
def test_received_is_always_held_plus_applied_plus_refunded(moves: list[tuple[str, Decimal]]) -> None:
    state = DepositState()
    for move, amount in moves:
        try:
            state = getattr(state, move)(amount)
        except DepositExceededError:
            assert amount > state.held
        assert state.received == state.held + state.applied + state.refunded
        assert min(state.held, state.applied, state.refunded) >= 0
