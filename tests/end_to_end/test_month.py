"""A month of a kos with 24 rooms, played with the command alone, from the first day to the last settlement.

The sums are worked out by hand, in the comments. July 2026 has 31 days; rent is due on the 6th. Twelve rooms with air
conditioning cost 1,500,000, twelve with a fan 1,000,000; two of these are vacant on the first. Water is 25,000 a month
flat; the rooms A have meters of electricity, at 1,445 a kWh.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.kos import Kos

A = [f"A{n}" for n in range(1, 13)]
B = [f"B{n}" for n in range(1, 13)]
LET = [*A, *B[:10]]


def total(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in rows), Decimal(0))


@pytest.fixture
def mawar(kos: Kos, tmp_path: Path) -> Kos:
    """1 July: rooms, tenants, what they had paid before, and meters."""
    kos.travel("2026-07-01")
    kos.do("property", "add", "MAWAR", "Kos Mawar", "--billing-day", "1", "--grace-days", "5", "--late-fee", "1%/day",
           "--late-fee-cap", "30%", "--place", "Sleman", "--signatory", "Ibu Sari", "--language", "id")  # fmt: skip
    rooms = [f"{n},1500000,AC,MAWAR" for n in A] + [f"{n},1000000,Kipas,MAWAR" for n in B]
    (tmp_path / "rooms.csv").write_text("nomor,sewa,tipe,properti\n" + "\n".join(rooms) + "\n")
    kos.do("import", "rooms", str(tmp_path / "rooms.csv"))
    kos.sql("update rooms set created_at = '2026-07-01 09:00+07'")  # the clock that was turned back is not this one
    # Everybody has paid until the end of June; A1 still owes 750,000 of spring, B10 has 200,000 to her credit.
    opening = {"A1": "750000", "B10": "-200000"}
    rest = {n: f"{opening.get(n, '')},{1_500_000 if n in A else 1_000_000},0812-0000-{i:04}" for i, n in enumerate(LET)}
    people = [f"Tenant {n},T{n},{n},2026-01-01,2026-06-30,{rest[n]}" for n in LET]
    head = "nama,kode,kamar,tanggal_masuk,lunas_sampai,saldo_awal,deposit,hp\n"
    (tmp_path / "tenants.csv").write_text(head + "\n".join(people) + "\n")
    kos.do("import", "tenants", str(tmp_path / "tenants.csv"), "--property", "MAWAR")
    kos.do("meter", "tariff", "MAWAR", "electricity", "1445", "--from", "2026-01-01")
    kos.do("meter", "tariff", "MAWAR", "water", "25000", "--mode", "flat", "--from", "2026-07-01")
    for number in A:
        kos.do("meter", "add", f"MAWAR/{number}")
    first = "".join(f"{number} {'1250.3' if number == 'A1' else '500'}\n" for number in A)
    assert kos.run("meter", "read", "-", "--on", "2026-07-01", "--property", "MAWAR", stdin=first).status == 0
    return kos


def test_july_in_a_kos_of_24_rooms(mawar: Kos, tmp_path: Path) -> None:
    kos = mawar
    first_of_july(kos)
    payments(kos, tmp_path)
    eleventh(kos)
    middle(kos)
    last_days(kos)
    settle(kos)
    reports(kos)
    papers(kos, tmp_path)
    kos.assert_sound()


def first_of_july(kos: Kos) -> None:
    """12 x 1,500,000 + 10 x 1,000,000 = 28,000,000 of rent, 22 x 25,000 = 550,000 of water, 550,000 owed before."""
    kos.do("billing", "run")
    charges = kos.items("charge", "list")
    assert total([row for row in charges if row["kind"] == "rent"], "amount") == 28_000_000
    assert total([row for row in charges if row["kind"] == "water"], "amount") == 550_000
    assert total(kos.items("balance", "list"), "outstanding_balance") == 28_000_000 + 550_000 + 550_000
    assert total(kos.get("report", "rent-roll")["items"], "list_rent") == 30_000_000
    assert kos.balance("TA1") == "2275000.00"
    assert kos.balance("TB10") == "825000.00"


def payments(kos: Kos, tmp_path: Path) -> None:
    """Two to five of July: A1-A8 and B1-B6 by transfer, in one file; A9-A11 and B7-B10 by hand; A12 pays nothing."""
    kos.travel("2026-07-05")
    rows = [f"T{n},{2_275_000 if n == 'A1' else 1_525_000},2026-07-02,transfer" for n in A[:8]]
    rows += [f"T{n},1025000,2026-07-03,transfer" for n in B[:6]]
    # 2,275,000 + 7 x 1,525,000 + 6 x 1,025,000 = 19,100,000
    (tmp_path / "mutasi.csv").write_text("penyewa,jumlah,tanggal,metode\n" + "\n".join(rows) + "\n")
    kos.do("import", "payments", str(tmp_path / "mutasi.csv"), "--property", "MAWAR")
    for tenant, amount, method in (
        ("TA9", "1525000", "cash"), ("TA10", "1525000", "cash"), ("TB7", "1025000", "cash"), ("TB8", "1025000", "cash"),
        ("TB9", "500000", "cash"), ("TB10", "825000", "qris"), ("TA11", "9150000", "transfer"),
    ):  # fmt: skip
        kos.do("payment", "add", tenant, amount, "--on", "2026-07-04", "--method", method)
    # Cash: 2 x 1,525,000 + 2 x 1,025,000 + 500,000 = 5,600,000.
    assert total(kos.items("payment", "list"), "amount") == 19_100_000 + 5_600_000 + 825_000 + 9_150_000
    owing = {row["tenant"]: row["outstanding_balance"] for row in kos.get("report", "arrears")["items"]}
    assert owing == {"TA12": "1525000.00", "TB9": "525000.00"}
    assert kos.get("balance", "show", "TA11")["outstanding_balance"] == "-7625000.00"


def eleventh(kos: Kos) -> None:
    """Five days late: 1% a day of 1,525,000 is 76,250 for A12 (75,000 + 1,250), of 525,000 for B9 26,250."""
    kos.travel("2026-07-11")
    reminded = {row["tenant"]: (row["stage"], row["days"]) for row in kos.items("reminder", "list")}
    assert reminded == {"TA12": (3, 5), "TB9": (3, 5)}
    text = kos.do("reminder", "send", "TB9")
    assert "Rp525.000" in text.replace("*", "")
    assert [row["tenant"] for row in kos.items("reminder", "list")] == ["TA12"]
    kos.do("billing", "run")
    fees = {row["tenant"]: row["amount"] for row in kos.items("charge", "list", "--kind", "late_fee")}
    assert total(kos.items("charge", "list", "--kind", "late_fee"), "amount") == 76_250 + 26_250, fees
    kos.do("payment", "add", "TA12", "1601250", "--on", "2026-07-11")
    assert kos.balance("TA12") == "0.00"


def middle(kos: Kos) -> None:
    """15 July: B11 is let, 17 of 31 days of 1,000,000 = 548,387. The helper buys, and hands over what is left."""
    kos.travel("2026-07-15")
    kos.do("tenant", "add", "Rina", "--code", "RINA", "--property", "MAWAR", "--phone", "0812-1111-2222")
    kos.do("tenant", "assign", "RINA", "MAWAR/B11", "--from", "2026-07-15")
    stub = kos.items("charge", "list", "--tenant", "RINA", "--kind", "rent")
    assert [(row["amount"], row["days"], row["of_days"]) for row in stub] == [("548387.00", 17, 31)]
    owed = kos.balance("RINA")
    kos.do("payment", "add", "RINA", owed)
    kos.do("deposit", "add", "RINA", "1000000")
    kos.do("expense", "add", "150rb", "--category", "cleaning", "--on", "2026-07-10", "--property", "MAWAR")
    kos.do("expense", "add", "3200000", "--category", "electricity", "--method", "transfer", "--payee", "PLN",
           "--property", "MAWAR")  # fmt: skip
    kos.do("expense", "add", "450000", "--category", "internet", "--method", "transfer", "--property", "MAWAR")
    wrong = kos.get("expense", "add", "999", "--category", "other", "--property", "MAWAR")["id"]
    kos.do("expense", "void", str(wrong), "--reason", "typed wrong")
    # 5,600,000 + 1,601,250 + what Rina paid - 150,000
    (held,) = kos.get("cash", "held", "--property", "MAWAR")["items"]
    assert Decimal(held["held"]) == 5_600_000 + 1_601_250 + 1_000_000 + Decimal(owed) - 150_000


def last_days(kos: Kos) -> None:
    """31 July: the round. A1 used 77.5 kWh = 111,988 (of 111,987.50), the others 50 each = 72,250; A10 waits.

    111,988 + 10 x 72,250 = 834,488. B9 is 25 days late by now: a quarter of 500,000 and 25,000 = 131,250 in all.
    """
    kos.travel("2026-07-31")
    shown = "".join(f"{n} {'1327.8' if n == 'A1' else '550'}\n" for n in A if n != "A10")
    assert kos.run("meter", "read", "-", "--property", "MAWAR", stdin=shown).status == 0
    electricity = kos.items("charge", "list", "--kind", "electricity")
    assert total(electricity, "amount") == 834_488
    assert {row["amount"] for row in electricity} == {"111988.00", "72250.00"}
    kos.do("billing", "run")
    fees = [row for row in kos.items("charge", "list", "--kind", "late_fee") if row["tenant"] == "TB9"]
    assert total(fees, "amount") == 131_250
    assert kos.balance("TB9") == "656250.00"


def settle(kos: Kos) -> None:
    """A10 leaves in the morning of the 31st: 60 kWh = 86,700, a window 200,000; 286,700 out of 1,500,000.

    1,213,300 are given back.
    """
    words = ("tenant", "close", "TA10", "--on", "2026-07-31", "--meter", "electricity=560", "--damage",
             "Kaca pecah=200000", "--refund-deposit", "--property", "MAWAR")  # fmt: skip
    before = kos.content()
    preview = kos.get(*words, "--dry-run")
    assert kos.content() == before
    (had,) = kos.get("cash", "held", "--property", "MAWAR")["items"]
    done = kos.get(*words, "--yes")
    (held,) = kos.get("cash", "held", "--property", "MAWAR")["items"]
    assert Decimal(held["held"]) == Decimal(had["held"]) - 1_213_300
    assert {name: done[name] for name in ("deposit_before", "deposit_applied", "deposit_refunded", "deposit_held",
                                          "outstanding_balance")} == {
        "deposit_before": "1500000.00", "deposit_applied": "286700.00", "deposit_refunded": "1213300.00",
        "deposit_held": "0.00", "outstanding_balance": "0.00",
    }  # fmt: skip
    assert preview["deposit_refunded"] == done["deposit_refunded"]


def reports(kos: Kos) -> None:
    """What July came to.

    Income: rent 28,000,000 + 548,387; water 550,000 and Rina's; electricity 834,488 + 86,700; late fees
    76,250 + 131,250; damage 200,000. Costs: 150,000 + 3,200,000 + 450,000 = 3,800,000.
    """
    (water,) = (Decimal(row["amount"]) for row in kos.items("charge", "list", "--tenant", "RINA", "--kind", "water"))
    july = ("--from", "2026-07-01", "--until", "2026-07-31", "--property", "MAWAR")
    (income,) = kos.get("report", "income", *july)["items"]
    expected = {"rent": 28_548_387, "utilities": 550_000 + water + 834_488 + 86_700, "late_fees": 207_500,
                "other": 200_000, "expenses": 3_800_000}  # fmt: skip
    assert {name: Decimal(income[name]) for name in expected} == expected
    assert Decimal(income["net"]) == sum(expected.values()) - 2 * 3_800_000
    (cash,) = kos.get("report", "cash", *july)["items"]
    # 19,100,000 + 5,600,000 + 825,000 + 9,150,000 + 1,601,250 + Rina's rent and water
    assert Decimal(cash["received"]) == 36_276_250 + 548_387 + water
    assert (Decimal(cash["spent"]), Decimal(cash["deposits_in"])) == (3_800_000, 1_000_000)
    assert Decimal(cash["deposits_out"]) == 1_213_300
    (aging,) = kos.get("report", "aging", "--as-of", "2026-07-31", "--property", "MAWAR")["items"]
    # B9: rent and water 525,000, 25 days late, and the fees; the round, 834,488 less A11's, which her credit pays.
    assert Decimal(aging["credit"]) == 7_625_000 - 72_250
    assert Decimal(aging["total"]) == total(kos.items("balance", "list"), "outstanding_balance")
    assert Decimal(aging["total"]) == 656_250 + 834_488 - 7_625_000
    (roll,) = kos.get("report", "rent-roll", "--summary", "--property", "MAWAR")["items"]
    # 28,000,000 brought along, 1,000,000 taken, 1,500,000 used and given back.
    assert (roll["beds"], roll["let"], Decimal(roll["deposit_held"])) == (24, 22, 27_500_000)
    (nights,) = kos.get("report", "occupancy", *july)["items"]
    # 24 x 31 = 744; 22 x 31 + 17 - 1 = 698
    assert (nights["available"], nights["let"], nights["vacant"]) == (744, 698, 46)


def papers(kos: Kos, tmp_path: Path) -> None:
    """Receipts of two payments, one of them printed twice; one taken back. Then August."""
    numbers = [row["id"] for row in kos.items("payment", "list", "--tenant", "TA11")]
    paper = kos.do("receipt", "print", str(numbers[0]), "--width", "32")
    assert "KUITANSI" in paper
    assert "Sembilan juta seratus lima puluh ribu rupiah" in " ".join(paper.split())
    assert "meterai" in paper
    assert "SALINAN" in kos.do("receipt", "print", str(numbers[0]))
    (rina,) = kos.items("payment", "list", "--tenant", "RINA")
    kos.do("receipt", "print", str(rina["id"]), "--format", "pdf", "--to", str(tmp_path / "rina.pdf"))
    assert [row["ref"] for row in kos.items("receipt", "list")] == ["MAWAR/2026/2", "MAWAR/2026/1"]
    kos.travel("2026-08-01")
    kos.do("billing", "run")
    august = [row for row in kos.items("charge", "list", "--kind", "rent") if row["period_start"] == "2026-08-01"]
    # 11 x 1,500,000 + 11 x 1,000,000; A10 has gone.
    assert total([row for row in august if row["reversed_by"] is None], "amount") == 27_500_000
