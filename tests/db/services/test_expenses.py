"""Expenses: written once, taken back once, by whom the rule says, and whose cash they leave."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.domain.dates import FutureDateError
from db.domain.expenses import CATEGORIES, ExpenseCategoryError, category_of, is_cost
from db.domain.ledger import AlreadyReversedError, ReversalReversedError
from db.domain.methods import MethodError
from db.domain.money import NonPositiveAmountError
from db.engine import NotAllowedError
from db.repositories.checks.runner import run_checks
from db.repositories.expenses import ExpenseNotFoundError, Expenses
from db.repositories.happened import happened_to_room
from db.repositories.lookup import PropertyNotFoundError, PropertyRow, find_property, find_room
from db.services.expenses import RoomElsewhereError, record_expense, void_expense
from db.services.properties import add_property, archive_property
from db.services.requests import KeyReusedError
from tests.db.services.house import House
from tests.db.services.people import People

EXPENSE = Decimal(350_000)


def kosa(house: House) -> PropertyRow:
    return find_property(house.conn, "KOSA")


def test_an_expense_is_recorded_once_taken_back_once_and_never_changed(house: House) -> None:
    conn, found, today = house.conn, Expenses(house.conn), kosa(house).today
    room = find_room(conn, "A1", "KOSA")
    more = {"spent_on": today - timedelta(days=2), "payee": "PLN", "description": "token", "key": "k1"}
    first = record_expense(conn, kosa(house), EXPENSE, " Listrik ", room=room, **more)
    assert record_expense(conn, kosa(house), EXPENSE, "electricity", room=room, **more) == first
    with pytest.raises(KeyReusedError):
        record_expense(conn, kosa(house), EXPENSE, "water", room=room, **more)
    other = record_expense(conn, kosa(house), Decimal(50_000), "transfer", method="qris")
    reversal = void_expense(conn, first, "paid twice", key="k2")
    assert void_expense(conn, first, "paid twice", key="k2") == reversal
    with pytest.raises(AlreadyReversedError, match=f"{first} is already reversed by entry {reversal}"):
        void_expense(conn, first, "again")
    with pytest.raises(ReversalReversedError):
        void_expense(conn, reversal, "after all")
    with pytest.raises(ExpenseNotFoundError):
        void_expense(conn, reversal + 1, "there is none")
    rows = [(row.id, row.spent_on, row.amount, row.reversed_by, row.reason, row.room) for row in found.page().items]
    assert rows == [
        (reversal, today, -EXPENSE, None, "paid twice", "A1"),
        (other, today, 50_000, None, None, None),
        (first, today - timedelta(days=2), EXPENSE, reversal, "paid twice", "A1"),
    ]
    assert [row.id for row in found.page(category="electricity", until=today - timedelta(days=1)).items] == [first]
    assert [row.id for row in found.page(room_id=room.id, since=today).items] == [reversal]
    assert found.page(by="nobody").items == found.page(property_id=0).items == []
    assert [event.type for event in happened_to_room(conn, room.id, limit=2).items] == [
        "ExpenseReversed",
        "ExpenseRecorded",
    ]
    house.deliver()
    assert list(run_checks(conn)) == []
    conn.execute(text("set constraints all immediate"))
    for statement in ("update expenses set payee = 'x'", "delete from expenses", "truncate expenses cascade"):
        with pytest.raises(DBAPIError, match="append-only"), conn.begin_nested():
            conn.execute(text(statement))


def test_what_can_not_be_is_refused(house: House) -> None:
    conn, prop = house.conn, kosa(house)
    add_property(conn, "KOSB", "Kos B")
    with pytest.raises(FutureDateError):
        record_expense(conn, prop, EXPENSE, "tax", spent_on=prop.today + timedelta(days=1))
    with pytest.raises(NonPositiveAmountError):
        record_expense(conn, prop, Decimal(0), "tax")
    with pytest.raises(ExpenseCategoryError):
        record_expense(conn, prop, EXPENSE, "gift")
    with pytest.raises(MethodError):
        record_expense(conn, prop, EXPENSE, "tax", method="deposit")
    with pytest.raises(RoomElsewhereError):
        record_expense(conn, find_property(conn, "KOSB"), EXPENSE, "tax", room=find_room(conn, "A1", "KOSA"))
    kosb = find_property(conn, "KOSB")
    archive_property(conn, kosb)
    with pytest.raises(PropertyNotFoundError):
        record_expense(conn, kosb, EXPENSE, "tax")
    room, today = find_room(conn, "A1").id, prop.today.isoformat()
    for call in (
        f"record_expense({prop.id}, null, date '{today}' + 1, 'tax', 1, 'cash', null, null)",
        f"record_expense({prop.id}, null, '{today}', 'tax', -1, 'cash', null, null)",
        f"record_expense({prop.id}, null, '{today}', 'gift', 1, 'cash', null, null)",
        f"record_expense({prop.id}, {room + 1}, '{today}', 'tax', 1, 'cash', null, null)",
    ):
        with pytest.raises(DBAPIError, match=r"check|not an expense"), conn.begin_nested():
            conn.execute(text(f"select {call}"))


def test_staff_take_back_their_own_of_today_and_the_landlord_everything(people: People) -> None:
    rini = people.add("rini", "staff")
    with people.being() as conn:
        House.build(conn)
        theirs = record_expense(conn, find_property(conn, "KOSA"), EXPENSE, "water")
    with people.being(rini) as conn:
        own, late = (record_expense(conn, find_property(conn, "KOSA"), Decimal(n), "supplies") for n in (1, 2))
        void_expense(conn, own, "mistyped")
    with pytest.raises(NotAllowedError), people.being(rini) as conn:
        void_expense(conn, theirs, "not mine")
    with people.being() as conn:
        conn.execute(text("alter table expenses disable trigger user"))
        conn.execute(
            text("update expenses set created_at = created_at - interval '1 day' where id = :id"), {"id": late}
        )
        conn.execute(text("alter table expenses enable trigger user"))
    with pytest.raises(NotAllowedError), people.being(rini) as conn:
        void_expense(conn, late, "too late")
    with people.being() as conn:
        assert [row.id for row in Expenses(conn).page(by=rini).items][-2:] == [late, own]
        reversal = Expenses(conn).row(void_expense(conn, late, "by the landlord"))
        assert (reversal.holder, reversal.actor == rini, reversal.amount) == (rini, False, -2)
        assert list(run_checks(conn)) == []


def test_a_category_is_a_word_of_either_language_and_moved_money_is_no_cost() -> None:
    assert [category_of(word) for word in ("LISTRIK", "air", "setoran", "lainnya", "tax")] == [
        "electricity", "water", "transfer", "other", "tax",
    ]  # fmt: skip
    assert [category for category in CATEGORIES if not is_cost(category)] == ["transfer"]
