"""Late fees (R15): the worked numbers, and what holds for every ledger."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.allocation import allocate
from db.domain.late_fees import (
    FeeDue,
    LateFee,
    PostedFee,
    accrued,
    excess,
    fee_due,
    is_settled,
    overdue,
    stage_end,
    to_void,
)
from db.domain.ledger import ChargeEntry, PaymentEntry, standing
from db.domain.periods import Period
from db.domain.policies import (
    ChargeOrderError,
    LateFeeFormError,
    cap_words,
    fee_words,
    read_cap,
    read_charge_order,
    read_late_fee,
)

DUE, ONE = date(2026, 3, 10), Decimal(1)
RENT = ChargeEntry(1, "rent", DUE, DUE, Decimal(1_500_000), DUE, date(2026, 4, 10))
DAILY = LateFee("percent", ONE, cap_percent=Decimal(30))


def late(days: int) -> date:
    return DUE + timedelta(days=days)


def paid(amount: int, days: int, number: int = 1, reverses: int | None = None) -> PaymentEntry:
    return PaymentEntry(number, late(days), Decimal(amount), reverses)


@pytest.mark.parametrize(
    ("fee", "payments", "days", "expected"),
    [
        (DAILY, [], 0, 0),
        (DAILY, [], 1, 15_000),
        (DAILY, [], 5, 75_000),
        (DAILY, [], 30, 450_000),
        (DAILY, [], 45, 450_000),
        # 500,000 on the third day: three nights of the whole, two of the rest.
        (DAILY, [paid(500_000, 3)], 5, 65_000),
        (DAILY, [paid(1_500_000, 5)], 45, 75_000),
        (DAILY, [paid(1_500_000, 0)], 45, 0),
        # A payment that was void from the tenth day on.
        (DAILY, [paid(1_500_000, 2), paid(-1_500_000, 10, 2, 1)], 12, 60_000),
        (LateFee("percent", ONE, grace_days=3), [], 3, 0),
        (LateFee("percent", ONE, grace_days=3), [], 5, 30_000),
        (LateFee("percent", ONE, cap_amount=Decimal(40_000)), [], 5, 40_000),
        (LateFee("percent", Decimal("0.15")), [], 1, 2_250),
        (LateFee("flat", Decimal(50_000), grace_days=3), [], 3, 0),
        (LateFee("flat", Decimal(50_000), grace_days=3), [], 4, 50_000),
        (LateFee("flat", Decimal(50_000), grace_days=3), [paid(1_499_999, 1)], 40, 50_000),
        (LateFee("flat", Decimal(50_000), grace_days=3), [paid(1_500_000, 3)], 40, 0),
        (LateFee("flat", Decimal(50_000), cap_percent=ONE), [], 40, 15_000),
        (LateFee("off"), [], 45, 0),
    ],
)
def test_worked_numbers(fee: LateFee, payments: list[PaymentEntry], days: int, expected: int) -> None:
    assert accrued(fee, overdue(RENT, [RENT], payments), late(days), ONE) == expected


def test_stages_are_whole_and_what_was_posted_is_not_posted_again() -> None:
    weekly = LateFee("percent", ONE, every=7, cap_percent=Decimal(30))
    open_ = overdue(RENT, [RENT], [])
    assert [(stage_end(weekly, RENT, late(day)) - DUE).days for day in (0, 6, 7, 13, 14)] == [0, 0, 7, 7, 14]
    first = fee_due(weekly, open_, [], late(13), ONE)
    assert first == FeeDue(RENT, Period(DUE, late(7)), Decimal(105_000), "#1: 7 × 1% × 1500000")
    waived = PostedFee(9, first.period, first.amount, live=False)
    assert fee_due(weekly, open_, [waived], late(13), ONE) is None
    second = fee_due(weekly, open_, [waived], late(14), ONE)
    assert second is not None
    assert (second.period, second.amount) == (Period(late(7), late(14)), Decimal(105_000))
    last = fee_due(weekly, open_, [], late(35), ONE)
    assert last is not None
    assert (last.amount, last.reckoning) == (Decimal(450_000), "#1: 35 × 1% × 1500000 ≤ 450000")
    flat = fee_due(LateFee("flat", Decimal(50_000)), open_, [], late(9), ONE)
    assert flat is not None
    assert (flat.period, flat.reckoning) == (Period(DUE, late(1)), "#1: 50000")


def test_a_payment_that_is_entered_late_leaves_too_much_and_tells_which_fees() -> None:
    posted = [PostedFee(day, Period(late(day), late(day + 1)), Decimal(15_000)) for day in range(5)]
    then = overdue(RENT, [RENT], [paid(500_000, 2)])
    too_much = excess(DAILY, then, posted, ONE)
    assert too_much == 15_000
    assert [one.id for one in to_void(posted, too_much)] == [4]
    # Until somebody takes one back, the next days are counted off; nothing is posted above what is due.
    assert fee_due(DAILY, then, posted, late(6), ONE) is None
    seventh = fee_due(DAILY, then, posted, late(7), ONE)
    assert seventh is not None
    assert seventh.amount == 5_000
    taken_back = [*posted[:4], PostedFee(4, posted[4].period, posted[4].amount, live=False)]
    assert excess(DAILY, then, taken_back, ONE) == 0
    assert excess(DAILY, None, posted, ONE) == 75_000  # the charge itself was taken back


amounts = st.integers(1, 3_000_000).map(Decimal)
days = st.integers(-40, 70)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[list[ChargeEntry], list[PaymentEntry]]:
    """A rent, other charges, credits and payments around it, some taken back."""
    charges, payments = [RENT], []
    for number in range(2, draw(st.integers(2, 6))):
        kind, day = draw(st.sampled_from(["rent", "water", "other", "late_fee", "credit"])), draw(days)
        amount = draw(amounts) * (-1 if kind == "credit" else 1)
        charges.append(ChargeEntry(number, kind, late(day), late(day + draw(st.integers(0, 5))), amount))
    for number in range(1, draw(st.integers(1, 6))):
        payments.append(paid(int(draw(amounts)), draw(days), number))
    for entry in draw(st.lists(st.sampled_from([*charges, *payments]), max_size=2, unique_by=id)):
        day = draw(st.integers(0, 20))
        if isinstance(entry, PaymentEntry):
            when = entry.payment_date + timedelta(days=day)
            payments.append(PaymentEntry(100 + entry.id, when, -entry.amount, entry.id))
        elif entry is not RENT:
            when = entry.charged_on + timedelta(days=day)
            charges.append(ChargeEntry(100 + entry.id, entry.kind, when, when, -entry.amount, reverses_id=entry.id))
    return charges, payments


@given(ledgers(), st.integers(0, 70))
def test_what_is_open_on_a_day_is_what_allocating_its_ledger_leaves(
    ledger: tuple[list[ChargeEntry], list[PaymentEntry]], day: int
) -> None:
    counted = standing(*ledger, late(day))
    left = {line.debt.id: line.open for line in allocate(counted.debts, counted.money).lines
            if line.debt.source == "charge"}  # fmt: skip
    assert overdue(RENT, *ledger).open_on(late(day)) == left[RENT.id]


fees = st.builds(
    LateFee, st.sampled_from(["flat", "percent"]), st.integers(1, 500).map(lambda rate: Decimal(rate) / 100),
    st.integers(0, 9), st.integers(1, 9), st.none() | st.integers(1, 100).map(Decimal), st.none() | amounts,
)  # fmt: skip


@given(ledgers(), fees, st.sampled_from([Decimal("0.01"), ONE, Decimal(500)]), st.integers(1, 20))
def test_many_runs_are_one_run_and_never_above_the_cap(
    ledger: tuple[list[ChargeEntry], list[PaymentEntry]], fee: LateFee, step: Decimal, every: int
) -> None:
    open_ = overdue(RENT, *ledger)
    posted: list[PostedFee] = []
    for day in range(0, 61, every):
        due = fee_due(fee, open_, posted, late(day), step)
        assert due is None or not is_settled(fee, RENT.amount, step, posted, late(day))
        if due is not None:
            posted.append(PostedFee(day, due.period, due.amount))
        assert fee_due(fee, open_, posted, late(day), step) is None
        assert is_settled(fee, RENT.amount, step, posted, late(day)) or due is None
    total = sum((one.amount for one in posted), Decimal(0))
    once = fee_due(fee, open_, [], late(60 - 60 % every), step)
    assert total == (once.amount if once else 0)
    cap = fee.cap(RENT.amount, step)
    assert cap is None or total <= cap
    assert excess(fee, open_, posted, step) == 0
    periods = sorted((one.period.start, one.period.end) for one in posted)
    assert all(before[1] <= after[0] for before, after in pairwise(periods))


def test_what_people_write() -> None:
    assert read_late_fee(" 1%/day ", Decimal) == ("percent", 1)
    assert read_late_fee("0,5 % per hari", Decimal) == ("percent", Decimal("0.5"))
    assert read_late_fee("off", Decimal) == ("off", 0)
    assert read_late_fee("50000", Decimal) == ("flat", 50_000)
    assert read_cap("30%", Decimal) == (30, None)
    assert read_cap("450000", Decimal) == (None, 450_000)
    assert read_cap("none", Decimal) == (None, None)
    for wrong in ("0%", "-5"):
        with pytest.raises(LateFeeFormError):
            read_late_fee(wrong, Decimal)
    with pytest.raises(LateFeeFormError):
        read_cap("0", Decimal)
    with pytest.raises(ChargeOrderError):
        read_charge_order("rent,rent,other,late_fee")
    assert (fee_words(DAILY), cap_words(DAILY)) == ("1%/day", "30%")
    assert read_late_fee(fee_words(LateFee("flat", Decimal("50000.00"))), Decimal) == ("flat", 50_000)
