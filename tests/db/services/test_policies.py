"""Policies by date: which one a lease is signed under, and that nothing changes what was signed."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, text

from db.domain.allocation import debt_order
from db.domain.late_fees import LateFee
from db.repositories.balances import Balances
from db.repositories.checks.runner import run_checks
from db.repositories.entries import Entries
from db.repositories.leases import tenant_leases
from db.repositories.lookup import find_property
from db.repositories.policies import Policies
from db.services.charges import post_charge
from db.services.moves import move_out
from db.services.payments import record_payment
from db.services.properties import edit_property
from tests.db.services.house import RENT, House

FEE = {"late_fee": "percent", "late_fee_rate": Decimal(1), "late_fee_cap_percent": Decimal(30),
       "late_fee_cap_amount": None}  # fmt: skip


def test_a_lease_takes_the_policy_of_its_first_day_with_it(house: House) -> None:
    kosa = find_property(house.conn, "KOSA")
    budi = house.let(kosa.today - timedelta(days=3))
    edit_property(house.conn, kosa, {**FEE, "refund": "prorate", "grace_days": 4})
    edit_property(house.conn, kosa, {"billing_day": 7}, kosa.today + timedelta(days=40))
    house.room("A2")
    house.room("A3")
    ani = house.let(kosa.today, name="Ani", number="A2")
    cici = house.let(kosa.today + timedelta(days=41), name="Cici", number="A3")
    old, new, later = (tenant_leases(house.conn, one.id)[0] for one in (budi, ani, cici))
    assert (old.late_fee, old.refund, old.grace_days) == ("off", "none", 0)
    assert new.fee == LateFee("percent", Decimal(1), cap_percent=Decimal(30))
    assert (new.refund, new.grace_days, new.terms[0].billing_day) == ("prorate", 4, kosa.today.day)
    assert (later.late_fee, later.refund, later.terms[0].billing_day) == ("percent", "prorate", 7)
    # Out tomorrow, with the rent of all days but one given back: as signed.
    assert move_out(house.conn, ani, kosa.today + timedelta(days=1)).credit > 0
    assert move_out(house.conn, budi, kosa.today + timedelta(days=1)).credit == 0


def test_a_policy_of_a_later_day_keeps_what_it_changed_itself(house: House) -> None:
    kosa = find_property(house.conn, "KOSA")
    january, july = kosa.today + timedelta(days=50), kosa.today + timedelta(days=200)
    edit_property(house.conn, kosa, {"grace_days": 2}, january)
    edit_property(house.conn, kosa, {"refund": "prorate"}, july)
    edit_property(house.conn, kosa, {"grace_days": 5, "late_fee": "flat", "late_fee_rate": Decimal(50_000)})
    found = Policies(house.conn)
    on = [found.on(kosa.id, day) for day in (kosa.today - timedelta(days=1), kosa.today, january, july)]
    assert [row.grace_days for row in on] == [0, 5, 2, 2]
    assert [row.refund for row in on] == ["none", "none", "none", "prorate"]
    assert [row.late_fee for row in on] == ["off", "flat", "flat", "flat"]
    assert find_property(house.conn, "KOSA").grace_days == 5
    assert found.next_after(kosa.id, kosa.today) == january
    rows = found.rows(kosa.id)
    assert [row.state for row in rows] == ["ended", "active", "replaced", "coming", "replaced", "coming"]
    assert [row.effective_on for row in rows] == [None, kosa.today, january, january, july, july]
    # What is so already is no change.
    edit_property(house.conn, kosa, {"grace_days": 5})
    assert len(found.rows(kosa.id)) == 6


def test_a_program_of_the_version_before_keeps_its_columns_and_signs_leases(house: House) -> None:
    conn = house.conn
    conn.execute(text("insert into properties (code, name, grace_days) values ('KOSB', 'Old', 3)"))
    conn.execute(text("update properties set grace_days = 6, name = 'Older' where code = 'KOSB'"))
    kosb = find_property(conn, "KOSB")
    found = Policies(conn)
    yesterday = kosb.today - timedelta(days=1)
    assert [found.on(kosb.id, day).grace_days for day in (yesterday, kosb.today)] == [3, 6]
    edit_property(conn, kosb, FEE)
    signed = conn.execute(text("""
        with r as (insert into rooms (property_id, number, monthly_rent) values (:p, 'B1', 1) returning id),
             t as (insert into tenants (property_id, code, name) values (:p, 'OLD', 'Old') returning id)
        insert into leases (property_id, tenant_id, room_id, starts_on, basis, grace_days, proration, rounding,
                            billed_from_on)
        select :p, t.id, r.id, :day, 'per_tenant', 6, 'daily', 1, :day from r, t
        returning late_fee, late_fee_rate, late_fee_cap_percent, refund, charge_order
    """), {"p": kosb.id, "day": kosb.today}).one()  # fmt: skip
    assert tuple(signed) == ("percent", 1, 30, "none", ["rent", "utilities", "other", "late_fee"])
    # A day that brings another policy shows it to such programs, and that is no change of theirs.
    conn.execute(text("update properties set grace_days = 1 where code = 'KOSB'"))
    conn.execute(text("set constraints all immediate"))
    conn.execute(text("alter table properties disable trigger policy_of_today"))
    conn.execute(text("update properties set grace_days = 0 where code = 'KOSB'"))
    conn.execute(text("alter table properties enable trigger policy_of_today"))
    before = len(found.rows(kosb.id))
    conn.execute(text("select settle_policies()"))
    assert find_property(conn, "KOSB").grace_days == 1
    assert len(found.rows(kosb.id)) == before


def test_the_first_policy_reaches_back_as_far_as_any_lease(house: House) -> None:
    kosa = find_property(house.conn, "KOSA")
    assert Policies(house.conn).on(kosa.id, date(1990, 1, 1)).rounding == 1


def test_payments_fill_what_is_due_on_one_day_in_the_order_of_the_lease(conn: Connection) -> None:
    house = House.build(conn, charge_order=["utilities", "late_fee", "rent", "other"])
    house.room()
    today = find_property(conn, "KOSA").today
    budi = house.let(today)
    for kind, amount in (("other", 10), ("late_fee", 20), ("water", 30)):
        post_charge(conn, budi, Decimal(amount), kind, due_on=today)
    record_payment(conn, budi, Decimal(60))
    filled = [(line.debt.kind, line.open) for line in house.allocation(budi).lines]
    assert filled == [("water", 0), ("late_fee", 0), ("rent", RENT - 10), ("other", 10)]
    row, then = Balances(conn).row(budi.id), Balances(conn).row_as_of(budi.id, today)
    assert (row.status, row.paid_through_on) == (then.status, then.paid_through_on) == ("partial", None)
    record_payment(conn, budi, RENT - 20)
    assert Balances(conn).row(budi.id).paid_through_on is None
    record_payment(conn, budi, Decimal(10))
    assert Balances(conn).row(budi.id).paid_through_on is not None
    house.deliver()
    assert list(run_checks(conn)) == []
    # The same money under the order of everybody else would have paid the rent before the rest.
    assert [debt.kind for debt in sorted(Entries(conn).last_debts({budi.id: RENT})[budi.id], key=debt_order)] == [
        "water", "late_fee", "rent", "other",
    ]  # fmt: skip
