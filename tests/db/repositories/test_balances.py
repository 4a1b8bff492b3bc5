"""A balance as it stood: today's figure, seen from today, is the figure of today."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from db.repositories.balances import Balances
from db.repositories.lookup import find_property
from db.services.charges import post_charge
from db.services.payments import record_payment
from db.services.reversals import void_charge, void_payment
from tests.db.services.house import House


@pytest.mark.parametrize("paid", [500_000, 1_500_000, 9_000_000])
def test_as_of_today_is_what_is_shown_without_a_day(house: House, paid: int) -> None:
    today = find_property(house.conn, "KOSA").today
    budi = house.let(today - timedelta(days=40))
    record_payment(house.conn, budi, Decimal(paid), today)
    found = Balances(house.conn)
    told = found.row_as_of(budi.id, today)
    assert told == found.row(budi.id)


def test_money_paid_ahead_counts_for_the_periods_it_was_to_cover(house: House) -> None:
    budi = house.let(date(2026, 3, 10))
    record_payment(house.conn, budi, Decimal(9_000_000), date(2026, 3, 10))
    row = Balances(house.conn).row_as_of(budi.id, date(2026, 4, 15))
    assert (row.paid_through_on, row.status) == (date(2026, 9, 9), "credit")


@pytest.mark.parametrize("seed", range(6))
def test_aging_of_now_is_that_of_all_entries_up_to_today(house: House, seed: int) -> None:
    chance, today = Random(seed), find_property(house.conn, "KOSA").today
    for name in ("Ani", "Budi", "Citra"):
        tenant = house.tenant(name)
        for _ in range(12):
            day, amount = today - timedelta(days=chance.choice((0, 10, 20, 45, 80, 200))), Decimal(chance.randint(1, 9))
            if chance.random() < 0.6:
                kind = chance.choice(("electricity", "late_fee", "other", "credit", "damage"))
                number = post_charge(house.conn, tenant, amount, kind, charged_on=day, due_on=day)
                if chance.random() < 0.3:
                    void_charge(house.conn, number, "wrong")
            else:
                number = record_payment(house.conn, tenant, amount, day)
                if chance.random() < 0.3:
                    void_payment(house.conn, number, "wrong")
    balances = Balances(house.conn)
    assert balances.aging().items == balances.aging(today).items
    assert any(row.total > 0 for row in balances.aging().items)
