"""A book that is older than the audit is told to it once, as it stood when the audit began."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from db.domain.history import balance, deposit_held, rebuild
from db.engine import Database
from db.migrations import runner
from db.repositories.history import facts, set_entries
from db.repositories.lookup import find_room, find_tenant
from db.services.deposits import add_deposit
from db.services.moves import move_tenant
from db.services.payments import record_payment
from db.services.tenants import edit_tenant
from db.tables import charges, deposit_entries, leases, properties, rooms, tenants
from tests.db.migrations.older import book_of
from tests.db.repositories.test_history import known
from tests.db.repositories.walk import take_picture, tell
from tests.db.services.house import RENT, House

# Before rents were raised for many at once, and before there were tariffs.
PRICE = """create table later.tariffs (id bigint, property_id bigint, kind text, effective_on date, mode text,
                                       amount numeric);
           create table later.utility_charges (lease_id bigint, charge_id bigint, kind text, period_start date);
           create function room_rent_on(bigint, date) returns numeric language sql
           return (select monthly_rent from rooms where id = $1)"""

# Before a deposit was taken by a method.
DEPOSIT = """create function later.post_deposit(tenant bigint, kind text, day date, amount numeric, method text,
                                                note text, out id bigint, out event bigint,
                                                out recorded_at timestamptz, out payload jsonb) language sql as $$
               select * from post_deposit(tenant, kind, day, amount, note) $$"""

# Before a policy had its days, and a lease all of it.
POLICY = """create view property_policies as
            select p.*, p.id as property_id, date '1990-01-01' as effective_on, 'none' as refund,
                   'per_tenant' as basis, 'off' as late_fee, 0::numeric as late_fee_rate, 0 as late_fee_grace,
                   1 as late_fee_every, null::numeric as late_fee_cap_percent, null::numeric as late_fee_cap_amount,
                   '{rent,utilities,other,late_fee}'::text[] as charge_order, 1 as event_id, '' as actor
              from properties p;
            create function policy_on(bigint, date) returns setof property_policies language sql stable
            return (select p from property_policies p where p.id = $1)"""

TABLES = (properties, rooms, tenants, leases, charges, deposit_entries)


def _add_columns(conn: Connection) -> list[tuple[str, str]]:
    """Give the tables the columns that they have by now; which ones those are."""
    there = inspect(conn)
    missing = []
    for table in TABLES:
        known = {column["name"] for column in there.get_columns(table.name, schema="public")}
        for column in (column for column in table.columns if column.name not in known):
            kind = column.type.compile(conn.dialect)
            if (default := getattr(column.server_default, "arg", None)) is not None:
                kind += f" default {default}"
            conn.execute(text(f"alter table {table.name} add {column.name} {kind}"))
            missing.append((table.name, column.name))
    return missing


@pytest.fixture
def old(server_url: str) -> Iterator[Database]:
    """A book of the first revision, where somebody moved and paid; its events tell what they told then."""
    with book_of(server_url, "0001") as database:
        with database.transaction() as conn:
            # Our services read back what they write, and with it columns that were not there yet; and they write by
            # functions that came later.
            conn.exec_driver_sql("create schema later; set local search_path = later, public")
            for file in ("20_logins", "30_events", "40_ledger", "45_reversals"):
                sql = (Path(runner.__file__).parent / "sql" / "0005" / f"{file}.sql").read_text()
                conn.execution_options(no_parameters=True).exec_driver_sql(sql)
            conn.exec_driver_sql(DEPOSIT)
            conn.exec_driver_sql(PRICE)
            conn.exec_driver_sql(POLICY)
            later = _add_columns(conn)
            house = House.build(conn)
            house.room("A1")
            house.room("A2")
            budi = house.let(house.tenant("Ani").today.replace(day=1), billing_day=1)
            edit_tenant(conn, budi, {"national_id": "3201010101010007", "phone": "0812-0000-1234"})
            move_tenant(conn, budi, find_room(conn, "A2"), monthly_rent=RENT + 1)
            record_payment(conn, budi, RENT)
            add_deposit(conn, find_tenant(conn, "Ani"), RENT)
            conn.execute(text("alter table events disable trigger append_only"))
            conn.execute(text("update events set payload = payload - array['before', 'after']"))
            conn.execute(text("alter table events enable trigger append_only"))
            for table, column in later:
                conn.execute(text(f"alter table {table} drop {column}"))
            conn.execute(text("drop schema later cascade"))
        yield database


def test_an_older_book_is_rebuilt_as_it_stood_when_the_audit_began(old: Database) -> None:
    runner.migrate(old)
    with old.transaction() as conn:
        edit_tenant(conn, find_tenant(conn, "Budi"), {"email": "budi@example.com"})
        picture = take_picture(conn)
        tell(conn)
        book = rebuild(chain(facts(conn), set_entries(conn)))
        seen = known(book)
        # Of a column that came later nothing was told.
        then = {kind: {number: {name: thing[name] for name in thing if name in seen[kind][number]}
                       for number, thing in things.items()} for kind, things in picture.things.items()}  # fmt: skip
        assert seen == then
        assert all(set(thing) >= {"roomId", "startsOn", "graceDays"} for thing in then["lease"].values())
        assert {one: (balance(book, one), deposit_held(book, one)) for one in picture.money} == picture.money


def test_a_new_book_has_nothing_to_carry_over(database: Database) -> None:
    with database.reading() as conn:
        assert conn.execute(text("select count(*) from events")).scalar_one() == 0
