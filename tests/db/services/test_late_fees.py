"""Late fees as they are posted (R15): once for each stage, by any number of runs, and never more than is due."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, select, text, update

from db.engine import Database
from db.repositories.checks.runner import run_checks
from db.repositories.late_fees import FeeRow, LateFees
from db.repositories.lookup import TenantRef, find_property
from db.services.billing import accrue
from db.services.late_fees import Charged, charge_late_fees
from db.services.payments import record_payment
from db.services.properties import edit_property
from db.services.reversals import void_charge
from db.tables import charges, leases
from jobs.schedules import Due, bill
from tests.db.services.house import RENT, House

DAILY = {"late_fee": "percent", "late_fee_rate": Decimal(1), "late_fee_cap_percent": Decimal(30),
         "late_fee_cap_amount": None}  # fmt: skip


def strict(conn: Connection, **policy: object) -> House:
    """A house whose policy has had a late fee from its beginning."""
    house = House.build(conn, **(DAILY | policy))
    house.room()
    return house


def move_in(house: House, days: int, **more: object) -> tuple[TenantRef, date]:
    """Budi, whose one rent was due so many days ago; no other comes."""
    start = find_property(house.conn, "KOSA").today - timedelta(days=days)
    budi = house.let(start, until=start, **more)
    house.freeze(budi)
    return budi, start


def run(conn: Connection, until: date | None = None) -> Charged:
    return charge_late_fees(conn, LateFees(conn).overdue(until=until), until=until)


def posted(conn: Connection) -> list[tuple[Decimal, date, str]]:
    c = charges.c
    query = select(c.amount, c.period_start, c.description).where(c.kind == "late_fee", c.reverses_id.is_(None))
    return [tuple(row) for row in conn.execute(query.order_by(c.id))]


def assert_sound(house: House) -> None:
    house.deliver()
    # Nothing but the rent that these tests have stopped may be missing.
    assert [found for found in run_checks(house.conn) if found.check != "rent_periods_tile"] == []


def only(conn: Connection) -> FeeRow:
    (row,) = listed(conn)
    return row


def listed(conn: Connection) -> list[FeeRow]:
    found = LateFees(conn)
    return list(found.rows(found.concerned()))


def test_every_run_brings_the_fee_up_to_its_day(conn: Connection) -> None:
    house = strict(conn)
    budi, due = move_in(house, 45)
    assert run(conn, due).fees == 0
    assert run(conn, due + timedelta(days=5)) == (1, 75_000)
    assert run(conn, due + timedelta(days=5)) == (0, 0)
    record_payment(conn, budi, Decimal(500_000), due + timedelta(days=7))
    assert run(conn, due + timedelta(days=8)) == (1, 40_000)
    assert run(conn) == (1, 335_000)
    assert house.balance(budi) == 1_000_000 + 450_000
    number = conn.execute(select(charges.c.id).where(charges.c.kind == "rent")).scalar_one()
    assert posted(conn) == [
        (75_000, due, f"#{number}: 5 × 1% × 1500000"),
        (40_000, due + timedelta(days=5), f"#{number}: 2 × 1% × 1500000 + 1 × 1% × 1000000"),
        (335_000, due + timedelta(days=8), f"#{number}: 37 × 1% × 1000000 ≤ 450000"),
    ]
    assert_sound(house)


def test_a_fee_that_was_waived_is_not_posted_again_for_its_days(conn: Connection) -> None:
    house = strict(conn)
    _, due = move_in(house, 9)
    run(conn, due + timedelta(days=5))
    void_charge(conn, conn.execute(select(charges.c.id).where(charges.c.kind == "late_fee")).scalar_one(), "his first")
    assert run(conn, due + timedelta(days=5)).fees == 0
    assert run(conn) == (1, 60_000)
    assert (only(conn).waived, only(conn).posted, only(conn).excess) == (75_000, 60_000, 0)


def test_a_payment_entered_late_shows_which_fees_are_too_much(conn: Connection) -> None:
    house = strict(conn)
    budi, due = move_in(house, 6)
    for day in range(1, 7):
        run(conn, due + timedelta(days=day))
    assert (only(conn).to_post, only(conn).excess) == (0, 0)
    record_payment(conn, budi, RENT, due + timedelta(days=4))
    row = only(conn)
    assert (row.open, row.due, row.posted, row.excess, row.again) == (0, 60_000, 90_000, 30_000, 0)
    for number in (row.void or "").split(", "):
        void_charge(conn, int(number), "paid in time")
    assert (house.balance(budi), listed(conn)) == (60_000, [])
    assert_sound(house)


def test_what_was_taken_back_bears_no_fee(conn: Connection) -> None:
    move_in(strict(conn), 3)
    run(conn)
    void_charge(conn, conn.execute(select(charges.c.id).where(charges.c.kind == "rent")).scalar_one(), "not his")
    row = only(conn)
    assert (row.due, row.posted, row.excess, row.to_post) == (0, 45_000, 45_000, 0)
    assert run(conn).fees == 0


def test_a_change_of_rates_does_not_touch_who_has_signed(conn: Connection) -> None:
    house = House.build(conn)
    house.room()
    move_in(house, 10)
    edit_property(conn, find_property(conn, "KOSA"), DAILY)
    assert run(conn).fees == 0
    assert listed(conn) == []
    conn.execute(update(leases).values(late_fee="flat", late_fee_rate=50_000, late_fee_grace=3))
    edit_property(conn, find_property(conn, "KOSA"), {"late_fee": "off", "late_fee_rate": Decimal(0)})
    assert run(conn) == (1, 50_000)
    assert run(conn).fees == 0


def test_the_database_posts_no_fee_that_must_not_be(conn: Connection) -> None:
    house = strict(conn)
    _, due = move_in(house, 4)
    run(conn, due + timedelta(days=2))
    rent, fee = conn.execute(select(charges.c.id).order_by(charges.c.id)).scalars()
    days = [due + timedelta(days=day) for day in range(7)]
    for principal, start, end, amount in [
        (fee, days[2], days[3], 1), (rent, days[1], days[3], 1), (rent, days[2], days[5], 1),
        (rent, days[2], days[3], 420_001), (rent, days[2], days[3], 0),
    ]:  # fmt: skip
        query = text("select posted from post_late_fees(array[:id], array[:start], array[:end], array[:amount], '{x}')")
        values = {"id": principal, "start": start, "end": end, "amount": Decimal(amount)}
        assert conn.execute(query, values).scalar_one() == 0, (start, end, amount)


def test_runs_at_once_post_every_fee_once(database: Database) -> None:
    with database.transaction() as conn:
        house = strict(conn)
        today = find_property(conn, "KOSA").today
        for number in range(8):
            house.room(f"B{number}")
            house.let(today - timedelta(days=20), name=f"Name {number}", number=f"B{number}")

    def bill(_: int) -> int:
        with database.reading() as conn:
            late = LateFees(conn).overdue()
        fees = 0
        for place in range(0, len(late), 3):
            with database.transaction() as conn:
                fees += charge_late_fees(conn, late[place : place + 3]).fees
        return fees

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(bill, range(4))) <= 8
    bill(0)
    with database.transaction(dry_run=True) as conn:
        assert [amount for amount, *_ in posted(conn)] == [300_000] * 8
        assert accrue(conn).leases == 0


def test_the_day_of_a_worker_brings_them_too(database: Database) -> None:
    with database.transaction() as conn:
        house = strict(conn)
        today = find_property(conn, "KOSA").today
        house.let(today - timedelta(days=4))
    for _ in range(2):
        bill(database, Due("Asia/Jakarta", today, today.isoformat()), lambda *_: None)
    with database.transaction(dry_run=True) as conn:
        assert [amount for amount, *_ in posted(conn)] == [60_000]
        House(conn).deliver()
        assert list(run_checks(conn)) == []
