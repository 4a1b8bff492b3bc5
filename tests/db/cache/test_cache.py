"""Kept answers are those of the book, whatever happens meanwhile, to the book or to Redis."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.cache.cache import Cache
from db.cache.keys import balance, tenant_list
from db.cache.rooms import MOST, Asked, free_rooms
from db.cache.snapshots import covers
from db.engine import Database
from db.repositories.balances import Balances
from db.repositories.lookup import find_property, find_room, find_tenant
from db.repositories.rooms import Rooms
from db.repositories.tenants import Tenants
from db.services.payments import record_payment
from db.services.rooms import add_room, set_room_status
from tests.db.cache.conftest import Open, read_in
from tests.jobs.running import Bell

COLUMNS = ("outstanding_balance",)


def owed(cache: Cache, town: Database, code: str = "T0", *, told: Callable[[], object] = lambda: None) -> Decimal:
    """What T0 owes, as a command shows it; `told` is called when the book is asked."""
    with town.reading() as conn:
        who = find_tenant(conn, code).id

    def read(conn: Any) -> object:
        told()
        return Balances(conn).row(who)

    found = cache.answer(balance(who, COLUMNS), read_in(town, read))
    return found["outstanding_balance"] if isinstance(found, dict) else found.outstanding_balance


def pay(town: Database, code: str = "T0", amount: int = 1000) -> None:
    with town.transaction() as conn:
        record_payment(conn, find_tenant(conn, code), Decimal(amount), date.today())  # noqa: DTZ011


def asked(cache: Cache, town: Database) -> int:
    """How often the book is asked for one look."""
    times: list[int] = []
    owed(cache, town, told=lambda: times.append(1))
    return len(times)


def test_a_kept_answer_is_exact_and_is_given_without_the_book_until_something_changes(
    open_cache: Open, town: Database
) -> None:
    cache = open_cache()
    first = owed(cache, town)
    assert (asked(cache, town), owed(cache, town), asked(open_cache(), town)) == (0, first, 0)
    pay(town, "T1")
    assert asked(cache, town) == 0, "of another tenant"
    pay(town)
    assert owed(open_cache(), town) == first - 1000
    page = tenant_list(None, None, COLUMNS)
    rows = [cache.answer(page, read_in(town, lambda conn: Tenants(conn).page().items)) for _look in range(2)]
    assert [row._asdict() for row in rows[0]] == rows[1]


def test_a_value_that_is_written_late_can_not_bring_back_what_was_before(open_cache: Open, town: Database) -> None:
    cache, before = open_cache(), owed(open_cache(), town)
    cache.drop(["balances"])
    other = open_cache()

    def slow(conn: Any) -> object:
        row = Balances(conn).row(find_tenant(conn, "T0").id)
        pay(town)  # before what was read is written
        return row

    with town.reading() as conn:
        question = balance(find_tenant(conn, "T0").id, COLUMNS)
    assert cache.answer(question, read_in(town, slow)).outstanding_balance == before
    assert cache.client.ask("EXISTS", cache.name(question.key)) == 1, "it was written"
    assert owed(other, town) == before - 1000


@pytest.mark.parametrize("how", ["kill", "freeze"])
def test_an_own_change_is_seen_though_redis_was_away_while_it_was_made(
    open_cache: Open, town: Database, bell: Bell, how: str
) -> None:
    before = owed(open_cache(), town)
    assert asked(open_cache(), town) == 0
    getattr(bell, how)()
    open_cache()
    begun = time.monotonic()
    pay(town)
    plain = time.monotonic() - begun
    cache = open_cache()
    assert cache.memory.owed == 1
    assert owed(cache, town) == before - 1000
    bell.start()
    later = open_cache()
    later.memory.settled(0, 0)  # as some seconds later
    assert owed(later, town) == before - 1000
    assert (later.memory.owed, asked(open_cache(), town) <= 1) == (0, True)
    assert plain < 1.0, "and it was not waited for"


def test_an_own_change_is_seen_even_when_what_is_owed_was_forgotten(
    open_cache: Open, town: Database, bell: Bell, tmp_path: Path
) -> None:
    before = owed(open_cache(), town)
    assert asked(open_cache(), town) == 0
    bell.freeze()
    open_cache()
    pay(town)
    (file,) = tmp_path.rglob("session.json")
    file.unlink()
    bell.thaw()
    assert open_cache().memory.owed == 0
    assert owed(open_cache(), town) == before - 1000


def test_while_redis_is_frozen_an_answer_waits_for_it_once_and_not_long(
    open_cache: Open, town: Database, bell: Bell
) -> None:
    first = owed(open_cache(), town)
    bell.freeze()

    def seconds() -> float:
        cache = open_cache()
        begun = time.monotonic()
        assert owed(cache, town) == first
        return time.monotonic() - begun

    tried = []
    for _try in range(5):  # others use this machine too
        tried.append(seconds())
        open_cache().memory.settled(0, 0)  # as some seconds later
    assert 0.05 < min(tried) < 1.0
    seconds()
    # The next command does not even try.
    assert min(seconds() for _try in range(5)) < min(tried)


def test_a_server_that_starts_again_with_old_data_is_not_believed(open_cache: Open, town: Database, bell: Bell) -> None:
    owed(open_cache(), town)
    assert asked(open_cache(), town) == 0
    bell.kill()
    bell.start()
    assert asked(open_cache(), town) == 1


def test_free_rooms_are_cut_out_of_sets(open_cache: Open, town: Database) -> None:
    def rooms(house: str | None) -> tuple[list[str], bool]:
        told: list[int] = []

        def read(conn: Any) -> object:
            told.append(1)
            return Rooms(conn).page(status="available", limit=MOST + 1).items

        found = free_rooms(open_cache(), Asked(house, ("number",)), read_in(town, read))
        return [row["number"] for row in found or ()], bool(told)

    def every(numbers: list[str], status: str) -> None:
        with town.transaction() as conn:
            for number in numbers:
                set_room_status(conn, find_room(conn, number), status)

    free = ["B1", "B2", "B3"]
    with town.transaction() as conn:
        for number in free:
            add_room(conn, find_property(conn, "KOSA"), number, Decimal(900_000))
    assert (rooms(None), rooms(None)) == ((free, True), (free, False))
    assert (rooms("KOSA"), rooms("NONE"), rooms("NONE")) == ((free, False), ([], True), ([], False))
    every(free[:1], "renovation")
    assert (rooms(None), rooms("KOSA")) == ((free[1:], True), (free[1:], False))
    every(free[1:], "renovation")
    assert (rooms(None), rooms(None)) == (([], True), ([], False))
    every(free[1:], "available")
    assert (rooms(None), rooms("KOSA")) == ((free[1:], True), (free[1:], False))
    cache = open_cache()
    cache.client.ask("DEL", cache.name("rooms-of-KOSA"))
    assert rooms("KOSA") == (free[1:], True), "a set that is gone is no answer"


def test_threads_take_turns_on_one_connection(open_cache: Open) -> None:
    client = open_cache().client
    words = [f"{number}" * 2000 for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda word: [client.ask("ECHO", word).decode() == word for _one in range(50)], words))
    assert all(map(all, found))


def test_of_two_snapshots_the_one_that_has_seen_more_is_known() -> None:
    assert covers("10:20:12", "10:20:12")
    assert covers("21:21:", "10:20:12,15")
    assert not covers("10:20:12", "13:20:")
    assert not covers("10:19:", "10:20:")
    assert covers("10:30:12,25", "10:20:12")
    assert not covers("nonsense", "10:20:")
