"""`ekost balance refresh`: balances worked out from the ledger again, and how many were wrong."""

import pytest
from sqlalchemy import text

from tests.end_to_end.kos import Kos

USAGE, NOT_FOUND = 2, 4


@pytest.fixture
def spoiled(kos: Kos) -> Kos:
    """A house with two tenants whose balances somebody has changed by hand."""
    kos.house("A1", "A2")
    kos.tenant("Ani", "A1")
    kos.tenant("Budi", "A2")
    with kos.database.transaction() as conn:
        conn.execute(text("update balances set total_payments = 1"))
        conn.execute(text("update balances set status = 'paid' where tenant_id = 2"))
    return kos


def refreshed(kos: Kos, *words: str) -> list[object]:
    return list(kos.get("balance", "refresh", *words).values())


def test_says_how_many_were_wrong_and_puts_them_right(spoiled: Kos) -> None:
    assert refreshed(spoiled, "--all", "--dry-run") == [2, 2, 1]
    assert refreshed(spoiled, "ANI") == [1, 1, 0]
    assert refreshed(spoiled, "--all") == [2, 1, 1]
    assert refreshed(spoiled, "--all") == [2, 0, 0]
    assert {row["total_payments"] for row in spoiled.items("balance", "list")} == {"0.00"}


def test_refreshes_the_tenants_of_a_property(spoiled: Kos) -> None:
    spoiled.do("property", "add", "KOSB", "Kos Kenanga")
    assert refreshed(spoiled, "--all", "--property", "KOSB") == [0, 0, 0]
    assert refreshed(spoiled, "--all", "--property", "KOSA") == [2, 2, 1]


@pytest.mark.parametrize("words", [(), ("ANI", "--all")])
def test_asks_whose_balance(spoiled: Kos, words: tuple[str, ...]) -> None:
    spoiled.refused(USAGE, "whose_balance", "balance", "refresh", *words)


def test_does_nothing_when_one_of_them_is_unknown(spoiled: Kos) -> None:
    spoiled.refused(NOT_FOUND, "tenant_not_found", "balance", "refresh", "ANI", "NOBODY")
    assert refreshed(spoiled, "ANI", "--dry-run") == [1, 1, 0]
