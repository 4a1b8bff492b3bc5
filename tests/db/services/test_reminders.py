"""Who is reminded of what on which day, and what is written down of it."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.repositories.checks.runner import run_checks
from db.repositories.lookup import TenantRef, find_property, find_tenant
from db.repositories.pages import Way
from db.repositories.reminders import NothingOpenError, ReminderRow, Reminders
from db.services.charges import post_charge
from db.services.payments import record_payment
from db.services.properties import PolicyError, edit_property
from db.services.reminders import ChannelError, NotDueError, send_reminder
from db.services.reversals import void_charge
from tests.db.services.clock import travel
from tests.db.services.house import House

RENT = Decimal(1_500_000)


def on(house: House, day: str) -> list[ReminderRow]:
    """Those to be reminded when it is that day."""
    travel(house.conn, date.fromisoformat(day))
    return Reminders(house.conn).page().items


def told(rows: list[ReminderRow]) -> list[tuple[str, int | None, str, int, Decimal]]:
    return [(row.tenant, row.stage, row.kind, row.days, row.amount) for row in rows]


def again(house: House, tenant: TenantRef) -> TenantRef:
    """The tenant of today."""
    return find_tenant(house.conn, tenant.code)


def test_a_rent_is_told_at_each_stage_before_it_is_posted_and_after(house: House) -> None:
    travel(house.conn, date(2026, 2, 10))
    budi = house.let(date(2026, 2, 10))
    record_payment(house.conn, budi, RENT)
    assert on(house, "2026-03-06") == []
    assert told(on(house, "2026-03-08")) == [("BUDI", -3, "rent", -2, RENT)]  # the 7th was missed
    row, channel = send_reminder(house.conn, again(house, budi))
    assert (row.stage, row.charge_id, row.period_start, row.total, channel) == (
        -3, None, date(2026, 3, 10), RENT, "other",
    )  # fmt: skip
    assert on(house, "2026-03-08") == on(house, "2026-03-09") == []
    assert told(on(house, "2026-03-10")) == [("BUDI", 0, "rent", 0, RENT)]
    house.accrue(date(2026, 3, 10))  # a bill that is posted is the same bill
    record_payment(house.conn, again(house, budi), Decimal(500_000))
    assert told(on(house, "2026-03-10")) == [("BUDI", 0, "rent", 0, Decimal(1_000_000))]
    send_reminder(house.conn, again(house, budi), "sms")
    assert told(on(house, "2026-03-20")) == [("BUDI", 7, "rent", 10, Decimal(1_000_000))]
    with pytest.raises(ChannelError):
        send_reminder(house.conn, again(house, budi), "pigeon")
    send_reminder(house.conn, again(house, budi), "whatsapp")
    with pytest.raises(NotDueError):
        send_reminder(house.conn, again(house, budi))
    record_payment(house.conn, again(house, budi), Decimal(1_000_000))
    assert on(house, "2026-03-21") == []
    sent = [(row.stage, row.kind, row.sent_on, row.amount, row.channel) for row in Reminders(house.conn).sent().items]
    assert sent == [
        (7, "rent", date(2026, 3, 20), Decimal(1_000_000), "whatsapp"),
        (0, "rent", date(2026, 3, 10), Decimal(1_000_000), "sms"),
        (-3, "rent", date(2026, 3, 8), RENT, "other"),
    ]
    house.deliver()
    assert list(run_checks(house.conn)) == []
    house.conn.execute(text("set constraints all immediate"))
    for statement in ("update reminders set stage = 0", "delete from reminders", "truncate reminders"):
        with pytest.raises(DBAPIError, match="append-only"), house.conn.begin_nested():
            house.conn.execute(text(statement))


def test_money_paid_ahead_and_bills_taken_back_need_no_reminder(house: House) -> None:
    travel(house.conn, date(2026, 2, 10))
    budi = house.let(date(2026, 2, 10))
    record_payment(house.conn, budi, RENT + 600_000)
    assert told(on(house, "2026-03-07")) == [("BUDI", -3, "rent", -3, Decimal(900_000))]
    citra = house.tenant("Citra")
    with pytest.raises(NothingOpenError):
        Reminders(house.conn).of_tenant(citra)
    record_payment(house.conn, again(house, budi), Decimal(900_000))
    assert on(house, "2026-03-09") == []
    post_charge(house.conn, again(house, budi), Decimal(50_000), "water")
    assert told(on(house, "2026-03-09")) == [("BUDI", -3, "rent", -1, Decimal(50_000))]  # the credit went to the water
    travel(house.conn, date(2026, 3, 13))
    house.accrue(date(2026, 3, 10))
    fee = post_charge(house.conn, again(house, budi), Decimal(75_000), "late_fee", due_on=date(2026, 3, 12))
    row = on(house, "2026-03-13")[0]
    assert (row.stage, row.kind, row.amount, row.total, row.fees, row.balance) == (
        3, "rent", Decimal(50_000), Decimal(125_000), Decimal(75_000), Decimal(125_000),
    )  # fmt: skip
    send_reminder(house.conn, again(house, budi))
    assert on(house, "2026-03-14") == []  # the fee was named too
    assert on(house, "2026-03-15") == []  # and is no reason of its own while the rent is late
    assert told(on(house, "2026-03-17")) == [("BUDI", 7, "rent", 7, Decimal(50_000))]
    record_payment(house.conn, again(house, budi), Decimal(50_000))
    assert told(on(house, "2026-03-17")) == [("BUDI", 3, "late_fee", 5, Decimal(75_000))]
    void_charge(house.conn, fee, "he was in hospital")
    assert on(house, "2026-03-17") == []


def test_the_list_is_read_in_pages_in_both_directions(house: House) -> None:
    travel(house.conn, date(2026, 3, 10))
    for n, letter in enumerate("ABCDEFG"):
        house.room(f"B{n}")
        house.let(date(2026, 3, 10 if n % 3 else 9), name=f"Tono{letter}", number=f"B{n}")
    found = Reminders(house.conn)
    every = [row.tenant for row in found.page(limit=50).items]
    assert every == [f"TONO{letter}" for letter in "ABCDEFG"]
    first = found.page(limit=3)
    second = found.page(after=first.next, limit=3)
    third = found.page(after=second.next, limit=3)
    pages = [[row.tenant for row in page.items] for page in (first, second, third)]
    assert (pages, first.previous, third.next) == ([every[:3], every[3:6], every[6:]], None, None)
    back = found.page(after=third.previous, limit=3, way=Way.BEFORE)
    assert [row.tenant for row in back.items] == every[3:6]
    end = found.page(limit=3, way=Way.BEFORE)
    assert ([row.tenant for row in end.items], end.next) == (every[4:], None)
    assert [row.tenant for row in found.page(after=end.previous, limit=9, way=Way.UPTO).items] == every[:5]
    assert [row.tenant for row in found.page(stage=1).items] == ["TONOA", "TONOD", "TONOG"]
    assert found.page(property_id=0).items == []


def test_the_stages_of_a_property_hold_at_once(house: House) -> None:
    travel(house.conn, date(2026, 3, 10))
    budi = house.let(date(2026, 3, 10))

    def edit(**changes: object) -> None:
        edit_property(house.conn, find_property(house.conn, "KOSA"), changes)

    assert len(on(house, "2026-03-10")) == 1
    edit(reminder_stages=[])
    assert on(house, "2026-03-10") == []
    edit(reminder_stages=[-10, 5], pay_to=" BCA 123 a.n. Sari ", greeting="kak")
    record_payment(house.conn, again(house, budi), RENT)
    assert on(house, "2026-03-30") == []
    row = on(house, "2026-03-31")[0]
    assert (row.stage, row.days, row.pay_to, row.greeting) == (-10, -10, "BCA 123 a.n. Sari", "kak")
    assert [row.due_on for row in Reminders(house.conn, date(2026, 4, 1)).page().items] == [date(2026, 4, 10)]
    assert Reminders(house.conn, date(2026, 3, 30)).page().items == []
    with pytest.raises(PolicyError):
        edit(greeting="yo")
    with pytest.raises(DBAPIError, match="reminder_stages"), house.conn.begin_nested():
        house.conn.execute(text("update properties set reminder_stages = '{91}'"))
