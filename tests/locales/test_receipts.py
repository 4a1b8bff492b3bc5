"""A receipt fits its paper, adds up, and says when it is void."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from locales.amounts import in_words
from locales.catalogs import current_language, set_language
from locales.receipts import NARROW, WIDE, Part, Receipt, receipt_lines

ANI = Receipt(
    number="007/2026", issued_on=date(2026, 3, 20), copy=1, payment_id=70,
    paid_on=date(2026, 3, 12), house="Kos Melati", address="Jl. Kaliurang Km 5 No. 12, Sleman, Yogyakarta",
    tenant="Ani \x1b[31mLestari", room="A1", amount=Decimal(3_200_000), currency="IDR", method="transfer",
    reference="TRF-1",
    parts=[
        Part("rent", date(2026, 3, 10), date(2026, 4, 10), date(2026, 3, 10), Decimal(1_500_000)),
        Part("electricity", None, None, date(2026, 3, 12), Decimal(200_000)),
    ],
    rest=Decimal(1_500_000), balance=Decimal(-1_500_000), today=date(2026, 3, 20), place="Sleman", signatory="Ibu Sari",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    set_language("en")
    yield
    set_language("en")


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("receipt", [ANI, ANI._replace(void="booked twice " * 9), ANI._replace(house="Kos " * 40)])
def test_no_line_is_wider_than_the_paper(receipt: Receipt, width: int) -> None:
    lines = receipt_lines(receipt, width=width)
    assert max(map(len, lines)) <= width
    assert all(line.isprintable() for line in lines)


def test_it_says_of_whom_for_what_and_what_is_left_in_the_language_of_who_gets_it() -> None:
    lines = [" ".join(line.split()) for line in receipt_lines(ANI._replace(language="id"))]
    assert lines == [
        "KUITANSI",
        "Kos Melati",
        "Jl. Kaliurang Km 5 No. 12, Sleman, Yogyakarta",
        "-" * WIDE,
        "No. 007/2026",
        "Telah terima dari:",
        "Ani ␛[31mLestari",
        "Uang sejumlah:",
        "Tiga juta dua ratus ribu rupiah",
        "Untuk pembayaran:",
        "sewa 10/03/2026-09/04/2026 Rp1.500.000",
        "listrik 12/03/2026 Rp200.000",
        "dibayar di muka Rp1.500.000",
        "+-------------+",
        "| Rp3.200.000 |",
        "+-------------+",
        "Kamar A1",
        "Dibayar pada 12 Maret 2026",
        "Metode transfer",
        "Referensi TRF-1",
        "Saldo lebih, 20/03/2026 Rp1.500.000",
        "-" * WIDE,
        "Sleman, 20 Maret 2026",
        "",
        "",
        "Ibu Sari",
    ]
    assert current_language() == "en"
    told = receipt_lines(ANI._replace(balance=Decimal(5), language="id"), language="en")
    assert any(line.startswith("Still to pay, 20/03/2026") for line in told)


def test_copies_and_large_sums_say_so() -> None:
    assert "COPY" in [line.strip() for line in receipt_lines(ANI._replace(copy=2))]
    assert "COPY" not in [line.strip() for line in receipt_lines(ANI)]
    stamped = receipt_lines(ANI._replace(amount=Decimal("5000000.01"), language="id"))
    assert any("meterai" in line for line in stamped)
    assert not any("stamp" in line for line in receipt_lines(ANI._replace(amount=Decimal(5_000_000))))


def test_one_that_was_taken_back_is_void() -> None:
    lines = receipt_lines(ANI._replace(void="booked twice", language="id"))
    assert lines[0].strip("*") == "BATAL"
    assert lines[1] == "booked twice"
    assert not any("pembayaran" in line for line in lines)


@pytest.mark.parametrize(
    ("amount", "currency", "language", "words"),
    [
        ("1500000", "IDR", "id", "Satu juta lima ratus ribu rupiah"),
        ("1000", "IDR", "id", "Seribu rupiah"),
        ("100111", "IDR", "id", "Seratus ribu seratus sebelas rupiah"),
        ("2000000000", "IDR", "id", "Dua miliar rupiah"),
        (
            "822581.50",
            "IDR",
            "id",
            "Delapan ratus dua puluh dua ribu lima ratus delapan puluh satu rupiah lima puluh sen",
        ),
        ("1500000", "IDR", "en", "One million, five hundred thousand rupiah"),
        ("11", "IDR", "id", "Sebelas rupiah"),
        ("1001000", "IDR", "id", "Satu juta seribu rupiah"),
        ("21000", "IDR", "id", "Dua puluh satu ribu rupiah"),
        ("1.25", "USD", "en", "One US dollar twenty-five cents"),
        ("1.01", "USD", "en", "One US dollar one cent"),
        ("1250000.50", "USD", "en", "One million, two hundred and fifty thousand US dollars fifty cents"),
    ],
)
def test_amounts_in_words(amount: str, currency: str, language: str, words: str) -> None:
    set_language(language)
    assert in_words(Decimal(amount), currency) == words
