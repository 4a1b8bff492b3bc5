"""Closing an account with the command: one line, one paper, and nothing of it where any of it fails."""

from tests.end_to_end.kos import Kos


def test_one_command_settles_all(kos: Kos) -> None:
    kos.house("A1")
    kos.travel("2026-11-23")
    kos.tenant("Budi [red]", "A1", since="2026-09-10")
    kos.do("meter", "add", "A1")
    kos.do("meter", "tariff", "KOSA", "electricity", "1445", "--from", "2026-01-01")
    kos.do("meter", "read", "A1", "1250.3", "--on", "2026-09-10")
    kos.do("deposit", "add", "BUDI", "1500000", "--on", "2026-09-10")
    owed = int(float(kos.balance("BUDI"))) - 800_000 + 111_988
    kos.do("payment", "add", "BUDI", str(owed))
    close = ["tenant", "close", "BUDI", "--on", "2026-11-23", "--meter", "electricity=1327.8",
             "--damage", "Broken window=200rb", "--refund", "none"]  # fmt: skip
    kos.keep()
    paper = kos.do(*close, "--dry-run", "--print", EKOST_LANG="id")
    assert all(words in paper for words in ("Rp200.000", "Rp500.000", "1.250,3 → 1.327,8", "Budi [red]"))
    assert max(map(len, paper.splitlines())) <= 64
    assert kos.content() == kos.kept
    kos.refused(2, "meter_option", "tenant", "close", "BUDI", "--meter", "1327.8")
    kos.refused(2, "damage_option", "tenant", "close", "BUDI", "--damage", "200rb")
    kos.refused(5, "reading_falls", *close[:5], "--meter", "electricity=1", *close[7:])
    kos.refused(5, "closing_in_future", "tenant", "close", "BUDI", "--on", "2026-11-24")
    kos.kept = None
    done = kos.race([[*close, "--key", "k", "-o", "json"]] * 3)
    assert {one.status for one in done} == {0}, done
    assert done[0].out == done[1].out == done[2].out
    shown = kos.get(*close, "--key", "k")
    assert [shown[name] for name in ("owed", "deposit_applied", "deposit_refunded", "deposit_held")] == [
        "1000000.00", "1000000.00", "500000.00", "0.00",
    ]  # fmt: skip
    assert kos.balance("BUDI") == "0.00"
    assert [row["kind"] for row in kos.items("deposit", "list")] == ["refunded", "applied", "received"]
    assert kos.get("room", "show", "A1")["status"] == "available"
    assert kos.get("tenant", "statement", "BUDI") == shown
    kos.refused(4, "statement_not_found", "tenant", "statement", kos.tenant("Citra"))
    table = kos.do(*close, "--key", "k", "-o", "table", COLUMNS="120")
    assert all(words in table for words in ("Broken window", "Total owed", "Rp500,000"))
    kos.assert_sound()
