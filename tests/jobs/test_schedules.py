"""The calendar: each thing once for its day or month, by the clock of its place, however many workers there are."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from db.engine import Database
from db.services.properties import add_property
from db.services.schedules import Book, Done
from db.tables import charges, schedules
from jobs.schedules import SCHEDULES, Calendar, Check, Due, Schedule, schedules_for
from tests.db.services.house import House
from tests.jobs.running import RunningWorker, wait_until

ZONES = ("Asia/Jakarta", "Asia/Jayapura")


def book(now: str, done: dict[tuple[str, str], Done] | None = None, zones: tuple[str, ...] = ZONES) -> Book:
    return Book(datetime.fromisoformat(now).replace(tzinfo=UTC), zones, done or {})


def nothing(_database: Database, _due: Due, _check: Check) -> None:
    pass


def quiet(_message: str, **_fields: object) -> None:
    pass


def keys(schedule: Schedule, at: Book) -> list[tuple[str, str]]:
    return [(due.zone, due.key) for due in schedule.due(at)]


def test_a_day_begins_in_each_zone_at_its_own_midnight() -> None:
    daily = Schedule("daily", nothing, each_zone=True)
    both = {("daily", zone): Done("2026-03-01", 0, None) for zone in ZONES}
    assert keys(daily, book("2026-03-01 14:59", both)) == []
    assert keys(daily, book("2026-03-01 15:00", both)) == [("Asia/Jayapura", "2026-03-02")]
    assert keys(daily, book("2026-03-01 17:00", both)) == [(zone, "2026-03-02") for zone in ZONES]


def test_what_is_done_for_all_goes_by_the_oldest_property() -> None:
    nightly = Schedule("nightly", nothing, after=timedelta(hours=2))
    done = {("nightly", ""): Done("2026-03-01", 0, None)}
    assert keys(nightly, book("2026-03-01 18:59", done)) == []
    assert keys(nightly, book("2026-03-01 19:00", done)) == [("", "2026-03-02")]
    assert keys(nightly, book("2026-03-01 19:00", zones=())) == [("", "2026-03-01")]


def test_a_month_is_closed_when_it_is_over_everywhere() -> None:
    closings = next(schedule for schedule in SCHEDULES if schedule.name == "closings")
    done = {("closings", ""): Done("2026-02", 0, None)}
    # West of everybody the month is over at noon, UTC; in Jakarta it is the first, seven in the evening.
    assert keys(closings, book("2026-03-01 12:00", done)) == []
    (due,) = closings.due(book("2026-03-01 19:00", done))
    assert (due.key, due.day) == ("2026-03", date(2026, 3, 1))
    assert keys(closings, book("2026-03-31 16:00", {("closings", ""): Done("2026-03", 0, None)})) == []


def test_days_that_were_missed_are_made_up_for_once() -> None:
    daily = Schedule("daily", nothing)
    assert keys(daily, book("2026-03-09 03:00", {("daily", ""): Done("2026-03-01", 0, None)})) == [("", "2026-03-09")]


def test_what_failed_waits_and_is_due_again() -> None:
    daily = Schedule("daily", nothing)
    failed = {("daily", ""): Done("2026-03-01", 2, datetime(2026, 3, 2, 3, 0, tzinfo=UTC))}
    assert keys(daily, book("2026-03-02 02:59", failed)) == []
    assert keys(daily, book("2026-03-02 03:00", failed)) == [("", "2026-03-02")]


@pytest.fixture
def house(database: Database) -> Database:
    with database.transaction() as conn:
        House.build(conn)
        add_property(conn, "KOSB", "Kos Anggrek", timezone="Asia/Jayapura")
    return database


def kept(database: Database) -> dict[tuple[str, str], tuple[int, str | None]]:
    s = schedules.c
    with database.reading() as conn:
        return {(row.name, row.zone): (row.failures, row.error) for row in conn.execute(select(s))}


def test_of_two_workers_one_does_it(house: Database) -> None:
    ran: list[str] = []
    together = threading.Barrier(2)

    def slow(database: Database, due: Due, _check: Check) -> None:
        ran.append(due.zone)
        with database.transaction() as conn:
            conn.execute(text("select pg_sleep(0.2)"))

    def look() -> None:
        calendar = Calendar(Database(house.url), quiet, [Schedule("slow", slow, each_zone=True)])
        together.wait()
        calendar.look()
        calendar.look()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == ["Asia/Jakarta", "Asia/Jayapura"]


def test_one_that_fails_holds_up_no_other(house: Database) -> None:
    told: list[str] = []

    def fail(database: Database, _due: Due, _check: Check) -> None:
        with database.transaction() as conn:
            conn.execute(text("select 1 / (length('Budi') - 4)"))

    calendar = Calendar(
        house,
        lambda message, **fields: told.append(f"{message} {fields}"),
        [Schedule("bad", fail), Schedule("good", nothing)],
    )
    assert calendar.look() == 1
    assert calendar.look() == 0, "it waits for its pause"
    found = kept(house)
    assert found["good", ""] == (0, None)
    failures, error = found["bad", ""]
    assert (failures, len(told)) == (1, 1)
    assert str(error).startswith("DataError 22012")
    assert "Budi" not in f"{error} {told}"
    with house.transaction() as conn:
        conn.execute(text("update schedules set next_at = clock_timestamp() where name = 'bad'"))
    calendar.look()
    assert kept(house)["bad", ""][0] == 2
    with house.reading() as conn:
        pause = text("select extract(epoch from next_at - clock_timestamp()) from schedules where name = 'bad'")
        assert 100 < conn.execute(pause).scalar_one() <= 120


def test_stopping_ends_after_the_step_at_hand(house: Database) -> None:
    steps: list[int] = []

    def long(_database: Database, _due: Due, check: Check) -> None:
        for step in range(1000):
            steps.append(step)
            check(step, 1000)
            threading.Event().wait(0.02)

    calendar = Calendar(house, quiet, [Schedule("long", long)])
    calendar.start()
    wait_until(lambda: steps)
    calendar.stop()
    assert len(steps) < 50
    assert kept(house) == {}, "it is still due"


def test_the_calendar_of_two_workers_does_everything(
    house: Database, start_worker: Callable[..., RunningWorker]
) -> None:
    with house.transaction() as conn:
        kosa = House(conn)
        kosa.room()
        tenant = kosa.let(date(2026, 1, 1), until=date(2026, 1, 1))
        owed = kosa.balance(tenant)
        conn.execute(text("update deliveries set state = 'done', done_at = now() - interval '8 days'"))
    workers = [start_worker(house) for _ in range(2)]
    names = {(schedule.name, zone) for schedule in SCHEDULES for zone in (ZONES if schedule.each_zone else ("",))}
    wait_until(lambda: kept(house).keys() == names, what=[worker.told for worker in workers])
    assert set(kept(house).values()) == {(0, None)}
    with house.reading() as conn:
        assert House(conn).balance(tenant) > owed
        posted = conn.execute(select(charges.c.period_start).where(charges.c.kind == "rent")).scalars().all()
        assert len(posted) == len(set(posted))
        assert conn.execute(text("select count(*) from balance_closings")).scalar_one() == 1
        old = text("select count(*) from deliveries where done_at < now() - interval '7 days'")
        assert conn.execute(old).scalar_one() == 0


def test_the_audit_is_cut_only_where_years_are_set(house: Database) -> None:
    year = datetime.now(UTC).year - 4
    with house.transaction() as conn:
        conn.execute(text("select ensure_partition('audit_log', make_date(:year, 5, 5))"), {"year": year})
    assert schedules_for() == SCHEDULES
    for years, name in ((0, None), (9, None), (3, f"audit_log_{year}")):
        Calendar(house, quiet, schedules_for(years)[len(SCHEDULES) :]).look()
        with house.transaction() as conn:
            assert conn.execute(text("select max(name) from detached_partitions")).scalar() == name
            conn.execute(text("delete from schedules where name = 'retention'"))
