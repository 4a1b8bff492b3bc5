"""A balance as it stood: today's figure, seen from today, is the figure of today."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from db.repositories.balances import Balances
from db.repositories.lookup import find_property
from db.services.payments import record_payment
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
