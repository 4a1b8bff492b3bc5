"""Policies and late fees with the command: a landlord sets them, cron posts them, a waived one stays waived."""

from tests.end_to_end.kos import Kos


def test_a_policy_by_date_and_its_late_fees(kos: Kos) -> None:
    kos.travel("2026-03-10")
    kos.house("A1", "A2", late_fee="1%/day", late_fee_cap="30%")
    kos.tenant("Budi", "A1", since="2026-03-10")
    shown = kos.get("property", "edit", "KOSA", "--late-fee", "50rb", "--late-fee-grace", "3", "--refund", "prorate",
                    "--from", "2026-03-12")  # fmt: skip
    assert (shown["late_fee"], shown["late_fee_grace"], shown["late_fee_cap"]) == ("50000.00", 3, "30%")
    now = kos.get("property", "show", "KOSA")
    assert (now["late_fee"], now["refund"], now["next_policy_on"]) == ("1%/day", "none", "2026-03-12")
    assert kos.run("property", "show", "KOSA").err.startswith("Another policy comes later")
    listed = kos.get("property", "policies", "KOSA")["items"]
    states = [(row["effective_on"], row["state"], row["late_fee"]) for row in listed]
    assert states == [(None, "active", "1%/day"), ("2026-03-12", "coming", "50000.00")]
    kos.travel("2026-03-15")
    kos.tenant("Ani", "A2", since="2026-03-12")
    lease = kos.get("lease", "show", "ANI")
    assert (lease["late_fee"], lease["refund"], kos.get("lease", "show", "BUDI")["late_fee"]) == (
        "50000.00", "prorate", "1%/day",
    )  # fmt: skip
    preview_and_refusals(kos)
    fees_posted_waived_and_too_much(kos)
    kos.assert_sound()


def preview_and_refusals(kos: Kos) -> None:
    kos.keep()
    due = kos.get("billing", "fees")["items"]
    assert [(row["tenant"], row["days_late"], row["to_post"]) for row in due] == [("BUDI", 5, "75000.00")]
    dry = kos.get("billing", "run", "--dry-run")
    assert (dry["fees"], dry["fee_amount"]) == (1, "75000.00")
    assert [row["kind"] for row in kos.get("billing", "preview")["items"]] == ["late_fee"]
    for code, words in {
        "amount_invalid": ("--late-fee", "1%/hour"), "late_fee_form": ("--late-fee", "0%"),
        "policy": ("--late-fee-grace", "99"), "charge_order": ("--charge-order", "rent"),
    }.items():  # fmt: skip
        kos.refused(2, code, "property", "edit", "KOSA", *words)
    kos.refused(5, "date_too_old", "property", "edit", "KOSA", "--grace-days", "1", "--from", "1026-03-12")
    kos.kept = None


def fees_posted_waived_and_too_much(kos: Kos) -> None:
    assert kos.get("billing", "run")["fee_amount"] == "75000.00"
    fee = kos.items("charge", "list", "--kind", "late_fee")[0]
    assert (fee["period_start"], fee["period_end"], fee["due_on"]) == ("2026-03-10", "2026-03-15", "2026-03-15")
    assert fee["description"] == f"#{fee['related_id']}: 5 × 1% × 1500000"
    kos.do("charge", "void", str(fee["id"]), "--reason", "his first time")
    assert kos.get("billing", "run")["fees"] == 0
    kos.travel("2026-03-16")
    # A day more of Budi's, and Ani's fourth day late.
    assert kos.get("billing", "run")["fee_amount"] == "65000.00"
    kos.do("payment", "add", "BUDI", "1500000", "--on", "2026-03-15")
    late = {row["tenant"]: row for row in kos.get("billing", "fees")["items"]}
    assert [late["BUDI"][name] for name in ("posted", "waived", "excess", "void")] == [
        "15000.00",
        "75000.00",
        "0.00",
        None,
    ]
    kos.do("payment", "add", "ANI", "1500000", "--on", "2026-03-14")
    late = {row["tenant"]: row for row in kos.get("billing", "fees")["items"]}
    assert (late["ANI"]["due"], late["ANI"]["excess"]) == ("0.00", "50000.00")
    kos.do("charge", "void", late["ANI"]["void"], "--reason", "paid in time")
    assert (kos.balance("ANI"), kos.balance("BUDI")) == ("0.00", "15000.00")
