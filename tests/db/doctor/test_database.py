"""The doctor sees what is wrong with a database, and only that."""

import pytest
from sqlalchemy import make_url, text

from db.doctor.database import examine_database
from db.doctor.finding import Finding
from db.engine import Database


def examine(database: Database) -> dict[str, Finding]:
    """The finding of each subject; the worst where there are several."""
    order = {"pass": 0, "warn": 1, "fail": 2}
    return {row.check: row for row in sorted(examine_database(database), key=lambda row: order[row.status])}


def ills(database: Database) -> dict[str, str]:
    return {name: row.status for name, row in examine(database).items() if row.status != "pass"}


def alter(database: Database, setting: str) -> None:
    with database.transaction() as conn:
        conn.execute(text(f'alter database "{make_url(database.url).database}" set {setting}'))


def test_a_database_in_order_is_fine_in_every_respect(database: Database) -> None:
    found = examine(database)
    assert ills(database) == {}
    assert set(found) == {
        "database", "version", "writable", "encoding", "durability", "clock", "connections", "extensions", "schema",
        "privileges", "zones", "structure", "size",
    }  # fmt: skip


MARS = "insert into properties (code, name) values ('M', 'Mars'); update properties set timezone = 'Mars/Olympus'"


@pytest.mark.parametrize(
    ("setting", "check", "status"),
    [("synchronous_commit = off", "durability", "warn"), ("default_transaction_read_only = on", "writable", "fail")],
)
def test_settings_that_lose_money_are_seen(database: Database, setting: str, check: str, status: str) -> None:
    alter(database, setting)
    assert ills(database) == {check: status}


@pytest.mark.parametrize(
    ("statement", "check", "detail"),
    [
        ("drop trigger no_truncate on payments_default", "structure", "history_is_guarded"),
        ("alter table charges drop constraint charges_sign", "structure", "rule_guards_in_place"),
        ("revoke insert on payments from current_user", "privileges", "payments (insert)"),
        ("grant delete on payments_default to ekost_staff", "privileges", "by: ekost_staff"),
        (
            MARS,
            "zones",
            "Mars/Olympus",
        ),
        ("drop extension pg_trgm cascade", "extensions", "pg_trgm"),
        ("update alembic_version set version_num = '0000'", "schema", "0000"),
        ("drop table alembic_version", "schema", "-"),
    ],
)
def test_what_is_missing_is_named(database: Database, statement: str, check: str, detail: str) -> None:
    with database.transaction() as conn:
        conn.execute(text(statement))
    assert ills(database) == {check: "fail"}
    found = examine(database)[check]
    assert detail in found.message.format_map(found.fields)
    assert found.hint


def test_a_newer_schema_asks_for_a_newer_program_and_is_not_examined(database: Database) -> None:
    with database.transaction() as conn:
        conn.execute(text("update alembic_version set version_num = '9999'"))
    found = examine(database)
    assert "update the program" in found["schema"].hint
    assert "structure" not in found


@pytest.mark.parametrize(("seconds", "status"), [(60, "warn"), (-3600, "fail")])
def test_clocks_that_differ_are_seen(database: Database, seconds: int, status: str) -> None:
    with database.transaction() as conn:
        conn.execute(
            text(f"""create function clock_timestamp() returns timestamptz language sql
                     return pg_catalog.clock_timestamp() + interval '{seconds} seconds'""")
        )
    alter(database, "search_path = public, pg_catalog")
    assert ills(database) == {"clock": status}


def test_a_database_that_does_not_answer_is_one_finding() -> None:
    found = examine(Database("postgresql://nobody:secret@127.0.0.1:1/none"))
    assert ills(Database("postgresql://nobody:secret@127.0.0.1:1/none")) == {"database": "fail"}
    assert "secret" not in str(found)
