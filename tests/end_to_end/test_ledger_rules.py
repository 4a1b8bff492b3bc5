"""The worked numbers of the ledger rules (R8, R11-R20), as a landlord sees them through the command."""

from tests.end_to_end.kos import Kos


def aged(kos: Kos, *words: str) -> dict[str, str]:
    """The only tenant's buckets that are not zero."""
    (row,) = kos.items("balance", "aging", *words)
    money = {name: value for name, value in row.items() if name not in ("tenant", "tenant_name", "property")}
    return {name: value for name, value in money.items() if value != "0.00"}


def test_r8_a_deposit_pays_arrears_and_damage_and_the_rest_goes_back(kos: Kos) -> None:
    kos.travel("2026-04-01")
    kos.house("A1", rent="800000")
    kos.tenant("Budi", "A1", since="2026-04-01")
    kos.do("deposit", "add", "BUDI", "1500000")
    kos.do("charge", "add", "BUDI", "200rb", "--kind", "damage")
    assert kos.balance("BUDI") == "1000000.00"
    assert kos.get("deposit", "apply", "BUDI", "1jt")["held"] == "500000.00"
    assert kos.balance("BUDI") == "0.00"
    assert kos.get("deposit", "refund", "BUDI", "500rb")["held"] == "0.00"
    kos.refused(5, "deposit_exceeded", "deposit", "refund", "BUDI", "1")
    kos.assert_sound()


def test_r8_a_payment_out_of_the_deposit_that_is_voided_returns_to_it(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    kos.do("deposit", "add", "BUDI", "1500000")
    paid = kos.get("deposit", "apply", "BUDI", "1jt")["payment_id"]
    kos.do("payment", "void", str(paid), "--reason", "not agreed")
    assert kos.get("tenant", "show", "BUDI")["deposit_held"] == "1500000.00"
    assert kos.balance("BUDI") == "1500000.00"
    kos.assert_sound()


def test_r12_payments_fill_the_oldest_charge_first(kos: Kos) -> None:
    kos.travel("2026-03-01")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-01-01")

    def rests() -> list[str]:
        return [line["rest"] for line in kos.get("balance", "explain", "BUDI")["items"] if line["kind"] == "rent"]

    kos.do("payment", "add", "BUDI", "500000", "--on", "2026-01-05")
    assert rests() == ["1000000.00", "1500000.00", "1500000.00"]
    kos.do("payment", "add", "BUDI", "3,2jt", "--on", "2026-03-01")
    assert rests() == ["0.00", "0.00", "800000.00"]
    assert kos.get("balance", "show", "BUDI")["status"] == "partial"


def test_r13_six_months_at_once_are_credit_that_drains(kos: Kos) -> None:
    kos.travel("2026-03-10")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-03-10")
    paid = kos.get("payment", "add", "BUDI", "9.000.000")
    assert paid["outstanding_balance"] == "-7500000.00"
    shown = kos.get("balance", "show", "BUDI")
    assert (shown["paid_through_on"], shown["status"]) == ("2026-09-09", "credit")
    kos.travel("2026-09-09")
    shown = kos.get("balance", "show", "BUDI")
    assert (shown["outstanding_balance"], shown["status"], shown["paid_through_on"]) == ("0.00", "paid", "2026-09-09")
    kos.travel("2026-09-10")
    assert kos.get("balance", "show", "BUDI")["status"] == "unpaid"
    kos.assert_sound()


def test_r11_a_payment_booked_to_the_wrong_tenant_is_reversed_and_both_histories_tell(kos: Kos) -> None:
    kos.house("A1", "A2")
    kos.tenant("Ani", "A1")
    kos.tenant("Budi", "A2")
    wrong = kos.get("payment", "add", "ANI", "1500000")["id"]
    voided = kos.get("payment", "void", str(wrong), "--reason", "Budi paid this")
    assert voided["outstanding_balance"] == "1500000.00"
    kos.do("payment", "add", "BUDI", "1500000")
    assert (kos.balance("ANI"), kos.balance("BUDI")) == ("1500000.00", "0.00")
    reversal = kos.get("payment", "show", str(voided["reversed_by"]))
    assert (reversal["amount"], reversal["reverses_id"]) == ("-1500000.00", wrong)
    assert {item["type"] for item in kos.items("tenant", "history", "ANI")} >= {"PaymentRecorded", "EntryReversed"}
    kos.refused(5, "already_reversed", "payment", "void", str(wrong), "--reason", "again")
    kos.refused(5, "reversal_final", "payment", "void", str(reversal["id"]), "--reason", "again")
    kos.assert_sound()


def test_r17_who_starts_in_the_middle_brings_one_opening_balance(kos: Kos) -> None:
    kos.travel("2026-04-15")
    kos.house("A1")
    kos.tenant("Budi", "A1", "--billed-from", "2026-05-01", since="2025-11-10")
    kos.do("charge", "add", "BUDI", "750000", "--kind", "opening", "--due", "2026-04-10")
    assert kos.balance("BUDI") == "750000.00"
    kos.tenant("Ani")
    kos.do("charge", "add", "ANI", "-500000", "--kind", "opening")
    assert kos.balance("ANI") == "-500000.00"
    kos.travel("2026-05-10")
    assert kos.balance("BUDI") == "2250000.00"
    rents = kos.items("charge", "list", "--tenant", "BUDI", "--kind", "rent")
    assert [item["period_start"] for item in rents] == ["2026-05-10"]
    kos.assert_sound()


def test_r18_debts_are_aged_as_they_stood(kos: Kos) -> None:
    kos.travel("2026-06-20")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-01-10")
    kos.do("payment", "add", "BUDI", "1000000", "--on", "2026-01-12")
    kos.do("payment", "add", "BUDI", "5000000", "--on", "2026-06-19")
    kos.do("charge", "add", "BUDI", "100000", "--kind", "water", "--due", "2026-06-01")
    assert aged(kos, "--as-of", "2026-04-15") == {
        "over_90": "500000.00", "d61_90": "1500000.00", "d31_60": "1500000.00", "d1_30": "1500000.00",
        "total": "5000000.00",
    }  # fmt: skip
    shown = kos.get("balance", "show", "BUDI", "--as-of", "2026-04-15")
    assert (shown["outstanding_balance"], shown["oldest_due_on"], shown["days_overdue"], shown["status"]) == (
        "5000000.00", "2026-01-10", 95, "partial",
    )  # fmt: skip
    assert aged(kos, "--as-of", "2026-01-10") == {"not_due": "1500000.00", "total": "1500000.00"}
    assert aged(kos, "--as-of", "2026-01-09") == {}
    assert aged(kos)["total"] == kos.balance("BUDI") == "3100000.00"


def test_r18_without_a_day_the_buckets_add_up_to_the_balance_even_with_entries_to_come(kos: Kos) -> None:
    kos.travel("2026-04-10")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-04-01")
    kos.do("tenant", "move-out", "BUDI", "--on", "2026-04-21", "--refund", "prorate")
    assert aged(kos) == {"d1_30": "1000000.00", "total": "1000000.00"}
    assert kos.balance("BUDI") == "1000000.00"
    assert aged(kos, "--as-of", "2026-04-10") == {"d1_30": "1500000.00", "total": "1500000.00"}


def test_r20_every_line_of_a_balance_is_explained(kos: Kos) -> None:
    kos.travel("2026-02-01")
    kos.house("A1", billing_day="1")
    kos.tenant("Budi", "A1", since="2026-01-15")
    kos.do("payment", "add", "BUDI", "1jt")
    lines = kos.get("balance", "explain", "BUDI")["items"]
    assert [(line["days"], line["of_days"], line["change"], line["balance"]) for line in lines] == [
        (17, 31, "822581.00", "822581.00"), (28, 28, "1500000.00", "2322581.00"),
        (None, None, "-1000000.00", "1322581.00"),
    ]  # fmt: skip
    assert [fill["amount"] for fill in lines[-1]["fills"]] == ["822581.00", "177419.00"]
    told = kos.do("balance", "explain", "BUDI", "-o", "table")
    assert "rent #1, 17 of 31 days" in told
    assert "Rp177,419 paid with payment #1 on 01/02/2026" in told
    kos.do("charge", "add", "BUDI", "100000", "--kind", "credit")
    told = kos.do("balance", "explain", "BUDI", "-o", "table")
    assert "01/02/2026  credit #3 " in told
    assert "Rp100,000 paid with credit #3 on 01/02/2026" in told
