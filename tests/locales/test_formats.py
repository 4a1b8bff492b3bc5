"""How amounts, dates and numbers read: the numbers of the field, in both languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import formats
from locales.catalogs import set_language

MONEY = [
    ("1500000", "IDR", "Rp1.500.000", "Rp1,500,000"),
    ("1500000.00", "IDR", "Rp1.500.000", "Rp1,500,000"),
    ("-250000", "IDR", "-Rp250.000", "-Rp250,000"),
    ("0", "IDR", "Rp0", "Rp0"),
    ("-0.00", "IDR", "Rp0", "Rp0"),
    ("1500000.50", "IDR", "Rp1.500.000,50", "Rp1,500,000.50"),
    ("-0.05", "IDR", "-Rp0,05", "-Rp0.05"),
    ("822581", "IDR", "Rp822.581", "Rp822,581"),
    ("999999999999.99", "IDR", "Rp999.999.999.999,99", "Rp999,999,999,999.99"),
    ("1E+6", "IDR", "Rp1.000.000", "Rp1,000,000"),
    ("12.5", "USD", "US$12,50", "US$12.50"),
    ("-1200", "USD", "-US$1.200,00", "-US$1,200.00"),
    ("1000", "JPY", "JP¥1.000", "JP¥1,000"),
    ("1000.5", "JPY", "JP¥1.000,50", "JP¥1,000.50"),
    ("12", "CHF", "CHF\xa012,00", "CHF\xa012.00"),
]


@pytest.mark.parametrize(("amount", "currency", "indonesian", "english"), MONEY)
def test_money(amount: str, currency: str, indonesian: str, english: str) -> None:
    assert formats.money(Decimal(amount), currency) == english
    set_language("id")
    assert formats.money(Decimal(amount), currency) == indonesian


@given(st.decimals(min_value="-999999999999.99", max_value="999999999999.99", places=2))
def test_money_never_rounds_what_the_book_holds(amount: Decimal) -> None:
    set_language("id")
    shown = formats.money(amount, "IDR")
    assert Decimal(shown.replace("Rp", "").replace(".", "").replace(",", ".")) == amount


SHORT = [
    ("1500000", "1,5 jt", "1.5M"),
    ("750000", "750 rb", "750K"),
    ("1000000000", "1 M", "1B"),
    ("-250000", "-250 rb", "-250K"),
    ("999999", "1 jt", "1M"),
    ("999949", "999,9 rb", "999.9K"),
    ("1550000", "1,6 jt", "1.6M"),
    ("850", "850", "850"),
    ("999.99", "1 rb", "1K"),
    ("0", "0", "0"),
    ("0.00", "0", "0"),
    ("0.04", "0", "0"),
]


@pytest.mark.parametrize(("amount", "indonesian", "english"), SHORT)
def test_short_money(amount: str, indonesian: str, english: str) -> None:
    assert formats.short_money(Decimal(amount)) == english
    set_language("id")
    assert formats.short_money(Decimal(amount)) == indonesian


def test_dates(indonesian: None) -> None:
    day = date(2026, 2, 28)
    assert formats.date_long(day) == "28 Februari 2026"
    assert formats.date_short(day) == "28/02/2026"
    assert formats.month_name(day) == "Februari 2026"


def test_dates_in_english_keep_the_day_before_the_month() -> None:
    day = date(2026, 2, 3)
    assert formats.date_long(day) == "3 February 2026"
    assert formats.date_short(day) == "03/02/2026"
    assert formats.month_name(day) == "February 2026"


def test_a_year_always_has_four_digits() -> None:
    assert formats.date_short(date(987, 1, 2)) == "02/01/0987"


SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]


@pytest.mark.parametrize(("month", "name"), list(enumerate(SHORT_MONTHS, start=1)))
def test_short_months(indonesian: None, month: int, name: str) -> None:
    moment = datetime(2026, month, 5, 7, 5, tzinfo=UTC)
    assert formats.instant(moment, ZoneInfo("Asia/Jakarta")) == f"5 {name} 2026 14.05 WIB"


@pytest.mark.parametrize(
    ("zone", "indonesian", "english"),
    [
        # M3: this moment is the first of April in Jakarta.
        ("Asia/Jakarta", "1 Apr 2026 01.00 WIB", "1 Apr 2026 01:00 WIB"),
        ("Asia/Makassar", "1 Apr 2026 02.00 WITA", "1 Apr 2026 02:00 WITA"),
        ("Asia/Jayapura", "1 Apr 2026 03.00 WIT", "1 Apr 2026 03:00 WIT"),
        ("UTC", "31 Mar 2026 18.00 UTC", "31 Mar 2026 18:00 UTC"),
    ],
)
def test_instant(zone: str, indonesian: str, english: str) -> None:
    moment = datetime(2026, 3, 31, 18, tzinfo=UTC)
    assert formats.instant(moment, ZoneInfo(zone)) == english
    set_language("id")
    assert formats.instant(moment, ZoneInfo(zone)) == indonesian


def test_number() -> None:
    assert formats.number(Decimal("1327.8")) == "1,327.8"
    assert formats.number(100_000) == "100,000"
    set_language("id")
    assert formats.number(Decimal("1327.8")) == "1.327,8"
    assert formats.number(Decimal("0.1234")) == "0,1234"
    assert formats.number(-100_000) == "-100.000"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+6281234567890", "0812-3456-7890"),
        ("+62215551234", "(021) 5551234"),
        ("+6591234567", "+65 9123 4567"),
        ("none", "none"),
        ("", ""),
    ],
)
def test_phone_local(phone: str, shown: str) -> None:
    assert formats.phone_local(phone) == shown
