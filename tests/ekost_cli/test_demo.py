"""`ekost demo`: made once, shown every time, and never put into a real book."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import make_url, text

from db.demo.small import load_small_demo
from db.engine import Database
from db.services.properties import add_property
from tests.conftest import clone, command
from tests.ekost_cli.conftest import Ekost

OnTerminal = Callable[..., tuple[int, str]]


def tenants(database: Database) -> int:
    with database.reading() as conn:
        return int(conn.execute(text("select count(*) from tenants")).scalar_one())


@pytest.fixture(scope="module")
def made_url(server_url: str, template: str) -> Iterator[str]:
    """The demo, for who only looks."""
    url = clone(server_url, template)
    made = Database(url)
    assert load_small_demo(made)
    made.engine.dispose()
    yield url
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


def test_the_demo_is_made_once(ekost: Ekost, database: Database) -> None:
    first = ekost("demo", EKOST_DATABASE_URL=database.url)
    assert (first.returncode, first.stderr) == (0, "Made-up tenants added: 28.\n")
    again = ekost("demo", EKOST_DATABASE_URL=database.url)
    assert (again.returncode, again.stderr) == (0, "The demo is there already; nothing was added.\n")
    assert first.stdout.splitlines()[0].split("\t")[:4] == ["as_of", "properties", "rooms", "occupied"]
    assert tenants(database) == 28


def test_a_program_reads_one_object(ekost: Ekost, made_url: str) -> None:
    found = json.loads(ekost("demo", "-o", "json", EKOST_DATABASE_URL=made_url).stdout)
    assert (found["properties"], found["rooms"], found["occupied"], found["renovation"]) == (2, 24, 20, 1)
    assert [house["property"] for house in found["houses"]] == ["KOSA", "KOSB"]
    for name in ("charged", "received", "owed", "credit"):
        assert Decimal(found[name]) == sum(Decimal(house[name]) for house in found["houses"])
    assert found["largest_debts"][0]["tenant"] == "GALIH"
    assert Decimal(found["owed"]) >= sum(Decimal(row["outstanding_balance"]) for row in found["largest_debts"])
    assert len(found["last_payments"]) == 5


def test_fields_can_be_chosen(ekost: Ekost, made_url: str) -> None:
    done = ekost("demo", "-q", "-o", "csv", "--fields", "rooms,beds", EKOST_DATABASE_URL=made_url)
    assert (done.stdout, done.stderr) == ("rooms,beds\n24,28\n", "")


def test_a_person_sees_tables(on_terminal: OnTerminal, made_url: str) -> None:
    status, screen = on_terminal("demo", EKOST_DATABASE_URL=made_url)
    assert status == 0
    for words in ("Charged this month", "Kos Melati", "Largest debts", "Siti Rahmawati", "Last payments"):
        assert words in screen
    assert "Too narrow" not in screen


def test_more_tenants_are_added_until_there_are_so_many(ekost: Ekost, database: Database) -> None:
    done = ekost("demo", "--tenants", "40", EKOST_DATABASE_URL=database.url)
    assert (done.returncode, done.stderr) == (0, "Made-up tenants added: 40.\n")
    done = ekost("demo", "--tenants", "60", "-o", "json", EKOST_DATABASE_URL=database.url)
    assert (done.stderr, json.loads(done.stdout)["properties"]) == ("Made-up tenants added: 20.\n", 4)
    assert ekost("check", EKOST_DATABASE_URL=database.url).returncode == 0


def test_a_book_in_use_is_left_alone(ekost: Ekost, database: Database) -> None:
    with database.transaction() as conn:
        add_property(conn, "MINE", "Kos Kami")
    done = ekost("demo", "-o", "json", EKOST_DATABASE_URL=database.url)
    assert (done.returncode, done.stdout) == (5, "")
    assert json.loads(done.stderr)["error"]["code"] == "book_in_use"
    assert tenants(database) == 0


def test_a_negative_number_is_refused(ekost: Ekost, made_url: str) -> None:
    done = ekost("demo", "--tenants", "-3", EKOST_DATABASE_URL=made_url)
    assert done.returncode == 2


def test_a_database_of_ones_own_is_asked_for(on_terminal: OnTerminal, database: Database) -> None:
    status, screen = on_terminal("demo", answer="n\n", EKOST_DATABASE_URL=database.url)
    assert (status, tenants(database)) == (1, 0)
    assert "made-up tenants?" in screen
    status, screen = on_terminal("demo", "--yes", "--tenants", "40", EKOST_DATABASE_URL=database.url)
    assert (status, tenants(database)) == (0, 40)
    assert "made-up tenants?" not in screen
    assert "100%" in screen


def test_nothing_is_drawn_into_a_pipe(ekost: Ekost, database: Database) -> None:
    done = ekost("demo", "--tenants", "40", "-o", "table", EKOST_DATABASE_URL=database.url, EKOST_LANG="id")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
