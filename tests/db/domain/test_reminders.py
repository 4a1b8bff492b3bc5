"""Which stage of which bill is due: not skipped by a missed day, never twice, never two messages a day."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.reminders import (
    DEFAULT_STAGES,
    Bill,
    BillKey,
    Due,
    Last,
    StagesError,
    choose,
    parse_stages,
    stage_due,
    stage_reached,
)

DUE = date(2026, 3, 10)


def _bill(number: int = 1, due_on: date = DUE, *, event: int | None = None, **more: int) -> Bill:
    return Bill(BillKey(number), "rent", due_on, Decimal(1_500_000), event=event or number, **more)


def _after(days: int) -> date:
    return DUE + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "sent", "expected"),
    [
        (-4, None, None),
        (-3, None, -3),
        (-3, -3, None),
        (-2, None, -3),  # the day before was missed: the stage is not
        (-1, -3, None),
        (0, -3, 0),
        (0, 0, None),
        (2, 0, 1),
        (6, 1, 3),
        (7, 3, 7),
        (10, None, 7),  # seen for the first time: one message, of the newest stage
        (400, 7, None),
        (5, 7, None),  # the stages were changed: an older one is past
    ],
)
def test_the_newest_stage_that_was_not_sent_is_due(days: int, sent: int | None, expected: int | None) -> None:
    bill = replace(_bill(), sent=sent)
    assert stage_due(bill, DEFAULT_STAGES, _after(days)) == expected
    assert stage_due(replace(bill, open=Decimal(0)), DEFAULT_STAGES, _after(days)) is None
    assert stage_due(bill, (), _after(days)) is None


def test_of_several_bills_the_highest_stage_is_told_and_the_others_with_it() -> None:
    january, february, march = (_bill(n, date(2026, n, 10)) for n in (1, 2, 3))
    due = choose([january, february, march], DEFAULT_STAGES, DUE)
    assert due == Due(january, 7)
    told = [replace(january, sent=7), february, march]
    last = Last(DUE, event=10)
    assert choose(told, DEFAULT_STAGES, DUE, last) is None  # one a day
    # The message named the whole balance: February is not told again tomorrow, March comes when its next stage does.
    assert choose(told, DEFAULT_STAGES, _after(1), last) == Due(march, 1)
    assert choose([told[0], february], DEFAULT_STAGES, _after(1), last) is None
    # What was posted only then could not be named, whatever day it is dated on; nor was what is still to come.
    assert choose([_bill(4, date(2026, 2, 1), event=11)], DEFAULT_STAGES, _after(1), last) == Due(
        _bill(4, date(2026, 2, 1), event=11), 7
    )
    # A fee that was posted since is no reason of its own, until it is all that is late.
    fee = replace(_bill(6, DUE, event=12), kind="late_fee")
    assert choose([told[0], fee], DEFAULT_STAGES, _after(1), last) is None
    assert choose([fee], DEFAULT_STAGES, _after(1), last) == Due(fee, 1)
    coming = replace(_bill(5, _after(3)), event=None)
    assert choose([coming], DEFAULT_STAGES, _after(1), last) == Due(coming, -3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-3,0,1,3,7", (-3, 0, 1, 3, 7)), (" 7, 0 ,0", (0, 7)), ("none", ()), ("-30,90", (-30, 90))],
)
def test_stages_are_days_in_order(text: str, expected: tuple[int, ...]) -> None:
    assert parse_stages(text) == expected


@pytest.mark.parametrize("text", ["", "H-3", "1,,2", "-31", "91", ",".join(map(str, range(11))), "1" * 5000])
def test_other_stages_are_refused(text: str) -> None:
    with pytest.raises(StagesError):
        parse_stages(text)


stages = st.lists(st.integers(-30, 90), max_size=10, unique=True).map(sorted)


@given(
    stages,
    st.lists(st.integers(0, 40), min_size=1, max_size=5),
    st.lists(st.booleans(), min_size=60, max_size=60),
    st.lists(st.integers(1, 60), min_size=5, max_size=5),
)
def test_over_any_days_nobody_hears_twice_and_stages_only_rise(
    days: list[int], dues: list[int], looked: list[bool], paid: list[int]
) -> None:
    kinds = ["rent", "late_fee"]
    bills = [replace(_bill(n + 1, _after(due)), kind=kinds[due % 2]) for n, due in enumerate(dues)]
    told: list[tuple[date, BillKey, int]] = []
    last = None
    for passed, looking in enumerate(looked):
        today = _after(passed)
        bills = [replace(bill, open=Decimal(0)) if paid[n] == passed else bill for n, bill in enumerate(bills)]
        for _ in range(2 * looking):
            due = choose(bills, days, today, last)
            if due is None:
                continue
            assert due.bill.open > 0
            assert due.stage == stage_reached(days, due.bill.due_on, today)
            told.append((today, due.bill.key, due.stage))
            last = Last(today, 100 + passed)
            bills = [replace(bill, sent=due.stage) if bill.key == due.bill.key else bill for bill in bills]
    assert len({day for day, _, _ in told}) == len(told)
    for bill in bills:
        sent = [stage for _, key, stage in told if key == bill.key]
        assert sent == sorted(set(sent))


@given(stages)
def test_who_looks_every_day_sends_every_stage_on_its_day(days: list[int]) -> None:
    bill, told, last = _bill(), [], None
    for passed in range(-31, 92):
        due = choose([bill], days, _after(passed), last)
        if due is not None:
            told.append((passed, due.stage))
            bill, last = replace(bill, sent=due.stage), Last(_after(passed), 100 + passed)
    assert told == [(stage, stage) for stage in days]
