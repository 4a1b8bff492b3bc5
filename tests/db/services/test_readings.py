"""Meters from the first reading to the charge, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, select

from db.domain.dates import FutureDateError
from db.domain.utilities import ReadingFallsError, ReadingOrderError, Replacement
from db.errors import UsageError
from db.events import reserve_event
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import find_property, find_room
from db.repositories.meters import MeterRef, Meters, ReadingRow, find_meter, meters_named
from db.services.guard import refusing
from db.services.meters import (
    MeterExistsError,
    MeterRetiredError,
    TariffAmountError,
    TariffModeError,
    add_meter,
    retire_meter,
    set_tariff,
)
from db.services.moves import move_out
from db.services.readings import (
    LaterReadingError,
    NoTariffError,
    NothingReadError,
    Read,
    ReadingVoidedError,
    ReplacedNothingError,
    post_readings,
    void_reading,
)
from db.services.reversals import void_charge
from db.tables import charges, meter_readings, utility_charges
from tests.db.services.house import House

START = date(2026, 9, 1)
READ = START + timedelta(days=31)


@pytest.fixture
def metered(house: House) -> House:
    """A1 with a meter that showed 1,250.3 on 1 September, and electricity at 1,445."""
    prop = find_property(house.conn, "KOSA")
    add_meter(house.conn, prop, find_room(house.conn, "A1", "KOSA"), "electricity")
    set_tariff(house.conn, prop, "electricity", Decimal(1445), START)
    enter(house, "1250.3", START)
    return house


def meter(house: House, ref: str = "A1") -> MeterRef:
    return find_meter(house.conn, ref)


def enter(house: House, figure: str, on: date | None = None, new: Replacement | None = None) -> ReadingRow:
    read = Read(meter(house), Decimal(figure), new)
    return Meters(house.conn).under(post_readings(house.conn, [read], on))[0]


def charged(house: House) -> list[tuple[object, ...]]:
    c = charges.c
    query = select(c.kind, c.period_start, c.period_end, c.due_on, c.amount, c.description)
    return [tuple(row) for row in house.conn.execute(query.where(c.kind != "rent").order_by(c.id))]


def test_the_worked_number_is_charged_to_who_lives_there(metered: House) -> None:
    tenant = metered.let(START - timedelta(days=100))
    before = metered.balance(tenant)
    row = enter(metered, "1327.8", READ)
    assert (row.previous, row.usage, row.price, row.amount, row.tenants) == (
        Decimal("1250.3"), Decimal("77.5"), Decimal(1445), Decimal(111_988), "BUDI",
    )  # fmt: skip
    words = "1250.3 → 1327.8 = 77.5 kWh × 1445"
    assert charged(metered) == [("electricity", START, READ, READ, Decimal("111988.00"), words)]
    assert metered.balance(tenant) == before + 111_988
    metered.deliver()
    assert list(run_checks(metered.conn)) == []


def test_several_share_a_room_to_the_rupiah(metered: House) -> None:
    add_meter(metered.conn, find_property(metered.conn, "KOSA"), None, "electricity")
    metered.room("B1", capacity=3)
    add_meter(metered.conn, find_property(metered.conn, "KOSA"), find_room(metered.conn, "B1"), "electricity")
    for name in ("Satu", "Dua", "Tiga"):
        metered.let(START, name=name, number="B1")
    first = [Read(meter(metered, ref), Decimal(0)) for ref in ("B1", "KOSA")]
    post_readings(metered.conn, first, START)
    event = post_readings(metered.conn, [Read(meter(metered, r), Decimal("77.5")) for r in ("B1", "KOSA")], READ)
    rows = Meters(metered.conn).under(event)
    assert [(row.room, row.amount, row.tenants) for row in rows] == [
        ("B1", Decimal(111_988), "SATU, DUA, TIGA"), (None, None, None),
    ]  # fmt: skip
    assert sorted(str(row[4]) for row in charged(metered)) == ["37329.00", "37329.00", "37330.00"]


def test_a_reading_is_the_boundary_between_two_who_follow_one_another(metered: House) -> None:
    before = metered.let(START, name="Ani")
    move_out(metered.conn, before, READ)
    metered.let(READ, name="Citra")
    assert enter(metered, "1260.3", READ).tenants == "ANI"
    assert enter(metered, "1270.3", READ + timedelta(days=5)).tenants == "CITRA"


def test_an_empty_room_and_what_is_included_cost_nothing(metered: House) -> None:
    assert enter(metered, "1300", START + timedelta(days=10)).amount is None
    metered.let(START + timedelta(days=10))
    set_tariff(metered.conn, find_property(metered.conn, "KOSA"), "electricity", None, READ, mode="included")
    assert enter(metered, "1310", READ - timedelta(days=1)).amount == Decimal(14_450)
    assert enter(metered, "1320", READ).amount is None
    add_meter(metered.conn, find_property(metered.conn, "KOSA"), find_room(metered.conn, "A1"), "water")
    water = find_meter(metered.conn, "A1", kind="water")
    post_readings(metered.conn, [Read(water, Decimal(1))], START)
    with pytest.raises(NoTariffError):
        post_readings(metered.conn, [Read(find_meter(metered.conn, "A1", kind="water"), Decimal(2))], READ)
    with pytest.raises(UsageError):
        find_meter(metered.conn, "A1")
    assert len(meters_named(metered.conn, "A1")) == 2


def test_a_replaced_meter_counts_on(metered: House) -> None:
    metered.let(START)
    row = enter(metered, "15.5", READ, Replacement(Decimal(1260), Decimal(3)))
    assert (row.usage, row.amount) == (Decimal("22.2"), Decimal(32_079))
    assert charged(metered)[0][-1] == "1250.3 → 1260, 3 → 15.5 = 22.2 kWh × 1445"
    metered.deliver()
    assert list(run_checks(metered.conn)) == []


def test_only_the_last_reading_is_taken_back_and_its_charges_with_it(metered: House) -> None:
    tenant = metered.let(START)
    before = metered.balance(tenant)
    first, second = enter(metered, "1327.8", READ), enter(metered, "1400", READ + timedelta(days=3))
    with pytest.raises(LaterReadingError):
        void_reading(metered.conn, first.id, "misread")
    assert void_reading(metered.conn, second.id, "misread", key="k") == second.id
    assert void_reading(metered.conn, second.id, "misread", key="k") == second.id
    with pytest.raises(ReadingVoidedError):
        void_reading(metered.conn, second.id, "misread")
    assert metered.balance(tenant) == before + 111_988
    link = select(utility_charges.c.charge_id).where(utility_charges.c.reading_id == first.id)
    void_charge(metered.conn, metered.conn.execute(link).scalar_one(), "let off")
    void_reading(metered.conn, first.id, "misread")
    assert metered.balance(tenant) == before
    assert enter(metered, "1260", READ).previous == Decimal("1250.3")
    rows = Meters(metered.conn).readings(meter_ids=[meter(metered).id]).items
    assert [row.state for row in rows] == ["voided", "active", "voided", "active"]
    metered.deliver()
    assert list(run_checks(metered.conn)) == []


def test_what_can_not_be_is_refused(metered: House) -> None:
    today = find_property(metered.conn, "KOSA").today
    metered.let(START)
    with pytest.raises(ReadingFallsError):
        enter(metered, "1250.2", READ)
    with pytest.raises(ReadingOrderError):
        enter(metered, "1300", START - timedelta(days=1))
    with pytest.raises(FutureDateError):
        enter(metered, "1300", today + timedelta(days=1))
    with pytest.raises(NothingReadError):
        post_readings(metered.conn, [])
    prop, room = find_property(metered.conn, "KOSA"), find_room(metered.conn, "A1")
    with pytest.raises(MeterExistsError):
        add_meter(metered.conn, prop, room, "electricity")
    with pytest.raises(TariffAmountError):
        set_tariff(metered.conn, prop, "water", None)
    with pytest.raises(TariffModeError):
        set_tariff(metered.conn, prop, "internet", Decimal(1))
    add_meter(metered.conn, prop, room, "gas")
    gas = find_meter(metered.conn, "A1", kind="gas")
    with pytest.raises(ReplacedNothingError):
        post_readings(metered.conn, [Read(gas, Decimal(1), Replacement(Decimal(0), Decimal(0)))])
    power = find_meter(metered.conn, "A1", kind="electricity")
    with pytest.raises(ReadingFallsError):
        post_readings(metered.conn, [Read(power, Decimal(1300)), Read(power, Decimal(1299))], READ)
    retire_meter(metered.conn, power, READ)
    with pytest.raises(MeterRetiredError):
        post_readings(metered.conn, [Read(power, Decimal(1300))], READ + timedelta(days=1))
    add_meter(metered.conn, prop, room, "electricity")


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("meter_readings_fall", {"value": Decimal("1250.2")}),
        ("meter_readings_fall", {"value": Decimal(5), "old_last": Decimal(1250), "new_first": Decimal(0)}),
        ("meter_readings_replacement", {"value": Decimal(5), "old_last": Decimal(1260), "new_first": Decimal(6)}),
        ("meter_readings_order", {"value": Decimal(1300), "read_on": START - timedelta(days=1)}),
    ],
)
def test_the_database_refuses_a_falling_reading_whatever_program_writes_it(
    metered: House, constraint: str, values: dict[str, object]
) -> None:
    of = meter(metered)
    row = {"property_id": of.property_id, "meter_id": of.id, "read_on": READ, "event_id": reserve_event(metered.conn)}
    refused = NothingReadError()
    with pytest.raises(NothingReadError), refusing(metered.conn, {constraint: refused}):
        metered.conn.execute(insert(meter_readings).values(row | values))


def test_a_key_enters_a_reading_once(metered: House) -> None:
    metered.let(START)
    read = Read(meter(metered), Decimal("1327.8"))
    assert post_readings(metered.conn, [read], READ, key="k") == post_readings(metered.conn, [read], READ, key="k")
    assert len(charged(metered)) == 1
