"""What is done again because others were at work, and what is refused because somebody decided on something old."""

import threading
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import text

from db import retrying
from db.engine import ContendedError, Database, DatabaseSlowError, Limits
from db.errors import EkostError
from db.repositories.lookup import find_room, find_tenant
from db.retrying import TRIES, again
from db.services.guard import ChangedMeanwhileError
from db.services.rooms import edit_room, set_room_status
from db.services.tenants import edit_tenant
from tests.db.services.house import House


@pytest.fixture
def pair(database: Database) -> Database:
    """Two rows for two who want both, each the other one first."""
    with database.transaction() as conn:
        conn.execute(text("create table pair (id int primary key, number int not null default 0)"))
        conn.execute(text("insert into pair values (1), (2)"))
    return database


def test_a_real_deadlock_is_done_again_until_both_are_through(pair: Database) -> None:
    meeting, runs, ended = threading.Barrier(2), [], []

    def add(first: int, second: int) -> None:
        def work() -> None:
            runs.append(first)
            with pair.transaction() as conn:
                conn.execute(text("update pair set number = number + 1 where id = :id"), {"id": first})
                if len(runs) <= 2:
                    meeting.wait(10)
                conn.execute(text("update pair set number = number + 1 where id = :id"), {"id": second})

        try:
            again(work)
        except EkostError as error:
            ended.append(error)

    threads = [threading.Thread(target=add, args=order) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert ended == []
    assert len(runs) == 3, "one of them was the victim, once"
    with pair.reading() as conn:
        assert conn.execute(text("select array_agg(number) from pair")).scalar_one() == [2, 2]


def test_a_serialization_failure_is_done_again_but_not_for_ever(
    pair: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(retrying.time, "sleep", pauses.append)
    tries = []

    def lose() -> None:
        tries.append(1)
        with pair.transaction() as conn:
            conn.execute(text("do $$ begin raise exception 'made up' using errcode = '40001'; end $$"))

    with pytest.raises(ContendedError):
        again(lose)
    assert len(tries) == TRIES == len(pauses) + 1
    assert all(before <= after for before, after in pairwise(pauses))
    assert sum(pauses) <= 1.5
    with pytest.raises(ContendedError):
        again(lose, lambda _error: False)
    assert len(tries) == TRIES + 1


def test_what_is_no_contention_is_not_done_again(pair: Database) -> None:
    hurried, tries = Database(pair.url, Limits(statement_timeout=30)), []

    def linger() -> None:
        tries.append(1)
        with hurried.transaction() as conn:
            conn.execute(text("select pg_sleep(1)"))

    with pytest.raises(DatabaseSlowError):
        again(linger)
    assert len(tries) == 1


def test_a_tenant_changed_by_two_is_refused_only_where_both_changed_the_same(house: House) -> None:
    house.tenant("Budi")
    conn = house.conn
    budi = find_tenant(conn, "BUDI")
    seen = {"phone": None, "email": None, "national_id": None, "version": 1}
    edit_tenant(conn, budi, {"phone": "0812 0000 0001", "national_id": "3201010101010007"}, seen)
    # Somebody else saw the same, and changes something else: kept beside it.
    edit_tenant(conn, budi, {"email": "b@example.com"}, {"email": None})
    for changes, saw in (
        ({"phone": "0812 0000 0002"}, {"phone": None}),
        ({"name": "Budiman"}, {"version": 1}),
        ({"national_id": ""}, {"national_id": None}),
    ):
        with pytest.raises(ChangedMeanwhileError):
            edit_tenant(conn, budi, changes, saw)
    edit_tenant(conn, budi, {"phone": "+62 812-0000-0001"}, {"phone": None})  # to the same
    edit_tenant(conn, budi, {"national_id": ""}, {"national_id": "3201**********07"})
    row = conn.execute(text("select phone, email, name, national_id, version from tenants")).one()
    assert row == ("+6281200000001", "b@example.com", "Budi", None, 5)


def test_a_room_changed_by_two_likewise(house: House) -> None:
    conn = house.conn
    room = find_room(conn, "A1")
    set_room_status(conn, room, "renovation")
    edit_room(conn, room, {"monthly_rent": Decimal(7)}, {"monthly_rent": room.monthly_rent})
    with pytest.raises(ChangedMeanwhileError):
        edit_room(conn, room, {"monthly_rent": Decimal(8)}, {"monthly_rent": room.monthly_rent})
    with pytest.raises(ChangedMeanwhileError):
        edit_room(conn, room, {"capacity": 2}, {"version": room.version})
    kept = conn.execute(text("select monthly_rent, capacity, version from rooms")).one()
    assert (kept.monthly_rent, kept.capacity, kept.version > room.version) == (Decimal(7), 1, True)
