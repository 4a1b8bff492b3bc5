"""Notes and items with the command: what a person types, what they read, and what is refused."""

from tests.end_to_end.kos import Kos


def test_notes_and_things_are_read_where_they_belong(kos: Kos) -> None:
    kos.house("A1", "A2")
    kos.house("A1", code="KOSB")
    kos.tenant("Budi Santoso", "A1", since="2026-08-15")
    done = kos.run("note", "add", "KOSA/A1", "-", "--key", "k1", "-o", "json", stdin="paint it\n  in spring \n")
    assert (done.status, done.err) == (0, "")
    again = kos.run("note", "add", "KOSA/A1", "-", "--key", "k1", "-o", "json", stdin="paint it in spring")
    assert again.out == done.out
    for number in range(4):
        kos.do("note", "add", "budi", f"note {number} [red]x[/red]")
    kos.do("note", "void", "2", "--reason", "not he")
    assert [row["text"] for row in kos.items("note", "list", "KOSA/A1")] == ["paint it in spring"]
    first = kos.get("note", "list", "--limit", "3")
    second = kos.get("note", "list", "--limit", "3", "--after", first["next"])
    assert [row["id"] for row in (*first["items"], *second["items"])] == [5, 4, 3, 2, 1]
    assert kos.items("note", "list", "--property", "KOSB") == []
    shown = kos.do("tenant", "show", "BUDI", "-o", "table", COLUMNS="120")
    assert [f"note {number} [red]x[/red]" in shown for number in range(4)] == [False, True, True, True]
    kos.do("inventory", "add", "KOSA/A1", "Kasur", "--note", "120 cm")
    kos.do("inventory", "add", "KOSA/A1", "AC", "--condition", "aus")
    found = kos.get("inventory", "check", "KOSA/A1", "ac=rusak", "--rest", "baik", "--lease", "1")["items"]
    assert [(row["name"], row["condition"], row["tenant"]) for row in found] == [
        ("Kasur", "good", "BUDI"), ("AC", "broken", "BUDI"),
    ]  # fmt: skip
    assert [row["name"] for row in kos.items("inventory", "list", "--condition", "broken")] == ["AC"]
    shown = kos.do("room", "show", "KOSA/A1", "-o", "table", COLUMNS="120")
    assert all(words in shown for words in ("paint it in spring", "Kasur", "damaged"))
    kos.do("inventory", "remove", "KOSA/A1", "1", "--reason", "thrown away")
    assert kos.items("inventory", "history", "KOSA/A1")[0]["condition"] == "removed"
    told = kos.do("room", "history", "KOSA/A1", "-o", "table", COLUMNS="160")
    assert "Conditions recorded" in told
    assert "“paint it in spring”" in told
    kos.keep()
    kos.refused(4, "tenant_or_room_not_found", "note", "add", "KUNTI", "boo")
    kos.refused(2, "ambiguous", "note", "add", "A1", "in which house?")
    kos.refused(5, "text_control", "note", "add", "BUDI", "red \x1b[31m")
    kos.refused(5, "note_voided", "note", "void", "2", "--reason", "again")
    kos.refused(5, "item_exists", "inventory", "add", "KOSA/A1", "ac")
    kos.refused(4, "item_not_found", "inventory", "check", "KOSA/A1", "Kasur=good")
    kos.refused(4, "lease_elsewhere", "inventory", "check", "KOSA/A2", "--rest", "good", "--lease", "1")
    kos.refused(2, "condition", "inventory", "check", "KOSA/A1", "AC")
    kos.refused(2, "nothing_checked", "inventory", "check", "KOSA/A1")
    kos.assert_sound()
