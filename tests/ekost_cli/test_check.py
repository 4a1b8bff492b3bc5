"""`ekost check`: silent and 0 while the book is in order, else the rows and 1."""

import csv
import json
from collections.abc import Callable
from io import StringIO

import pytest
from sqlalchemy import text

from db.engine import Database
from db.repositories.checks.catalog import CHECKS
from tests.conftest import clone
from tests.db.repositories.lived_in import LivedIn
from tests.ekost_cli.conftest import Ekost

Check = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def urls(server_url: str, template: str) -> tuple[str, str]:
    """Databases of a house that has seen everything: one in order, one broken by hand in two places."""
    good, bad = clone(server_url, template), clone(server_url, template)
    for url in (good, bad):
        with Database(url).transaction() as conn:
            LivedIn.furnish(conn)
    with Database(bad).transaction() as conn:
        conn.execute(text("update balances set deposit_held = 7 where tenant_id = 1"))
        conn.execute(text("update rooms set status = 'available' where number = 'A1'"))
    return good, bad


def checking(ekost: Ekost, url: str) -> Check:
    def run(*words: str) -> tuple[int, str, str]:
        done = ekost("check", *words, EKOST_DATABASE_URL=url)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def check(ekost: Ekost, urls: tuple[str, str]) -> Check:
    """Run `ekost check …` where all is well: status, stdout, stderr."""
    return checking(ekost, urls[0])


@pytest.fixture
def broken(ekost: Ekost, urls: tuple[str, str]) -> Check:
    """The same where something is broken."""
    return checking(ekost, urls[1])


def test_a_book_in_order_is_passed_in_silence(check: Check) -> None:
    assert check() == (0, "", "")
    assert check("balances_match_ledger", "rent_periods_tile") == (0, "", "")
    for form in ("table", "csv"):
        assert check("-o", form) == (0, "", "")
    assert check("-o", "json") == (0, '{"items": [], "next": null}\n', "")


def test_broken_rows_are_listed_in_every_format(broken: Check) -> None:
    status, lines, err = broken()
    assert (status, err) == (1, "")
    assert lines.splitlines()[:2] == [
        "check\tentity\tid\tdetail", "deposits_add_up\ttenant\t1\theld=7.00 received=0 applied=0 refunded=0",
    ]  # fmt: skip
    items = json.loads(broken("-o", "json")[1])["items"]
    assert [(row["check"], row["entity"]) for row in items] == [
        ("deposits_add_up", "tenant"), ("room_status_matches_leases", "room"),
    ]  # fmt: skip
    assert [json.loads(line) for line in broken("-o", "ndjson")[1].splitlines()] == items
    assert list(csv.DictReader(StringIO(broken("-o", "csv")[1]))) == items


def test_a_person_reads_the_rows_whole_below_the_rule(broken: Check) -> None:
    status, lines, _ = broken("deposits_add_up", "-o", "table")
    assert status == 1
    assert lines.splitlines() == [
        "deposits_add_up: Every deposit received is held, applied or refunded, and no more than that.",
        "    tenant 1: held=7.00 received=0 applied=0 refunded=0",
    ]


def test_only_the_checks_that_are_named_are_run(broken: Check) -> None:
    assert broken("rent_periods_tile")[0] == 0
    assert broken("rent_periods_tile", "deposits_add_up")[0] == 1


def test_a_check_that_is_not_there_is_told(check: Check) -> None:
    status, lines, err = check("nonsense")
    assert (status, lines) == (4, "")
    assert "nonsense" in err


def test_the_checks_are_listed_without_a_database(ekost: Ekost) -> None:
    done = ekost("check", "--list", "-o", "ndjson", EKOST_DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == [check.name for check in CHECKS]


def test_a_database_that_does_not_answer_is_status_3(ekost: Ekost) -> None:
    assert ekost("check", EKOST_DATABASE_URL="postgresql://127.0.0.1:1/none").returncode == 3
