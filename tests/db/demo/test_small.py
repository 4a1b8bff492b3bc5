"""Loading the demo: once, whole or not at all, and never into a real book."""

from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import Connection, text

from db.demo.guard import BookInUseError
from db.demo.small import SEED, load_small_demo, make_kos
from db.engine import Database
from db.repositories.checks.runner import run_checks
from db.services.properties import add_property

COUNTS = """
select (select count(*) from properties), (select count(*) from rooms), (select count(*) from tenants),
       (select count(*) from leases), (select count(*) from charges), (select count(*) from payments),
       (select count(*) from deposit_entries), (select count(*) from events), (select count(*) from request_keys)
"""


def counts(conn: Connection) -> tuple[Any, ...]:
    return tuple(conn.execute(text(COUNTS)).one())


def test_the_same_seed_makes_the_same_kos(database: Database) -> None:
    def made() -> list[Any]:
        with database.transaction(dry_run=True) as conn:
            make_kos(conn, Random(SEED))
            query = "select tenant, payment_date, amount, method, reference from payment_list order by id"
            return [tuple(row) for row in conn.execute(text(query))]

    assert made() == made()


def test_loading_again_adds_nothing_and_is_quick(database: Database) -> None:
    assert load_small_demo(database)
    with database.reading() as conn:
        before = counts(conn)
    begun = perf_counter()
    assert not load_small_demo(database)
    assert perf_counter() - begun < 1
    with database.reading() as conn:
        assert counts(conn) == before
        assert list(run_checks(conn)) == []


def test_of_two_that_load_at_once_one_does(database: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        loaded = list(pool.map(lambda _: load_small_demo(Database(database.url)), range(2)))
    assert sorted(loaded) == [False, True]


def test_a_book_in_use_is_left_alone(database: Database) -> None:
    with database.transaction() as conn:
        add_property(conn, "MINE", "Kos Kami")
    with database.reading() as conn:
        before = counts(conn)
    with pytest.raises(BookInUseError):
        load_small_demo(database)
    with database.reading() as conn:
        assert counts(conn) == before
