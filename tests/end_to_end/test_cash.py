"""Expenses and cash with the command: what staff and landlord type from the first rent to the last handover."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import make_url

from tests.end_to_end.kos import Kos

SECRET = "a-long-password"


@pytest.fixture
def rini(kos: Kos) -> Iterator[tuple[str, dict[str, str]]]:
    """Staff: her login, and the environment in which she works."""
    login = f"rini_{uuid.uuid4().hex[:8]}"
    assert kos.run("user", "add", login, "--role", "staff", "--password-stdin", stdin=SECRET).status == 0
    url = make_url(kos.database.url).set(username=login, password=SECRET)
    yield login, {"EKOST_DATABASE_URL": url.render_as_string(hide_password=False)}
    kos.do("user", "revoke", login, "--yes")


def held(kos: Kos, *more: str) -> dict[str, str]:
    return {row["actor"]: row["held"] for row in kos.get("cash", "held", *more)["items"]}


def test_cash_goes_from_the_tenant_over_the_staff_to_the_owner(kos: Kos, rini: tuple[str, dict[str, str]]) -> None:
    login, hers = rini
    owner = str(make_url(kos.database.url).username)
    kos.house("A1")
    kos.house("B1", code="KOSB")
    kos.tenant("Budi", "A1")
    kos.do("payment", "add", "BUDI", "1500000", **hers)
    spent = ("expense", "add", "350rb", "--category", "listrik", "--room", "KOSA/A1", "--payee", "PLN", "--key", "e1")
    tried = kos.get(*spent, "--dry-run", **hers)
    done = kos.get(*spent, **hers)
    again = kos.get(*spent, **hers)
    assert (again["id"], again["category"], again["room"]) == (done["id"], "electricity", "A1")
    assert tried | {"id": 0, "created_at": ""} == done | {"id": 0, "created_at": ""}
    assert held(kos) == {login: "1150000.00"}
    assert held(kos, "--property", "KOSB") == held(kos, "--as-of", "yesterday") == {}
    out = kos.run("cash", "hand-over", "1,2jt", "--to", "owner", "--property", "KOSA", "-o", "json", **hers)
    assert (out.status, '"cash_short"' in out.err) == (5, True), out
    given = kos.get("cash", "hand-over", "1,1jt", "--to", "owner", "--counted", "1,14jt", "--property", "KOSA", **hers)
    assert (given["receiver"], given["variance"], given["state"], given["signer"]) == (
        owner, "-10000.00", "pending", owner,
    )  # fmt: skip
    refused = kos.run("cash", "confirm", "1", "-o", "json", **hers)
    assert (refused.status, '"handover_signer"' in refused.err) == (5, True)
    assert kos.items("cash", "list", "--pending")[0]["id"] == 1
    assert held(kos) == {login: "1150000.00"}
    assert kos.get("cash", "confirm", "1", "--key", "c1")["state"] == "confirmed"
    assert kos.get("cash", "confirm", "1", "--key", "c1")["state"] == "confirmed"
    assert held(kos) == {login: "50000.00", owner: "1100000.00"}
    assert kos.get("cash", "count", "40000", "--of", login, "--property", "KOSA")["variance"] == "-10000.00"
    kos.do("expense", "add", "1jt", "--category", "transfer", "--property", "KOSA", "--description", "to the bank")
    kos.do("expense", "void", str(done["id"]), "--reason", "the tenant paid it himself")
    assert held(kos) == {login: "390000.00", owner: "100000.00"}
    kos.refused(5, "already_reversed", "expense", "void", str(done["id"]), "--reason", "again")
    kos.refused(5, "handover_confirmed", "cash", "confirm", "1")
    kos.refused(5, "nothing_to_confirm", "cash", "confirm", "2")
    kos.refused(2, "cash_person", "cash", "hand-over", "1", "--to", "nobody", "--property", "KOSA")
    kos.refused(5, "cash_to_oneself", "cash", "hand-over", "1", "--to", "owner", "--property", "KOSA")
    kos.refused(4, "expense_not_found", "expense", "show", "99")
    kos.refused(4, "handover_not_found", "cash", "void", "99", "--reason", "x")
    kos.refused(2, "expense_category", "expense", "list", "--category", "gift")
    kos.refused(2, "property_missing", "expense", "add", "1", "--category", "tax")
    kos.assert_sound()


def test_what_happened_is_told_in_words(kos: Kos) -> None:
    kos.house("A1")
    kos.do("expense", "add", "75000", "--category", "maintenance", "--room", "KOSA/A1", "--description", "tap [b]x[/b]")
    kos.do("cash", "count", "1000", "--property", "KOSA")
    told = kos.do("room", "history", "KOSA/A1", "-o", "table", COLUMNS="160")
    assert all(words in told for words in ("Expense recorded", "maintenance", "Rp75,000"))
    shown = kos.do("expense", "list", "-o", "table", COLUMNS="160")
    assert "tap [b]x[/b]" in shown
    assert "Rp76,000" in kos.do("cash", "held", "-o", "table", COLUMNS="160")
