"""Receipts are numbered without a gap, whoever issues them at once and whatever is rolled back; copies are known."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from db.engine import Database
from db.repositories.checks.runner import run_checks
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_property, find_room
from db.repositories.receipts import ReceiptNotFoundError, Receipts
from db.services.moves import move_tenant
from db.services.payments import record_payment
from db.services.properties import PolicyError, edit_property
from db.services.receipts import NothingReceivedError, issue_receipt, print_receipt
from db.services.reversals import PaymentNotFoundError, void_payment
from db.services.tenants import edit_tenant
from jobs.documents.pdf import PdfMissingError, receipt_pdf
from jobs.documents.receipts import read_receipt
from locales.receipts import Receipt, receipt_lines
from tests.db.services.clock import travel
from tests.db.services.house import House


def read(conn: Connection, payment_id: int) -> Receipt:
    row = Ledger(conn).payment(payment_id)
    assert row is not None
    return read_receipt(conn, row)


class ChangedMindError(Exception):
    """Somebody thought better of it."""


def test_numbers_have_no_gap_though_many_issue_at_once_and_some_roll_back(database: Database) -> None:
    with database.transaction() as conn:
        house = House.build(conn)
        # Of several tenants: payments of one wait for each other anyway, and the counter would never be met by two.
        people = [house.tenant(f"Tenant {n}") for n in range(8)]
        payments = [record_payment(conn, people[n % 8], Decimal(1000 + n)) for n in range(24)]

    def issue(at: int) -> None:
        try:
            with database.transaction() as conn:
                issue_receipt(conn, payments[at % 24])  # everyone twice
                if at % 3 == 0:
                    raise ChangedMindError
        except ChangedMindError:
            pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(issue, range(48)))
    with database.transaction() as conn:
        numbers = sorted(row.number for row in Receipts(conn).page(limit=100).items)
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 16
        assert not list(run_checks(conn))
        conn.execute(text("alter table receipts disable trigger append_only"))
        conn.execute(text("update receipts set number = number + 1 where number = (select max(number) from receipts)"))
        conn.execute(text("alter table receipts enable trigger append_only"))
        assert {found.check for found in run_checks(conn)} == {"receipts_numbered"}


def test_each_year_begins_anew_and_each_property_has_its_own(house: House) -> None:
    budi = house.let(date(2026, 1, 10))
    paid = [record_payment(house.conn, budi, Decimal(1000)) for _ in range(3)]
    travel(house.conn, date(2026, 12, 31))
    first = Receipts(house.conn).row(issue_receipt(house.conn, paid[0]))
    again = issue_receipt(house.conn, paid[0])
    travel(house.conn, date(2027, 1, 1))
    second = Receipts(house.conn).row(issue_receipt(house.conn, paid[1]))
    assert (first.ref, second.ref, again) == ("KOSA/2026/1", "KOSA/2027/1", first.id)
    assert Receipts(house.conn).named(" kosa/2027/1 ") == second
    for ref in ("KOSA/2027/2", "KOSA/1", "x", "KOSB/2027/1"):
        with pytest.raises(ReceiptNotFoundError):
            Receipts(house.conn).named(ref)


def test_the_first_paper_is_the_original_and_a_payment_taken_back_is_void(house: House) -> None:
    conn, budi = house.conn, house.let(date(2026, 1, 10))
    paid = record_payment(conn, budi, Decimal(6_000_000))
    papers = [print_receipt(conn, paid) for _ in range(3)]
    assert [(paper.receipt.number, paper.copy) for paper in papers] == [(1, 1), (1, 2), (1, 3)]
    copy = receipt_lines(read(conn, paid), language="id")
    assert "SALINAN" in [line.strip() for line in copy]
    void_payment(conn, paid, "uang palsu")
    void = receipt_lines(read(conn, paid), language="id")
    assert void[0].strip("*") == "BATAL"
    assert "uang palsu" in void[1]
    assert print_receipt(conn, paid).receipt.state == "voided"
    other = record_payment(conn, budi, Decimal(1000))
    reversal = void_payment(conn, other, "twice")
    for number in (other, reversal):
        with pytest.raises(NothingReceivedError):
            issue_receipt(conn, number)
    with pytest.raises(PaymentNotFoundError):
        print_receipt(conn, 10**9)


def test_it_is_in_the_language_of_who_gets_it(house: House) -> None:
    conn, budi = house.conn, house.let(date(2026, 1, 10))
    paid = record_payment(conn, budi, Decimal(1_500_000))

    def title() -> str:
        return receipt_lines(read(conn, paid))[0].strip()

    edit_property(conn, find_property(conn, "KOSA"), {"language": "id", "place": "Sleman", "signatory": "Ibu Sari"})
    assert title() == "KUITANSI"
    edit_tenant(conn, budi, {"language": "en"})
    assert title() == "RECEIPT"
    edit_tenant(conn, budi, {"language": ""})
    assert title() == "KUITANSI"
    edit_property(conn, find_property(conn, "KOSA"), {"language": ""})
    assert title() == "RECEIPT"
    with pytest.raises(PolicyError):
        edit_property(conn, find_property(conn, "KOSA"), {"language": "fr"})


def test_a_pdf_says_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    conn, budi = house.conn, house.let(date(2026, 1, 10))
    paid = record_payment(conn, budi, Decimal(6_000_000))
    print_receipt(conn, paid)
    receipt = read(conn, paid)
    made = receipt_pdf(receipt._replace(tenant="Ani 京 (\x1b[0m)"), "id")
    assert made.startswith(b"%PDF-")
    assert made == receipt_pdf(receipt._replace(tenant="Ani 京 (\x1b[0m)"), "id")
    assert made != receipt_pdf(receipt._replace(copy=2), "id")
    monkeypatch.setitem(__import__("sys").modules, "reportlab.pdfgen.canvas", None)
    with pytest.raises(PdfMissingError):
        receipt_pdf(receipt)


def test_a_copy_names_the_room_that_was_paid_for_though_the_tenant_has_moved(house: House) -> None:
    conn = house.conn
    house.room("A2")
    budi = house.let(date(2026, 1, 10))
    paid = record_payment(conn, budi, Decimal(1_500_000))
    before = read(conn, paid)
    move_tenant(conn, budi, find_room(conn, "A2", "KOSA"), budi.today)
    assert (before.room, read(conn, paid).room) == ("A1", "A1")


def test_what_fills_many_months_goes_on_on_another_page(house: House) -> None:
    conn, budi = house.conn, house.let(date(2025, 1, 10))
    short, long = (record_payment(conn, budi, Decimal(1_500_000) * months) for months in (1, 14))
    pages = [receipt_pdf(read(conn, paid), "id") for paid in (short, long)]
    assert [made.count(b"/Type /Page\n") for made in pages] == [1, 2]
