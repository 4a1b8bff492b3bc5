"""Statements of banks: every line of a file is read as what it is, or refused by its line and reason."""

from datetime import date
from decimal import Decimal

import pytest

from db.domain.bank.formats import read_statement
from db.domain.bank.statement import (
    BalanceBrokenError,
    StatementError,
    StatementFormError,
    StatementYearError,
    assert_balances,
    fingerprints,
)
from tests.db.domain.bank.samples import BCA, BNI, BNI_SIGNED, GENERIC, MANDIRI


def test_bca_years_come_from_the_period_signs_from_their_cell_and_what_is_pending_waits() -> None:
    found = read_statement(BCA, "bca")
    assert (found.number, found.opening, found.closing, found.pending) == ("0123456789", 4_000_000, 8_633_000, 1)
    assert (found.period_start, found.period_end) == (date(2025, 12, 20), date(2026, 1, 11))
    assert [(line.line, line.booked_on, line.amount) for line in found.lines] == [
        (9, date(2025, 12, 28), 1_500_000),
        (10, date(2025, 12, 31), -17_000),
        (11, date(2026, 1, 2), 1_650_000),
        (13, date(2026, 1, 2), 750_000),
        (14, date(2026, 1, 2), 750_000),
    ]
    assert found.lines[2].description == "SWITCHING CR TRANSFER DR 014 SITI AMINAH"
    assert assert_balances(found) is True
    assert len(set(fingerprints(found.lines))) == 5
    other = read_statement(BCA.replace("1500000.00,CR,", '"1,500,000.00 CR",').replace("'31/12", "31/12/2025"), "bca")
    assert [line.amount for line in other.lines] == [line.amount for line in found.lines]


def test_mandiri_bni_and_any_other_file() -> None:
    mandiri = read_statement(MANDIRI, "mandiri")
    assert [(line.booked_on.day, line.amount) for line in mandiri.lines] == [(4, -350_000), (5, 1_500_000)]
    assert (mandiri.number, assert_balances(mandiri)) == ("1370012345678", None)
    assert mandiri.lines[1].description == "MCM InhouseTrf DARI RINI LESTARI KOS JAN '0001"
    for text in (BNI, BNI_SIGNED):
        bni = read_statement(text, "bni")
        assert [(line.booked_on, line.amount) for line in bni.lines] == [
            (date(2026, 1, 3), 1_250_000), (date(2026, 1, 4), -7_500),
        ]  # fmt: skip
        assert assert_balances(bni) is True
    other = read_statement(GENERIC, "generic", "dmy", "id")
    assert [line.amount for line in other.lines] == [1_500_000, Decimal("-350000.50")]
    iso = read_statement("date,description,debit,credit\n2026-02-01,a,,10.50\n2026-02-02,b,3,\n", "generic")
    assert [line.amount for line in iso.lines] == [Decimal("10.5"), -3]


@pytest.mark.parametrize(
    ("line", "error", "reason"),
    [
        ("'31/02,X,'0000,1.00,CR,1.00", StatementYearError, "Line 8"),
        ("'15/06,X,'0000,1.00,CR,1.00", StatementYearError, "15/06"),
        ("32/01/2026,X,'0000,1.00,CR,1.00", StatementError, "as day"),
        (",X,'0000,1.00,CR,1.00", StatementError, "as day"),
        ("'02/01,X,'0000,1.00,1.00", StatementError, "as amount"),
        ("'02/01,X,'0000,1.500.00,CR,1.00", StatementError, "as amount"),
        ("'02/01,X,'0000,0.00,CR,1.00", StatementError, "as amount"),
        ("'02/01,X,'0000,1,500,000.00,CR,1.00", StatementError, "as row"),
    ],
)
def test_what_can_not_be_read_is_refused_by_its_line(line: str, error: type[Exception], reason: str) -> None:
    text = BCA[: BCA.index("'28/12")].replace("\nKode Mata Uang :,IDR", "") + line + "\n"
    with pytest.raises(error, match=reason):
        read_statement(text, "bca")


def test_a_statement_that_does_not_add_up_is_refused() -> None:
    for old, new, told in (
        ("17000.00,DB", "17001.00,DB", "Line 10"),
        ("'31/12,BIAYA ADM,'0000,17000.00,DB,5483000.00\n", "", "Line 10"),
        ("Akhir,=,8633000", "Akhir,=,8633001", "8633001.00"),
    ):
        with pytest.raises(BalanceBrokenError, match=told):
            assert_balances(read_statement(BCA.replace(old, new), "bca"))
    with pytest.raises(StatementFormError):
        read_statement(BCA, "mandiri")


def test_what_a_terminal_would_obey_is_no_part_of_a_description() -> None:
    hostile = "date,description,amount\n2026-02-01,\x1b[31mBUDI\u202e \u200bx,1\n"
    assert read_statement(hostile, "generic").lines[0].description == "[31mBUDI x"
