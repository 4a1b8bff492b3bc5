"""The worked numbers of the rent rules (R1-R7, R9), as a landlord sees them through the command."""

from typing import Any

import pytest

from tests.end_to_end.kos import Kos


def rents(kos: Kos, tenant: str, *names: str) -> list[tuple[Any, ...]]:
    """The rent of a tenant from the first period on, some fields of each."""
    found = kos.items("charge", "list", "--tenant", tenant, "--kind", "rent")
    return [tuple(item[name] for name in names) for item in reversed(found)]


def test_r1_periods_from_the_31st_fall_on_the_last_day_of_short_months(kos: Kos) -> None:
    kos.travel("2026-05-31")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-01-31")
    assert rents(kos, "BUDI", "period_start", "days", "amount") == [
        ("2026-01-31", 28, "1500000.00"), ("2026-02-28", 31, "1500000.00"), ("2026-03-31", 30, "1500000.00"),
        ("2026-04-30", 31, "1500000.00"), ("2026-05-31", 30, "1500000.00"),
    ]  # fmt: skip


def test_r2_rent_is_due_in_advance_after_the_days_of_grace(kos: Kos) -> None:
    kos.travel("2026-02-01")
    kos.house("A1", "A2", grace_days="5")
    kos.tenant("Budi", "A1", since="2026-01-31")
    kos.tenant("Ani", "A2", since="2026-02-02")
    assert rents(kos, "BUDI", "period_start", "due_on", "amount") == [("2026-01-31", "2026-02-05", "1500000.00")]
    assert (kos.balance("BUDI"), kos.balance("ANI")) == ("1500000.00", "0.00")


@pytest.mark.parametrize(("proration", "amount"), [("daily", "822581.00"), ("none", "1500000.00")])
def test_r3_a_stub_costs_its_days_of_the_full_period(kos: Kos, proration: str, amount: str) -> None:
    kos.travel("2026-02-01")
    kos.house("A1", billing_day="1", proration=proration)
    kos.tenant("Budi", "A1", since="2026-01-15")
    first, second = rents(kos, "BUDI", "period_start", "period_end", "days", "of_days", "amount")
    assert first == ("2026-01-15", "2026-02-01", 17, 31, amount)
    assert second == ("2026-02-01", "2026-03-01", 28, 28, "1500000.00")


def test_r4_a_new_billing_day_makes_one_bridge(kos: Kos) -> None:
    kos.travel("2026-02-10")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-02-05")
    kos.do("lease", "billing-day", "BUDI", "20", "--from", "2026-03-05")
    kos.travel("2026-03-20")
    kos.do("billing", "run")
    assert rents(kos, "BUDI", "period_start", "days", "of_days", "amount")[1:] == [
        ("2026-03-05", 15, 31, "725806.00"), ("2026-03-20", 31, 31, "1500000.00"),
    ]  # fmt: skip


def test_r5_a_raise_leaves_what_is_posted_and_the_list_price_leaves_the_lease(kos: Kos) -> None:
    kos.travel("2026-06-15")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-01-10")
    kos.do("payment", "add", "BUDI", "9jt")
    kos.do("lease", "rent", "BUDI", "1.650.000", "--from", "today")
    kos.do("room", "edit", "KOSA/A1", "--rent", "2.000.000")
    assert kos.balance("BUDI") == "0.00"
    kos.travel("2026-07-10")
    assert kos.balance("BUDI") == "1650000.00"
    assert [amount for (amount,) in rents(kos, "BUDI", "amount")] == ["1500000.00"] * 6 + ["1650000.00"]


def test_r6_a_move_within_a_period_credits_and_charges_the_same_days(kos: Kos) -> None:
    kos.travel("2026-03-25")
    kos.house("A1")
    kos.do("room", "add", "A2", "--rent", "1.800.000", "--property", "KOSA")
    kos.tenant("Budi", "A1", since="2026-03-10")
    kos.do("deposit", "add", "BUDI", "1500000")
    moved = kos.get("tenant", "move", "BUDI", "A2", "--on", "2026-03-25")
    assert (moved["credit"], moved["charge"], moved["outstanding_balance"]) == ("774194.00", "929032.00", "1654838.00")
    credit, charge = (
        kos.items("charge", "list", "--kind", "credit")[0],
        kos.items("charge", "list", "--kind", "rent")[0],
    )
    assert (credit["amount"], credit["days"], credit["of_days"]) == ("-774194.00", 16, 31)
    assert charge["related_id"] == credit["id"]
    assert kos.get("tenant", "show", "BUDI")["deposit_held"] == "1500000.00"
    kos.travel("2026-04-10")
    assert rents(kos, "BUDI", "period_start", "amount")[-1] == ("2026-04-10", "1800000.00")
    kos.assert_sound()


def test_r6_without_a_day_the_move_waits_for_the_boundary(kos: Kos) -> None:
    kos.travel("2026-03-25")
    kos.house("A1")
    kos.do("room", "add", "A2", "--rent", "1.800.000", "--property", "KOSA")
    kos.tenant("Budi", "A1", since="2026-03-10")
    moved = kos.get("tenant", "move", "BUDI", "A2")
    assert (moved["on"], moved["credit"], moved["charge"], moved["outstanding_balance"]) == (
        "2026-04-10", "0.00", "0.00", "1500000.00",
    )  # fmt: skip
    assert {item["number"]: item["status"] for item in kos.items("room", "list")} == {
        "A1": "occupied",
        "A2": "available",
    }
    kos.travel("2026-04-10")
    kos.do("billing", "run")
    assert {item["number"]: item["status"] for item in kos.items("room", "list")} == {
        "A1": "available",
        "A2": "occupied",
    }
    assert kos.balance("BUDI") == "3300000.00"
    kos.assert_sound()


@pytest.mark.parametrize(("refund", "balance"), [("none", "1500000.00"), ("prorate", "1000000.00")])
def test_r7_moving_out_gives_back_unused_days_only_when_asked(kos: Kos, refund: str, balance: str) -> None:
    kos.travel("2026-04-25")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-04-01")
    left = kos.get("tenant", "move-out", "BUDI", "--on", "2026-04-21", "--refund", refund)
    assert left["outstanding_balance"] == balance
    assert left["credit"] == ("0.00" if refund == "none" else "500000.00")
    kos.travel("2026-06-01")
    assert kos.get("billing", "run")["charges"] == 0
    kos.do("payment", "add", "BUDI", "100000")
    assert kos.get("tenant", "show", "BUDI")["moved_out_on"] == "2026-04-21"
    kos.assert_sound()


def test_r7_a_move_out_dated_back_reverses_the_rent_of_later_periods(kos: Kos) -> None:
    kos.travel("2026-06-15")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-03-01")
    left = kos.get("tenant", "move-out", "BUDI", "--on", "2026-04-20", "--refund", "prorate")
    assert (left["reversed"], left["credit"]) == (2, "550000.00")
    assert left["outstanding_balance"] == "2450000.00"
    kos.assert_sound()


def test_r9_a_shared_room_is_split_to_the_rupiah_and_anew_when_somebody_leaves(kos: Kos) -> None:
    kos.travel("2026-04-01")
    kos.house()
    kos.do("room", "add", "C1", "--rent", "2.000.000", "--capacity", "3", "--basis", "split_room", "--property", "KOSA")
    for name in ("Ani", "Budi", "Cici"):
        kos.tenant(name, "C1", since="2026-04-02")
    assert sorted(item["monthly_rent"] for item in kos.items("lease", "list")) == [
        "666666.00",
        "666667.00",
        "666667.00",
    ]
    kos.do("tenant", "move-out", "CICI", "--on", "2026-05-02")
    kos.travel("2026-05-02")
    kos.do("billing", "run")
    assert [kos.balance(code) for code in ("ANI", "BUDI")] == ["1666667.00"] * 2
    kos.assert_sound()


def test_r9_a_price_of_ones_own_is_not_part_of_the_split(kos: Kos) -> None:
    kos.house()
    kos.do("room", "add", "C1", "--rent", "2.000.000", "--capacity", "3", "--basis", "split_room", "--property", "KOSA")
    kos.tenant("Ani", "C1")
    kos.tenant("Budi", "C1", "--rent", "500rb")
    rent = {item["tenant"]: (item["monthly_rent"], item["basis"]) for item in kos.items("lease", "list")}
    assert rent == {"ANI": ("2000000.00", "split_room"), "BUDI": ("500000.00", "per_tenant")}
