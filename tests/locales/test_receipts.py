"""A receipt fits its paper, adds up, and says when it is void."""

from datetime import date
from decimal import Decimal

import pytest

from locales.receipts import NARROW, WIDE, Part, Receipt, receipt_lines

ANI = Receipt(
    number=7, paid_on=date(2026, 3, 12), house="Kos Melati", address="Jl. Kaliurang Km 5 No. 12, Sleman, Yogyakarta",
    tenant="Ani \x1b[31mLestari", room="A1", amount=Decimal(3_200_000), currency="IDR", method="transfer",
    reference="TRF-1",
    parts=[
        Part("rent", date(2026, 3, 10), date(2026, 4, 10), date(2026, 3, 10), Decimal(1_500_000)),
        Part("electricity", None, None, date(2026, 3, 12), Decimal(200_000)),
    ],
    rest=Decimal(1_500_000), balance=Decimal(-1_500_000), today=date(2026, 3, 20),
)  # fmt: skip


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("receipt", [ANI, ANI._replace(void="booked twice " * 9), ANI._replace(house="Kos " * 40)])
def test_no_line_is_wider_than_the_paper(receipt: Receipt, width: int) -> None:
    lines = receipt_lines(receipt, width=width)
    assert max(map(len, lines)) <= width
    assert all(line.isprintable() for line in lines)


def test_it_says_of_whom_for_what_and_what_is_left() -> None:
    lines = [" ".join(line.split()) for line in receipt_lines(ANI)]
    assert lines == [
        "RECEIPT",
        "Kos Melati",
        "Jl. Kaliurang Km 5 No. 12, Sleman, Yogyakarta",
        "-" * WIDE,
        "No. 7",
        "Date 12 March 2026",
        "Received from Ani ␛[31mLestari",
        "Room A1",
        "Amount Rp3,200,000",
        "Method transfer",
        "Reference TRF-1",
        "-" * WIDE,
        "Payment for:",
        "rent 10/03/2026-09/04/2026 Rp1,500,000",
        "electricity 12/03/2026 Rp200,000",
        "paid ahead Rp1,500,000",
        "-" * WIDE,
        "In credit, 20/03/2026 Rp1,500,000",
    ]
    assert receipt_lines(ANI._replace(balance=Decimal(5)))[-1].startswith("Still to pay, 20/03/2026")


def test_one_that_was_taken_back_is_void() -> None:
    lines = receipt_lines(ANI._replace(void="booked twice"))
    assert lines[0].strip("*") == "VOID"
    assert lines[1] == "booked twice"
    assert not any("Payment for" in line for line in lines)
