"""Months that the database does not have yet: their partitions are filled first and attached then."""

import random
import threading
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from db.engine import Database
from db.repositories.imports import Imports
from db.repositories.lookup import find_tenant
from db.services.imports import loading, months
from db.services.imports.run import run_import, step
from db.services.imports.undo import undo_import
from db.services.payments import record_payment
from tests.db.services.imports.filing import HEADER, TENANTS, balances, check, run_file, staged, stale

YEARS = ("2019", "2021")


@pytest.fixture(autouse=True)
def small_loads(small_chunks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 50 rows; from 20 rows on a partition is filled first, alone if it has more than 300."""
    monkeypatch.setattr(months, "LOAD_FROM", 20)
    monkeypatch.setattr(months, "LOAD_MOST", 300)


def history(counts: dict[str, int], seed: int = 1) -> tuple[str, dict[str, str]]:
    """A file with so many payments in each year or month, and what each tenant has paid then."""
    chance = random.Random(seed)
    paid = dict.fromkeys((f"T{n}" for n in range(1, TENANTS + 1)), 0)
    rows = []
    for when, count in counts.items():
        for n in range(count):
            code, amount = f"T{chance.randint(1, TENANTS)}", chance.randint(1, 90) * 5000
            paid[code] += amount
            day = f"{when}-{chance.randint(1, 28):02}" if "-" in when else f"{when}-{n % 12 + 1:02}-15"
            rows.append(f"{code},{amount},{day},,{when}-{n},\n")
    chance.shuffle(rows)
    return HEADER + "".join(rows), {code: f"{amount}.00" for code, amount in sorted(paid.items())}


def partitions(conn: Connection) -> dict[str, int]:
    """Rows of every partition of payments that has any."""
    names = conn.execute(text("select inhrelid::regclass::text from pg_inherits where inhparent = 'payments'::regclass"))
    found = {name: conn.execute(text(f"select count(*) from {name}")).scalar_one() for name in names.scalars()}
    return {name: rows for name, rows in sorted(found.items()) if rows}


def shape(conn: Connection, name: str) -> list[tuple[str, str]]:
    """Constraints, indexes and triggers of a partition, without its name."""
    query = text("""
        select 'constraint', conname || pg_get_constraintdef(oid) from pg_constraint where conrelid = to_regclass(:name)
        union all select 'index', pg_get_indexdef(indexrelid) from pg_index where indrelid = to_regclass(:name)
        union all select 'trigger', tgname || tgtype || tgfoid::regproc from pg_trigger
                   where tgrelid = to_regclass(:name) and not tgisinternal
        union all select 'column', attname || atttypid::regtype || attnotnull || coalesce(pg_get_expr(adbin, adrelid), '')
                    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
                   where attrelid = to_regclass(:name) and attnum > 0
    """)
    return sorted((kind, found.replace(name, "NAME")) for kind, found in conn.execute(query, {"name": name}))


def test_new_years_are_loaded_whole_and_few_rows_go_the_ordinary_way(book: Database) -> None:
    content, paid = history({"2019": 120, "2020": 5, "2021": 400, "2022": 60, "2026-03": 130})
    row = run_file(book, content)
    check(book, row.id, paid, ("done", 715, 715, 0, 0))
    with book.reading() as conn:
        assert partitions(conn) == {
            "payments_2019": 120, "payments_2020": 5, "payments_2021": 400, "payments_2022": 60, "payments_2026_03": 130,
        }  # fmt: skip


def test_a_loaded_partition_is_made_like_any_other(book: Database) -> None:
    run_file(book, history({"2019": 60, "2020": 5})[0])
    with book.reading() as conn:
        assert shape(conn, "payments_2019") == shape(conn, "payments_2020")
        assert len(shape(conn, "payments_2019")) > 20
