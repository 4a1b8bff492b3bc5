"""Readings, usage and their price (R16)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.domain.money import CENT
from db.domain.utilities import (
    ReadingAmbiguousError,
    ReadingFallsError,
    ReadingTextError,
    Replacement,
    cost_of,
    flat_share,
    is_jump,
    parse_machine_reading,
    parse_reading,
    parse_shown,
    plain,
    shares_of,
    span_of,
    usage_between,
    working,
)

figures = st.decimals(0, 999_999, places=3)
prices = st.decimals("0.01", 99_999, places=2)
steps = st.sampled_from([Decimal(1), Decimal(100), Decimal(500), CENT])


def test_the_worked_number() -> None:
    usage = usage_between(Decimal("1250.3"), Decimal("1327.8"))
    assert (usage, cost_of(usage, Decimal(1445), Decimal(1))) == (Decimal("77.5"), Decimal("111988.00"))
    assert (
        working(Decimal("1250.300"), Decimal("1327.8"), None, "kWh", Decimal("1445.00"))
        == "1250.3 → 1327.8 = 77.5 kWh × 1445"
    )
    assert shares_of(Decimal(111988), 3, Decimal(1)) == (Decimal(37330), Decimal(37329), Decimal(37329))


def test_a_replaced_meter_counts_on() -> None:
    new = Replacement(Decimal(1260), Decimal(3))
    assert usage_between(Decimal("1250.3"), Decimal("15.5"), new) == Decimal("22.2")
    told = working(Decimal("1250.3"), Decimal("15.5"), new, "kWh", Decimal("1444.70"), 2)
    assert told == "1250.3 → 1260, 3 → 15.5 = 22.2 kWh × 1444.7 ÷ 2"


@pytest.mark.parametrize(
    ("previous", "value", "new"),
    [
        (Decimal(10), Decimal("9.999"), None),
        (Decimal(10), Decimal(5), Replacement(Decimal(9), Decimal(0))),
        (Decimal(10), Decimal(5), Replacement(Decimal(11), Decimal(6))),
    ],
)
def test_a_meter_that_counts_backwards_is_refused(previous: Decimal, value: Decimal, new: Replacement | None) -> None:
    with pytest.raises(ReadingFallsError):
        usage_between(previous, value, new, meter="A1", on=date(2026, 1, 1))


@given(figures, figures, figures, figures)
def test_usage_is_never_negative_and_counts_all(
    previous: Decimal, more: Decimal, first: Decimal, then: Decimal
) -> None:
    assert usage_between(previous, previous + more) == more >= 0
    assert usage_between(previous, first + then, Replacement(previous + more, first)) == more + then


@given(figures, prices, steps, st.integers(1, 9))
def test_the_price_is_rounded_once_and_its_shares_add_up(
    usage: Decimal, price: Decimal, step: Decimal, tenants: int
) -> None:
    amount = cost_of(usage, price, step)
    assert abs(amount - usage * price) <= step / 2
    assert amount % step == 0
    shares = shares_of(amount, tenants, step)
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= step
    assert shares_of(amount, 0, step) == ()


@given(figures)
def test_what_is_written_plainly_is_read_again(value: Decimal) -> None:
    assert parse_machine_reading(plain(value)) == value
    grouped = f"{value:,.3f}".rstrip("0")
    if len(grouped.partition(".")[2]) in {1, 2}:
        assert parse_reading(grouped) == value == parse_reading(grouped.translate(str.maketrans(".,", ",.")))


@pytest.mark.parametrize(
    ("text", "value"), [("1327.8", "1327.8"), ("1327,8", "1327.8"), ("1.327,8", "1327.8"), (" 0 ", "0")]
)
def test_people_write_either_sign(text: str, value: str) -> None:
    assert parse_reading(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "12a", "-1", "1327.8123", "1..2", "9" * 30, "\x1b[31m", "NaN", "1e5", "٣"])
def test_what_no_meter_shows_is_refused(text: str) -> None:
    with pytest.raises(ReadingTextError):
        parse_reading(text)
    with pytest.raises(ReadingTextError):
        parse_machine_reading(text)


def test_what_may_be_thousands_or_decimals_is_asked_back() -> None:
    with pytest.raises(ReadingAmbiguousError) as error:
        parse_reading("1.327")
    assert error.value.fields["first"] == Decimal("1.327")
    assert error.value.fields["second"] == Decimal(1327)


def test_of_a_replaced_meter_both_figures_are_typed_in_one_go() -> None:
    assert parse_shown("1327,8") == (Decimal("1327.8"), None)
    assert parse_shown("1340>12.5") == (Decimal("12.5"), Replacement(Decimal(1340), Decimal(0)))
    assert parse_shown("1340 > 3 > 12.5") == (Decimal("12.5"), Replacement(Decimal(1340), Decimal(3)))
    for text in ("1340>", ">12", "1>2>3>4", "1340>3>"):
        with pytest.raises(ReadingTextError):
            parse_shown(text)


def test_a_jump_is_more_than_three_times_the_usual() -> None:
    earlier = [(Decimal(60), 30), (Decimal(62), 31), (Decimal(600), 30)]
    assert not is_jump(Decimal(180), 30, earlier)
    assert is_jump(Decimal("180.1"), 30, earlier)
    assert not is_jump(Decimal(10_000), 30, [])
    assert not is_jump(Decimal(10_000), 30, [(Decimal(0), 30)])


def test_the_flat_amount_of_a_stub_is_prorated_as_its_rent() -> None:
    assert flat_share(Decimal(50000), 17, 31, Decimal(1), whole=False) == Decimal(27419)
    assert flat_share(Decimal(50000), 17, 31, Decimal(1), whole=True) == Decimal(50000)
    assert flat_share(Decimal(50000), 31, 31, Decimal(1), whole=False) == Decimal(50000)


def test_the_days_between_readings() -> None:
    assert span_of(date(2026, 1, 1), date(2026, 1, 1)) is None
    span = span_of(date(2026, 1, 1), date(2026, 2, 1))
    assert span is not None
    assert span.days == 31
