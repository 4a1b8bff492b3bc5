"""The kos of 24 rooms: what there is to see in it, on whatever day it is made."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, text

from db.demo.small import SEED, make_kos
from db.engine import Database
from db.repositories.balances import BalanceRow, Balances
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import find_tenant
from tests.db.services.clock import travel

# The leap day, the end of a long month after a short one, the first of a year, and today.
DAYS = (date(2024, 2, 29), date(2025, 3, 31), date(2026, 1, 1), None)


@pytest.fixture(scope="module", params=DAYS, ids=lambda day: str(day or "today"))
def kos(request: pytest.FixtureRequest, shared_database: Database) -> Iterator[Connection]:
    """The demo as it is made on a day."""
    with shared_database.transaction(dry_run=True) as conn:
        if request.param is not None:
            travel(conn, request.param)
        assert make_kos(conn, Random(SEED))
        yield conn


def balance(conn: Connection, code: str) -> BalanceRow:
    return Balances(conn).row(find_tenant(conn, code).id)


def one(conn: Connection, query: str) -> Any:
    return conn.execute(text(query)).one()


def test_every_invariant_holds(kos: Connection) -> None:
    assert list(run_checks(kos)) == []


def test_there_are_24_rooms_in_two_properties(kos: Connection) -> None:
    rows = kos.execute(text("select property, count(*) from room_list group by 1 order by 1")).all()
    assert [tuple(row) for row in rows] == [("KOSA", 12), ("KOSB", 12)]


def test_some_rooms_are_empty_and_one_is_in_renovation(kos: Connection) -> None:
    rows = kos.execute(text("select property || number, status from room_list where status <> 'occupied'")).all()
    assert {(row[0], row[1]) for row in rows} == {
        ("KOSAA8", "renovation"),
        ("KOSBB6", "available"),
        ("KOSBB11", "available"),
        ("KOSBB12", "available"),
    }


def test_history_begins_two_years_ago_and_ends_today(kos: Connection) -> None:
    first, last, today = one(
        kos, "select min(payment_date), max(payment_date), min(business_date(timezone)) from payments, properties"
    )
    assert timedelta(days=690) < today - first < timedelta(days=770)
    assert today - timedelta(days=15) <= last <= today


def test_budi_and_ani_owe_nothing(kos: Connection) -> None:
    for code, room in (("BUDI", "A1"), ("ANI", "A2")):
        found = balance(kos, code)
        assert (found.room, found.monthly_rent, found.outstanding_balance) == (room, Decimal(1_500_000), 0)


def test_siti_is_two_months_behind(kos: Connection) -> None:
    found = balance(kos, "SITI")
    assert (found.outstanding_balance, found.status) == (Decimal(3_000_000), "unpaid")
    assert 28 <= (found.days_overdue or 0) <= 62


def test_togar_has_paid_a_part(kos: Connection) -> None:
    found = balance(kos, "TOGAR")
    assert (found.outstanding_balance, found.status) == (Decimal(600_000), "partial")


def test_made_has_paid_ahead(kos: Connection) -> None:
    found = balance(kos, "MADE")
    assert found.status == "credit"
    assert found.outstanding_balance < 0


def test_asep_owes_one_month_since_he_skipped_one(kos: Connection) -> None:
    assert balance(kos, "ASEP").outstanding_balance == Decimal(1_500_000)


def test_who_left_with_a_debt_still_owes_it(kos: Connection) -> None:
    found = balance(kos, "TUMPAL")
    assert (found.room, found.outstanding_balance) == (None, Decimal(2_400_000))


def test_debts_over_ninety_days_are_there(kos: Connection) -> None:
    assert (balance(kos, "GALIH").days_overdue or 0) > 90


def test_three_share_a_rent_to_the_rupiah(kos: Connection) -> None:
    rents = [balance(kos, code).monthly_rent for code in ("RINI", "TETI", "MEILANI")]
    assert sorted(rents, key=str) == [Decimal(666_666), Decimal(666_667), Decimal(666_667)]


def test_a_move_within_a_period_is_credited_and_charged(kos: Connection) -> None:
    lines = kos.execute(
        text("select kind, amount, related_id from charge_list where tenant = 'NUR' and days < of_days order by id")
    ).all()
    assert [line.kind for line in lines] == ["credit", "rent"]
    assert lines[1].related_id is not None
    assert balance(kos, "NUR").room == "A10"


def test_a_raise_left_the_months_before_alone(kos: Connection) -> None:
    rents = kos.execute(text("select distinct amount from charge_list where tenant = 'WAYAN' order by 1")).scalars()
    assert list(rents) == [Decimal(1_200_000), Decimal(1_300_000)]


def test_a_new_billing_day_was_bridged(kos: Connection) -> None:
    bridge = one(kos, "select days, of_days, amount from charge_list where tenant = 'CITRA' and days < of_days")
    assert (bridge.days, bridge.amount % 1000) == (20, 0)


def test_ani_is_billed_on_the_last_day_of_short_months(kos: Connection) -> None:
    days = kos.execute(
        text(
            "select distinct extract(day from period_start)::int as d from charge_list where tenant = 'ANI' order by d"
        )
    ).scalars()
    assert {30, 31} < set(days) <= {28, 29, 30, 31}


def test_deposits_are_held_applied_and_refunded(kos: Connection) -> None:
    kinds = kos.execute(text("select distinct kind from deposit_entries order by 1")).scalars()
    assert list(kinds) == ["applied", "received", "refunded"]
    held = one(kos, "select deposit_held from tenant_list where code = 'BUDI'").deposit_held
    assert held == Decimal(1_500_000)
    for code in ("RIZAL", "YULIA"):
        assert balance(kos, code).outstanding_balance == 0


def test_a_payment_booked_to_the_wrong_tenant_was_voided(kos: Connection) -> None:
    wrong = one(kos, "select tenant, amount, reversed_by from payment_list where reversed_by is not null")
    assert (wrong.tenant, wrong.amount) == ("ANI", Decimal(1_500_000))
    assert one(kos, "select amount from payment_list where tenant = 'BUDI' limit 1").amount == wrong.amount


def test_one_leaves_soon_and_the_next_one_is_to_come(kos: Connection) -> None:
    leases = kos.execute(text("select tenant, starts_on, ends_on from lease_list where room = 'B5' order by 2")).all()
    today = find_tenant(kos, "PUTU").today
    assert [row.tenant for row in leases] == ["PUTU", "FELICIA"]
    assert today < leases[0].ends_on <= leases[1].starts_on


def test_nobody_can_be_reached(kos: Connection) -> None:
    phones = kos.execute(text("select phone, email from tenants")).all()
    assert all(row.phone.startswith("+62812000") for row in phones)
    assert all(row.email is None or row.email.endswith(("@example.com", "@contoh.id")) for row in phones)
