"""Bank lines: brought in once, matched once, opened again, and what is learned of them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.domain.bank.rules import Rule
from db.domain.bank.statement import BalanceBrokenError, BankLine, Statement
from db.repositories.bank import Bank, LineRow
from db.repositories.checks.runner import run_checks
from db.repositories.expenses import Expenses
from db.repositories.ledger import Ledger
from db.repositories.lookup import PropertyRow, find_property, find_tenant
from db.services.bank.matching import (
    LineDirectionError,
    LineMatchedError,
    LineOpenError,
    PaymentMatchedError,
    PaymentUnfitError,
    RecordedAlreadyError,
    accept_sure,
    ignore_line,
    link_payment,
    match_expense,
    match_tenant,
    unmatch_line,
)
from db.services.bank.rules import learn_rule, replace_rules
from db.services.bank.statements import AccountDiffersError, Brought, bring_statement
from db.services.payments import record_payment
from db.services.reversals import void_payment
from tests.db.services.house import RENT, House

TRANSFER = "TRSF E-BANKING CR 2812/FTSCY/WS95031 BUDI SANT"


def kosa(house: House) -> PropertyRow:
    return find_property(house.conn, "KOSA")


def lines_of(today: date, *told: tuple[int, int, str]) -> Statement:
    """Lines of some days ago: `(days, amount, description)`."""
    found = [
        BankLine(n, today - timedelta(days=ago), Decimal(amount), words) for n, (ago, amount, words) in enumerate(told)
    ]
    return Statement(tuple(found), "0123456789", found[0].booked_on, found[-1].booked_on + timedelta(days=1))


def bring(house: House, statement: Statement, account: str = "BCA", **more: bool) -> Brought:
    return bring_statement(house.conn, kosa(house), account, statement, file_name="x.csv", form="bca", **more)


def lines(house: House) -> dict[str, LineRow]:
    """The lines by the last word of their description."""
    return {line.description.split()[-1]: line for line in Bank(house.conn).page().items}


def sound(house: House) -> bool:
    house.deliver()
    return list(run_checks(house.conn)) == []


def test_statements_that_overlap_add_what_is_new_and_one_that_does_not_add_up_nothing(house: House) -> None:
    today = kosa(house).today
    first = lines_of(today, (5, 750, "A AGUS"), (5, 750, "A AGUS"), (4, -10, "ADM"))
    assert (bring(house, first).lines_added, bring(house, first)[:1]) == (3, (None,))
    more = lines_of(today, (5, 750, "a  agus"), (5, 750, "A AGUS"), (5, 750, "A AGUS"), (4, -10, "ADM"), (3, 1, "NEW"))
    assert bring(house, more, "bca").lines_added == 2
    assert bring(house, first, "Other").lines_added == 3
    with pytest.raises(AccountDiffersError, match=r"\*6789"):
        bring(house, replace(first, number="999"))
    broken = replace(lines_of(today, (2, 5, "LOST")), opening=Decimal(1), closing=Decimal(7))
    with pytest.raises(BalanceBrokenError, match=r"should be 6.*says 7"):
        bring(house, broken)
    assert bring(house, broken, asserting=False).asserted is False
    assert [Bank(house.conn).count_open(), Bank(house.conn).count_open(0)] == [9, 0]
    assert sound(house)
    house.conn.execute(text("set constraints all immediate"))
    for statement in ("update bank_lines set amount = 1", "delete from bank_lines", "truncate bank_match_voids"):
        with pytest.raises(DBAPIError, match="append-only"), house.conn.begin_nested():
            house.conn.execute(text(statement))


def test_a_line_becomes_a_payment_once_and_is_open_again_when_that_is_taken_back(house: House) -> None:
    conn, today = house.conn, kosa(house).today
    budi = house.let(today - timedelta(days=3), name="Budi Santoso")
    bring(house, lines_of(today, (2, 1_500_000, TRANSFER), (2, -350_000, "TOKEN PLN"), (1, 99, "JUNK")))
    line, out, junk = (lines(house)[word].id for word in ("SANT", "PLN", "JUNK"))
    payment = match_tenant(conn, line, budi)
    row = Ledger(conn).payment(payment)
    assert row is not None
    assert (row.payment_date, row.method, row.reference) == (today - timedelta(days=2), "transfer", TRANSFER)
    with pytest.raises(LineMatchedError):
        match_tenant(conn, line, budi)
    with pytest.raises(LineDirectionError):
        match_tenant(conn, out, budi)
    with pytest.raises(LineDirectionError):
        match_expense(conn, junk, "tax")
    expense = match_expense(conn, out, "electricity")
    assert Expenses(conn).row(expense).amount == 350_000
    ignore_line(conn, junk, "mine")
    assert Bank(conn).count_open() == 0
    for one in (line, out, junk):
        unmatch_line(conn, one, "wrong")
        with pytest.raises(LineOpenError):
            unmatch_line(conn, one, "wrong")
    assert (house.balance(budi), Bank(conn).count_open()) == (RENT, 3)
    again = match_tenant(conn, line, budi)
    assert again != payment
    void_payment(conn, again, "returned by the bank")
    assert Bank(conn).row(line).state == "open"
    assert match_tenant(conn, line, budi) != again
    assert sound(house)


def test_what_was_recorded_by_hand_is_linked_and_not_booked_twice(house: House) -> None:
    conn, today = house.conn, kosa(house).today
    budi = house.let(today - timedelta(days=3), name="Budi Santoso")
    by_hand = record_payment(conn, budi, RENT, today, method="transfer")
    bring(house, lines_of(today, (2, 1_500_000, TRANSFER), (2, 1_500_000, TRANSFER + " X"), (1, 5, "FIVE")))
    line, twin, five = (lines(house)[word].id for word in ("SANT", "X", "FIVE"))
    ((best, *_), _) = Bank(conn).suggestions([Bank(conn).row(line), Bank(conn).row(five)])
    assert (best.kind, best.payment_id, best.reasons) == ("link", by_hand, ("name", "recorded"))
    with pytest.raises(RecordedAlreadyError, match=str(by_hand)):
        match_tenant(conn, line, budi)
    link_payment(conn, line, by_hand)
    with pytest.raises(PaymentMatchedError):
        link_payment(conn, twin, by_hand)
    with pytest.raises(PaymentUnfitError):
        link_payment(conn, five, by_hand)
    assert match_tenant(conn, twin, budi) != by_hand
    unmatch_line(conn, line, "another one")
    assert Ledger(conn).payment(by_hand).reversed_by is None  # type: ignore[union-attr]
    assert match_tenant(conn, line, budi, another=True) != by_hand
    assert sound(house)


def test_what_is_sure_is_accepted_and_a_rule_that_was_learned_counts_for_the_next_statement(house: House) -> None:
    conn, today = house.conn, kosa(house).today
    for number, name in (("A1", "Budi Santoso"), ("A2", "Siti Aminah")):
        if number != "A1":
            house.room(number)
        house.let(today - timedelta(days=3), name=name, number=number)
    bring(
        house,
        lines_of(today, (2, 1_500_000, TRANSFER), (2, 1_500_000, "SETORAN TOKO MAKMUR JAYA"), (1, -9, "BIAYA ADM")),
    )
    done = [(one.kind, one.what, one.reasons) for one in accept_sure(conn, None)]
    assert done == [("tenant", "BUDI", ("name", "bill"))]
    whose = find_tenant(conn, "SITI")
    shop = lines(house)["JAYA"]
    match_tenant(conn, shop.id, whose)
    assert learn_rule(conn, shop, whose) == "TOKO*MAKMUR*JAYA"
    rules = [Rule(row.pattern, row.action, row.value) for row in Bank(conn).rules()]  # type: ignore[arg-type]
    assert replace_rules(conn, kosa(house), [*rules, Rule("BIAYA ADM", "ignore", "charges")]) == (1, 0)
    bring(house, lines_of(today, (1, 77, "99 Toko 12 Makmur 5 JAYA 2"), (0, -8, "biaya adm")))
    done = [(one.kind, one.what, one.amount) for one in accept_sure(conn, kosa(house).id)]
    assert done == [("ignore", "charges", -9), ("tenant", "SITI", 77), ("ignore", "charges", -8)]
    assert replace_rules(conn, kosa(house), []) == (0, 2)
    assert sound(house)
