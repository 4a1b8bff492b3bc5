"""The calendar: what months brought, what is due today, who leaves."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from db.repositories.agenda import Agenda
from db.services.moves import move_out
from db.services.payments import record_payment
from tests.db.services.house import RENT, House


def test_months_tell_what_was_charged_and_what_came_in(conn: Connection) -> None:
    house = House.build(conn)
    house.room()
    today = house.tenant("Ani").today
    start = (today.replace(day=1) - timedelta(days=40)).replace(day=1)
    budi = house.let(start, billing_day=1)
    record_payment(conn, budi, Decimal(500_000), start)
    months = Agenda(conn, today).months()
    assert len(months) == 12
    assert months[-1].month == today.replace(day=1)
    by_month = {row.month: row for row in months}
    assert by_month[start] == (start, RENT, Decimal(500_000))
    assert by_month[today.replace(day=1)] == (today.replace(day=1), RENT, Decimal(0))
    assert Agenda(conn, today, property_id=-1).months()[-1].charged == 0


def test_what_falls_due_today_is_told_until_it_is_paid(conn: Connection) -> None:
    house = House.build(conn)
    house.room()
    budi = house.let(house.tenant("Ani").today)
    agenda = Agenda(conn, budi.today)
    assert [(row.tenant, row.amount) for row in agenda.due(5)] == [(budi.code, RENT)]
    record_payment(conn, budi, RENT)
    assert agenda.due(5) == []


def test_who_leaves_within_some_days(conn: Connection) -> None:
    house = House.build(conn)
    house.room()
    budi = house.let(house.tenant("Ani").today - timedelta(days=10))
    agenda = Agenda(conn, budi.today)
    assert agenda.leaving(30, 5) == []
    move_out(conn, budi, budi.today + timedelta(days=20))
    assert [(row.tenant, row.room) for row in agenda.leaving(30, 5)] == [(budi.code, "A1")]
    assert agenda.leaving(10, 5) == []
    assert isinstance(agenda.leaving(30, 5)[0].ends_on, date)
