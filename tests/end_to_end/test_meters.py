"""Meters with the command: what a person types, what they read, and what many at once come to."""

from tests.end_to_end.kos import Kos


def metered(kos: Kos) -> None:
    """KOSA with A1, A2 and their meters, read on 1 September."""
    kos.house("A1", "A2")
    kos.tenant("Budi", "A1", since="2026-08-01")
    kos.do("meter", "add", "A1")
    assert [row["room"] for row in kos.get("meter", "add", "--every-room", "--property", "KOSA")["items"]] == ["A2"]
    kos.do("meter", "tariff", "KOSA", "electricity", "1445", "--from", "2026-01-01")
    done = kos.run("meter", "read", "-", "--on", "2026-09-01", stdin="meter,reading\nA1,1250.3\nA2 90 # empty\n")
    assert (done.status, done.err) == (0, "")


def test_what_a_meter_shows_becomes_a_charge(kos: Kos) -> None:
    metered(kos)
    before = kos.balance("BUDI")
    dry = kos.get("meter", "read", "A1", "1.327,8", "--on", "2026-10-01", "--dry-run")
    assert (dry["usage"], dry["amount"], kos.balance("BUDI")) == ("77.5", "111988.00", before)
    shown = kos.get("meter", "read", "A1", "1327.8", "--on", "2026-10-01", "--key", "k1")
    assert (shown["previous"], shown["tenants"]) == ("1250.3", "BUDI")
    assert kos.get("meter", "read", "A1", "1327.8", "--on", "2026-10-01", "--key", "k1") == shown
    charge = kos.items("charge", "list", "--kind", "electricity")[0]
    assert (charge["amount"], charge["period_start"], charge["period_end"], charge["due_on"]) == (
        "111988.00", "2026-09-01", "2026-10-01", "2026-10-01",
    )  # fmt: skip
    assert charge["description"] == "1250.3 → 1327.8 = 77.5 kWh × 1445"
    listed = [(row["room"], row["value"], row["tenant"]) for row in kos.items("meter", "list")]
    assert listed == [("A1", "1327.8", "BUDI"), ("A2", "90", None)]
    kos.keep()
    kos.refused(5, "reading_falls", "meter", "read", "A1", "1327.7")
    kos.refused(2, "reading_ambiguous", "meter", "read", "A1", "1.400")
    kos.refused(2, "reading_invalid", "meter", "read", "A1", "many")
    kos.refused(4, "meter_not_found", "meter", "read", "A3", "1")
    kos.refused(5, "later_reading", "meter", "void", "1", "--reason", "wrong")
    kos.refused(2, "file_unreadable", "meter", "import", "/nonexistent")
    told = kos.run("meter", "read", "-", "-o", "json", stdin="A1 1400\nA2 89.9\n")
    assert (told.status, '"reading_falls"' in told.err) == (5, True)
    assert kos.content() == kos.kept
    kos.kept = None
    kos.do("meter", "void", str(shown["id"]), "--reason", "misread")
    assert kos.balance("BUDI") == before
    told_room = kos.do("room", "history", "A1", "-o", "table", COLUMNS="160")
    assert all(words in told_room for words in ("Meters read", "Reading taken back", "misread", "1,327.8"))
    kos.assert_sound()


def test_two_who_read_the_same_meter_at_once_charge_it_once(kos: Kos) -> None:
    metered(kos)
    before = float(kos.balance("BUDI"))
    same = ["meter", "read", "A1", "1327.8", "--on", "2026-10-01"]
    done = kos.race([[*same, "--key", "k"], [*same, "--key", "k"], same, [*same[:3], "1300", *same[4:]]])
    assert done[0].out == done[1].out != ""
    assert {one.status for one in done} <= {0, 5}
    assert float(kos.balance("BUDI")) == before + 111_988
    kos.assert_sound()


def test_a_round_is_walked_and_posted_as_one(kos: Kos) -> None:
    metered(kos)
    kos.do("meter", "read", "-", "--on", "2026-10-01", "--key", "x", stdin="A1 1327.8\nA2 90\n")
    round_ = ["meter", "round", "--property", "KOSA", "--on", "2026-11-01", "-o", "json"]
    kos.keep()
    # A2 is reached, left for A1 again; a misread is doubted, a falling one refused; then nothing is confirmed.
    typed = "1405,3\n-\n9999\n1405,3\nq\n"
    dry = kos.run(*round_, "--dry-run", stdin="\n".join(["1327.7", "1.400", *typed.split("\n")]))
    assert dry.status == 0, dry
    assert all(words in dry.err for words in ("1,327.8", "is less", "can be read as", "much more than usual", "A2"))
    assert '"amount": "111988.00"' in dry.out
    assert kos.run(*round_, stdin=typed).status == 2
    assert kos.run(*round_, stdin="q\n").err.endswith("Nothing was read.\n")
    assert kos.content() == kos.kept
    # A2 got a new meter at 94: 4 and 6 kWh.
    done = kos.run(*round_, "--yes", stdin="1405.3\n94>3>9\n")
    assert done.status == 0, done
    assert [row["value"] for row in kos.items("meter", "list")] == ["1405.3", "9"]
    (replaced,) = [row for row in kos.items("meter", "history") if row["old_last"]]
    assert (replaced["room"], replaced["usage"], replaced["new_first"]) == ("A2", "10", "3")
    assert [row["amount"] for row in kos.items("charge", "list", "--kind", "electricity")] == ["111988.00"] * 2
    told = kos.do("charge", "list", "--kind", "electricity", "-o", "table", COLUMNS="200", EKOST_LANG="id")
    assert "1.327,8 → 1.405,3 = 77,5 kWh × Rp1.445" in told
    kos.assert_sound()


def test_a_room_that_changed_hands_without_a_reading_is_told(kos: Kos) -> None:
    metered(kos)
    kos.do("tenant", "move-out", "BUDI", "--on", "2026-09-20")
    kos.tenant("Citra", "A1", since="2026-09-25")
    done = kos.run("meter", "round", "--property", "KOSA", "--on", "2026-10-01", "--dry-run", stdin="1300\n\n")
    assert (done.status, done.err.count("moved in or out")) == (0, 1)
    assert "CITRA" in done.out
    done = kos.run("meter", "round", "--property", "KOSA", "--on", "2026-09-20", "--dry-run", stdin="1300\n\n")
    assert (done.status, done.err.count("moved in or out"), "BUDI" in done.out) == (0, 0, True)


def test_a_flat_rate_comes_with_the_rent_and_ends_with_it(kos: Kos) -> None:
    kos.house("A1")
    kos.travel("2026-03-10")
    kos.do("meter", "tariff", "KOSA", "internet", "50rb", "--mode", "flat", "--from", "2026-02-01")
    kos.tenant("Budi", "A1", since="2026-01-01")
    assert [row["period_start"] for row in kos.items("charge", "list", "--kind", "internet")] == [
        "2026-03-01", "2026-02-01",
    ]  # fmt: skip
    kos.do("meter", "tariff", "KOSA", "water", "20000", "--mode", "flat", "--from", "2026-03-01")
    dry = kos.get("billing", "run", "--dry-run")
    done = kos.get("billing", "run")
    assert (done["charges"], done["amount"]) == (dry["charges"], dry["amount"]) == (1, "20000.00")
    assert kos.get("billing", "run")["charges"] == 0
    assert kos.balance("BUDI") == "4620000.00"
    kos.do("tenant", "move-out", "BUDI", "--on", "2026-02-20")
    assert kos.balance("BUDI") == "3050000.00"
    kos.assert_sound()
