"""A book that nobody opened for months, so that no partition was made ahead, takes entries all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from db.engine import Database
from db.repositories.checks.check import Violation
from db.repositories.checks.runner import find_checks, run_checks
from db.services.billing import pass_day
from db.services.payments import record_payment
from db.services.reversals import void_payment
from tests.db.services.house import RENT, House

FROM_NOW_ON = """
select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
 where i.inhparent = cast(:parent as regclass) and c.relname >= :parent || to_char(now(), '_YYYY_MM')
   and c.relname <> :parent || '_default'
"""


@pytest.fixture
def neglected(database: Database) -> Database:
    """A book without partitions for this month and those ahead."""
    with database.transaction() as conn:
        for parent in ("payments", "events"):
            for name in list(conn.execute(text(FROM_NOW_ON), {"parent": parent}).scalars()):
                conn.execute(text(f"alter table {parent} detach partition {name}"))
                conn.execute(text(f"drop table {name}"))
    return database


def test_events_find_the_partition_of_their_month(neglected: Database) -> None:
    with neglected.transaction() as conn:
        House.build(conn).tenant("Budi")
    assert in_default(neglected) == []
    with neglected.transaction() as conn:
        pass_day(conn)


def test_a_payment_taken_back_today_finds_the_partition_of_its_month(neglected: Database) -> None:
    with neglected.transaction() as conn:
        budi = House.build(conn).tenant("Budi")
        payment = record_payment(conn, budi, RENT, budi.today.replace(day=1) - timedelta(days=1))
        void_payment(conn, payment, "somebody else's")
    assert in_default(neglected) == []
    with neglected.transaction() as conn:
        record_payment(conn, budi, RENT, budi.today)


def in_default(database: Database) -> list[Violation]:
    with database.reading() as conn:
        return list(run_checks(conn, find_checks(["default_partitions_empty"])))
