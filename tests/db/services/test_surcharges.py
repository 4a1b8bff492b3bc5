"""Utilities at a flat rate: with each rent period once, whenever somebody said what they cost."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from db.repositories.checks.runner import run_checks
from db.repositories.lookup import find_property, find_room
from db.services.billing import NOTHING, Accrued, accrue
from db.services.meters import set_tariff
from db.services.moves import move_out, move_tenant
from db.tables import charges
from tests.db.services.house import House

WIFI = Decimal(50_000)


def flat(house: House, kind: str, amount: Decimal | None, since: date, mode: str = "flat") -> None:
    set_tariff(house.conn, find_property(house.conn, "KOSA"), kind, amount, since, mode=mode)


def posted(house: House, kind: str = "internet") -> list[tuple[object, ...]]:
    c = charges.c
    query = select(c.period_start, c.days, c.amount, c.due_on).where(c.kind == kind, c.reverses_id.is_(None))
    taken_back = select(c.reverses_id).where(c.reverses_id.is_not(None))
    return [tuple(row) for row in house.conn.execute(query.where(c.id.not_in(taken_back)).order_by(c.id))]


def test_the_flat_amount_comes_with_each_period_once(house: House) -> None:
    flat(house, "internet", WIFI, date(2026, 1, 1))
    house.let(date(2026, 1, 15), billing_day=1, until=date(2026, 3, 1))
    assert posted(house) == [
        (date(2026, 1, 15), 17, Decimal(27_419), date(2026, 1, 15)),
        (date(2026, 2, 1), 28, WIFI, date(2026, 2, 1)),
        (date(2026, 3, 1), 31, WIFI, date(2026, 3, 1)),
    ]
    flat(house, "internet", WIFI * 2, date(2026, 4, 15))
    flat(house, "internet", None, date(2026, 6, 1), "included")
    for _ in range(2):
        accrue(house.conn, until=date(2026, 6, 30))
    assert [row[2] for row in posted(house)[3:]] == [WIFI, WIFI * 2]
    assert accrue(house.conn, until=date(2026, 6, 30)).charges == 0
    house.deliver()
    assert list(run_checks(house.conn)) == []


def test_a_tariff_that_came_late_is_made_up_for(house: House) -> None:
    tenant = house.let(date(2026, 1, 1), until=date(2026, 3, 1))
    house.freeze(tenant)
    flat(house, "internet", WIFI, date(2026, 2, 1))
    assert accrue(house.conn, tenant_id=tenant.id).charges == 0
    assert accrue(house.conn) == Accrued(2, 2, WIFI * 2)
    assert accrue(house.conn) == NOTHING
    assert [row[0] for row in posted(house)] == [date(2026, 2, 1), date(2026, 3, 1)]


def test_nobody_pays_for_months_after_the_end_and_for_none_twice(house: House) -> None:
    flat(house, "internet", WIFI, date(2026, 1, 1))
    flat(house, "gas", WIFI, date(2026, 1, 1))
    house.room("A2")
    tenant = house.let(date(2026, 1, 1), until=date(2026, 3, 1))
    move_tenant(house.conn, tenant, find_room(house.conn, "A2"), date(2026, 3, 10))
    starts = [row[0] for row in posted(house)]
    assert len(starts) == len(set(starts))
    assert date(2026, 3, 10) not in starts
    move_out(house.conn, tenant, date(2026, 4, 20))
    assert [row[0] for row in posted(house)] == [date(2026, month, 1) for month in (1, 2, 3, 4)]
    assert len(posted(house, "other")) == 4
    assert accrue(house.conn).charges == 0
    house.deliver()
    assert list(run_checks(house.conn)) == []
