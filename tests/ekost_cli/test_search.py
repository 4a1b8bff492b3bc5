"""`ekost search`: what is found, as lines for people and as data for programs."""

import json
from collections.abc import Callable

import pytest

from db.engine import Database
from tests.conftest import clone
from tests.db.repositories.lived_in import LivedIn
from tests.ekost_cli.conftest import Ekost

Search = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ekost(swift: Ekost) -> Ekost:
    return swift


@pytest.fixture(scope="module")
def url(server_url: str, template: str) -> str:
    """The database of a house that has seen everything; searching leaves it as it is."""
    url = clone(server_url, template)
    with Database(url).transaction() as conn:
        LivedIn.furnish(conn)
    return url


@pytest.fixture
def search(ekost: Ekost, url: str) -> Search:
    """Run `ekost search …` there: status, stdout, stderr."""

    def run(*words: str, **variables: str) -> tuple[int, str, str]:
        done = ekost("search", *words, EKOST_DATABASE_URL=url, **variables)
        return done.returncode, done.stdout, done.stderr

    return run


def test_what_is_found_is_data(search: Search) -> None:
    (row,) = json.loads(search("behind", "-o", "json")[1])["items"]
    assert list(row) == ["code", "kind", "id", "name", "phone", "property", "room", "outstanding_balance", "alike"]
    assert (row["code"], row["kind"], row["room"], row["property"]) == ("BEHIND", "tenant", "A1", "KOSA")
    assert row["outstanding_balance"].endswith(".00")


def test_codes_can_be_handed_to_another_command(search: Search) -> None:
    assert search("a1", "-o", "id")[1] == "KOSA/A1\nBEHIND\n"
    assert search("kos", "-o", "id")[1] == "KOSA\nKOSB\n"


def test_several_words_need_no_quotes(search: Search) -> None:
    assert search("kos", "kenanga", "-o", "id")[1] == "KOSB\n"


def test_a_search_can_be_limited_to_a_property_and_a_number(search: Search) -> None:
    assert search("kos", "--property", "KOSB", "-o", "id")[1] == "KOSB\n"
    status, lines, err = search("a", "--limit", "1", "-o", "id")
    assert (status, len(lines.splitlines())) == (0, 1)
    assert "--after" in err
    whole = search("a", "--all", "-o", "id")[1].splitlines()
    assert len(whole) == len(set(whole)) > 3


def test_nothing_found_is_no_error(search: Search) -> None:
    assert search("nobody-like-this", "-o", "id") == (0, "", "")
    assert json.loads(search("nobody-like-this", "-o", "json")[1]) == {"items": [], "next": None}


def test_blank_words_are_refused(search: Search) -> None:
    status, lines, err = search("  ")
    assert (status, lines) == (5, "")
    assert err.startswith("ekost: error:")
