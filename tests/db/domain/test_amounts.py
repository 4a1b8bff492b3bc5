"""Money as people and files write it (M4)."""

import re
import time
from decimal import Decimal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from db.domain.money import (
    LARGEST,
    AmountAmbiguousError,
    AmountError,
    AmountInvalidError,
    AmountNotPlainError,
    AmountScaleError,
    AmountTooLargeError,
    parse_amount,
    parse_machine_amount,
)
from db.errors import ExitCode

languages = st.sampled_from(["id", "en"])


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.500.000", 1_500_000),
        ("Rp1.500.000", 1_500_000),
        ("1500000", 1_500_000),
        ("1,5jt", 1_500_000),
        ("1,5 juta", 1_500_000),
        ("750rb", 750_000),
        ("750 Ribu", 750_000),
        ("Rp 1.500.000,00", 1_500_000),
        ("Rp\u00a01.500.000,00", 1_500_000),
        ("Rp. 1.500.000,-", 1_500_000),
        ("IDR 1500000", 1_500_000),
        ("1500000.00", 1_500_000),
        ("1,500,000.00", 1_500_000),
        ("  1500000\r\n", 1_500_000),
        ("-Rp250.000", -250_000),
        ("\u2212250000", -250_000),
        ("0", 0),
    ],
)
def test_an_amount_with_one_reading_is_read(text: str, amount: int, language: str) -> None:
    assert parse_amount(text, language=language) == amount


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1,500", {"1.5", "1500"}),
        ("1.5", {"1.5", "15"}),
        ("1500.5", {"1500.5", "15005"}),
        ("-1,500", {"-1.5", "-1500"}),
        ("1.50", {"1.5", "150"}),
        ("750.50", {"750.5", "75050"}),
        ("Rp1,500", {"1.5", "1500"}),
        ("1.5jt", {"1500000", "15000000"}),
        ("1,250jt", {"1250000", "1250000000"}),
        ("1.500rb", {"1500000", "1500"}),
        ("1,5M", {"1500000000", "1500000"}),
    ],
)
def test_an_amount_with_two_readings_is_refused_and_shows_both(text: str, readings: set[str], language: str) -> None:
    with pytest.raises(AmountAmbiguousError) as refusal:
        parse_amount(text, language=language)
    fields = refusal.value.fields
    assert {fields["first"], fields["second"]} == readings
    assert text in str(refusal.value)


def test_a_lone_group_is_read_only_where_language_and_currency_agree() -> None:
    assert parse_amount("750.000") == 750_000
    assert parse_amount("750,000", language="en", currency="USD") == 750_000
    assert parse_amount("12.50", language="en", currency="USD") == Decimal("12.50")
    assert parse_amount("USD 12,5", currency="USD") == Decimal("12.5")
    for text, language, currency in [
        ("750.000", "en", "IDR"),
        ("750,000", "en", "IDR"),
        ("750.000", "en", "USD"),
    ]:
        with pytest.raises(AmountAmbiguousError):
            parse_amount(text, language=language, currency=currency)


def test_the_mark_of_another_currency_is_refused() -> None:
    with pytest.raises(AmountInvalidError):
        parse_amount("USD 500000")
    with pytest.raises(AmountInvalidError):
        parse_amount("Rp500000", currency="USD")


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", "Rp", "jt", "lima", "NaN", "Infinity", "1e6", "1_000", "0x10", "1 500 000"),
        *("1.50.000", "1..5", "1,", ".5", "+5", "--5", "5%", "1500\n000", "\x1b[31m5"),
        *("١٥٠٠", "1５00", "081234567890"),
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(AmountInvalidError) as refusal:
        parse_amount(text)
    assert refusal.value.exit_code is ExitCode.USAGE
    assert "\x1b" not in str(refusal.value)
    with pytest.raises(AmountError):
        parse_machine_amount(text)


@pytest.mark.parametrize("parse", [parse_amount, parse_machine_amount])
def test_three_decimals_are_refused_before_the_database_rounds_them(parse) -> None:
    for text in ["1500000.123", "1500000.000", "0.001"]:
        with pytest.raises(AmountScaleError):
            parse(text)


@pytest.mark.parametrize("parse", [parse_amount, parse_machine_amount])
def test_the_largest_amount_is_what_the_column_holds(parse) -> None:
    assert parse("999999999999.99") == LARGEST
    for text in ["1000000000000", "-1000000000000.00", "9" * 60]:
        with pytest.raises(AmountTooLargeError):
            parse(text)


@pytest.mark.parametrize("parse", [parse_amount, parse_machine_amount])
def test_a_huge_cell_is_refused_at_once_and_not_repeated(parse) -> None:
    started = time.perf_counter()
    with pytest.raises(AmountError) as refusal:
        parse("9" * 10_000_000)
    assert time.perf_counter() - started < 0.5
    assert len(str(refusal.value)) < 100


def test_files_hold_machine_amounts_only() -> None:
    assert parse_machine_amount("1500000") == parse_machine_amount(" 1500000.00 ") == 1_500_000
    assert parse_machine_amount("1.5") == Decimal("1.50")
    assert parse_machine_amount("-250000") == -250_000
    for text in ["1.500.000", "Rp1500000", "1500000,00", "1,5jt", "01500000", "NaN", "1e6", "9" * 65]:
        with pytest.raises(AmountNotPlainError):
            parse_machine_amount(text)


@given(st.integers(0, 10**14 - 1), st.booleans(), st.sampled_from(["", "Rp", "Rp ", "rp. ", "IDR "]), languages)
@example(150_000_000, False, "", "id")
def test_an_indonesian_amount_survives_writing_and_reading(cents: int, minus: bool, mark: str, language: str) -> None:
    whole = f"{cents // 100:,}".replace(",", ".")
    text = f"{'-' if minus else ''}{mark}{whole},{cents % 100:02}"
    assume(language == "id" or whole.count(".") > 0 or mark.startswith(("R", "r")))
    assert parse_amount(text, language=language) == Decimal(-cents if minus else cents).scaleb(-2)


@given(st.integers(0, 999_999_999_999))
def test_a_whole_indonesian_amount_survives_writing_and_reading(rupiah: int) -> None:
    assert parse_amount(f"{rupiah:,}".replace(",", ".")) == rupiah


@given(st.integers(-(10**14) + 1, 10**14 - 1))
def test_a_machine_amount_survives_writing_and_reading(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    assert parse_machine_amount(f"{amount:.2f}") == amount


def _as_money(text: str, group: str, decimal: str) -> Decimal | None:
    """What somebody who knows only one notation would read, None where it is no money to them."""
    whole, mark, cents = text.partition(decimal)
    grouped = group in whole and re.fullmatch(rf"[1-9]\d{{0,2}}(\{group}\d{{3}})+", whole)
    if not (grouped or re.fullmatch(r"0|[1-9]\d*", whole)) or (mark and not re.fullmatch(r"\d{1,2}", cents)):
        return None
    return Decimal(whole.replace(group, "") + "." + (cents or "0"))


@given(st.from_regex(r"[0-9]{1,7}([.,][0-9]{1,4}){0,3}", fullmatch=True), languages)
@example("1,500", "id")
@example("1.500", "en")
def test_what_two_people_could_read_differently_is_never_accepted(text: str, language: str) -> None:
    readings = {_as_money(text, ".", ","), _as_money(text, ",", ".")} - {None}
    try:
        amount = parse_amount(text, language=language)
    except AmountError:
        return
    assert readings == {amount}


@given(st.text(alphabet="0123456789.,-RrPp jtbkmTJ\u00a0\u2212", max_size=14))
def test_both_languages_never_read_one_text_differently(text: str) -> None:
    amounts = set()
    for language in ("id", "en"):
        try:
            amounts.add(parse_amount(text, language=language))
        except AmountError:
            continue
    assert len(amounts) <= 1


@given(st.text(max_size=80) | st.from_regex(r"-?(Rp)?[0-9]{1,30}([.,][0-9]{1,30}){0,2}(jt|m)?", fullmatch=True))
@example("9" * 40 + ".5")
@example("1," + "5" * 50 + "jt")
def test_any_text_is_read_or_refused_with_an_amount_error(text: str) -> None:
    for parse in (parse_amount, parse_machine_amount):
        try:
            amount = parse(text)
        except AmountError as error:
            said = str(error)
        else:
            said = str(amount)
        assert said.isprintable()
