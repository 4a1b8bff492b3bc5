"""Any balance can be explained line by line (R20)."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from db.domain.explain import ExplainLine, explain
from db.domain.ledger import ChargeEntry, PaymentEntry, balance
from tests.db.domain.strategies import charge_lists, days, payment_lists

STUB = ChargeEntry(
    1, "rent", date(2026, 1, 15), date(2026, 1, 15), Decimal(822_581), date(2026, 1, 15), date(2026, 2, 1), of_days=31
)
FEBRUARY = ChargeEntry(
    2, "rent", date(2026, 2, 1), date(2026, 2, 1), Decimal(1_500_000), date(2026, 2, 1), date(2026, 3, 1), of_days=28
)
PAID = PaymentEntry(1, date(2026, 2, 1), Decimal(1_000_000))
VOIDED = [PaymentEntry(2, date(2026, 2, 2), Decimal(70)), PaymentEntry(3, date(2026, 2, 3), Decimal(-70), 2)]


def _filled(line: ExplainLine) -> list[tuple[int, int, Decimal]]:
    return [(fill.money.id, fill.debt.id, fill.amount) for fill in line.fills]


def test_each_charge_tells_its_days_and_each_payment_what_it_filled() -> None:
    explanation = explain([FEBRUARY, STUB], [PAID])
    stub, february, paid = explanation.lines
    assert (stub.days, stub.of_days, stub.change, stub.balance, stub.rest) == (17, 31, 822_581, 822_581, 0)
    assert (february.days, february.of_days, february.rest) == (28, 28, 1_322_581)
    assert (paid.days, paid.of_days, paid.change, paid.rest) == (None, None, -1_000_000, 0)
    assert _filled(paid) == [(1, 1, 822_581), (1, 2, 177_419)]
    assert _filled(february) == [(1, 2, 177_419)]
    assert paid.balance == explanation.balance == 1_322_581


def test_a_voided_payment_and_its_reversal_both_stay_in_the_story() -> None:
    voided, reversal = explain([STUB], VOIDED).lines[1:]
    assert (voided.cancelled_by, voided.rest, voided.fills, voided.balance) == (3, 0, (), 822_511)
    assert (reversal.cancelled_by, reversal.balance) == (2, 822_581)


def test_as_of_a_day_before_the_reversal_the_payment_still_counts() -> None:
    explanation = explain([STUB], VOIDED, as_of=date(2026, 2, 2))
    assert [line.cancelled_by for line in explanation.lines] == [None, None]
    assert explanation.balance == 822_511


def test_unused_money_shows_what_is_left_of_it() -> None:
    assert explain([], [PAID]).lines[0].rest == 1_000_000


@given(charge_lists(), payment_lists(), st.none() | days)
def test_the_lines_add_up_to_the_balance(
    charges: list[ChargeEntry], payments: list[PaymentEntry], as_of: date | None
) -> None:
    explanation = explain(charges, payments, as_of)
    owed = balance(charges, payments, as_of)
    assert explanation.balance == owed == sum(line.change for line in explanation.lines)
    assert not explanation.lines or explanation.lines[-1].balance == owed
    # What is open minus what is unused tells the same story from the other end.
    rests = [line.rest if line.change > 0 else -line.rest for line in explanation.lines]
    assert sum(rests) == owed
    assert all(line.rest >= 0 for line in explanation.lines)
