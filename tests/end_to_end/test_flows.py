"""A landlord's days: people come, move, leave and come back; rooms are let, shared, renovated and given up."""

import pytest

from tests.end_to_end.kos import Kos


def rooms(kos: Kos, name: str = "status") -> dict[str, object]:
    """One field of every room by its number."""
    return {item["number"]: item[name] for item in kos.items("room", "list")}


def test_a_tenant_comes_moves_leaves_and_is_archived(kos: Kos) -> None:
    kos.travel("2026-06-10")
    kos.house("A1", "A2")
    kos.tenant("Budi", "A1", since="2026-05-10")
    assert rooms(kos) == {"A1": "occupied", "A2": "available"}
    kos.refused(5, "tenant_housed", "tenant", "archive", "BUDI", "--yes")
    kos.do("tenant", "move", "BUDI", "A2", "--on", "2026-06-10")
    assert rooms(kos) == {"A1": "available", "A2": "occupied"}
    kos.do("tenant", "move-out", "BUDI", "--on", "2026-06-10")
    assert rooms(kos) == {"A1": "available", "A2": "available"}
    shown = kos.get("tenant", "show", "BUDI")
    assert (shown["room"], shown["moved_in_on"], shown["moved_out_on"]) == (None, "2026-05-10", "2026-06-10")
    kos.refused(4, "no_lease", "tenant", "move-out", "BUDI")
    assert kos.balance("BUDI") == "1500000.00"
    kos.do("payment", "add", "BUDI", "1,5jt")
    kos.do("tenant", "archive", "BUDI", "--yes")
    assert kos.items("tenant", "list") == kos.items("balance", "list") == []
    assert [item["code"] for item in kos.items("tenant", "list", "--archived")] == ["BUDI"]
    kos.refused(4, "tenant_not_found", "payment", "add", "BUDI", "1000")
    assert len(kos.items("payment", "list")) == 1
    kos.refused(5, "tenant_exists", "tenant", "add", "Other", "--code", "BUDI")
    assert kos.get("tenant", "add", "Budi")["code"] == "BUDI2"
    kos.assert_sound()


def test_a_tenant_who_left_comes_back(kos: Kos) -> None:
    kos.travel("2026-06-10")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-03-10")
    kos.do("tenant", "move-out", "BUDI", "--on", "2026-04-10")
    assert kos.balance("BUDI") == "1500000.00"
    kos.do("tenant", "assign", "BUDI", "A1", "--from", "2026-06-01", "--rent", "1,6jt")
    assert kos.balance("BUDI") == "3100000.00"
    shown = kos.get("tenant", "show", "BUDI")
    assert (shown["moved_in_on"], shown["moved_out_on"]) == ("2026-03-10", None)
    assert len(kos.items("lease", "list", "--tenant", "BUDI")) == 2
    kos.assert_sound()


def test_a_room_is_promised_for_later_and_free_until_then_for_nobody(kos: Kos) -> None:
    kos.travel("2026-06-10")
    kos.house("A1")
    kos.tenant("Budi", "A1", since="2026-07-01")
    assert rooms(kos) == {"A1": "available"}
    assert kos.balance("BUDI") == "0.00"
    kos.tenant("Ani")
    kos.refused(5, "room_full", "tenant", "assign", "ANI", "A1")
    kos.refused(5, "room_in_use", "room", "status", "A1", "renovation")
    kos.do("tenant", "move-out", "BUDI", "--on", "2026-07-01")
    kos.do("tenant", "assign", "ANI", "A1")
    assert rooms(kos) == {"A1": "occupied"}
    assert kos.get("tenant", "show", "BUDI")["moved_in_on"] is None
    kos.assert_sound()


def test_beds_are_added_and_taken_away_while_they_are_empty(kos: Kos) -> None:
    kos.house("A1")
    for name in ("Ani", "Budi", "Cici"):
        kos.tenant(name)
    kos.do("tenant", "assign", "ANI", "A1")
    kos.refused(5, "room_full", "tenant", "assign", "BUDI", "A1")
    assert kos.get("room", "edit", "A1", "--capacity", "3")["status"] == "available"
    kos.do("tenant", "assign", "BUDI", "A1")
    kos.do("tenant", "assign", "CICI", "A1")
    assert (rooms(kos), rooms(kos, "occupied")) == ({"A1": "occupied"}, {"A1": 3})
    kos.refused(5, "capacity_in_use", "room", "edit", "A1", "--capacity", "2")
    kos.do("tenant", "move-out", "CICI")
    assert kos.get("room", "edit", "A1", "--capacity", "2")["status"] == "occupied"
    kos.refused(5, "room_full", "tenant", "assign", "CICI", "A1")
    kos.assert_sound()


def test_a_room_in_renovation_is_let_to_nobody(kos: Kos) -> None:
    kos.house("A1", "A2")
    kos.tenant("Budi", "A2")
    assert kos.get("room", "status", "A1", "renovation")["status"] == "renovation"
    kos.tenant("Ani")
    kos.refused(5, "room_closed", "tenant", "assign", "ANI", "A1")
    kos.refused(5, "room_closed", "tenant", "move", "BUDI", "A1", "--on", "tomorrow")
    assert [item["number"] for item in kos.items("room", "list", "--status", "renovation")] == ["A1"]
    kos.do("room", "status", "A1", "available")
    kos.do("tenant", "assign", "ANI", "A1")
    kos.refused(5, "room_in_use", "room", "archive", "A1", "--yes")
    kos.assert_sound()


def test_an_archived_room_gives_its_number_back(kos: Kos) -> None:
    kos.house("A1")
    kos.tenant("Budi", "A1")
    kos.do("tenant", "move-out", "BUDI")
    kos.do("room", "archive", "A1", "--yes")
    kos.refused(4, "room_not_found", "room", "show", "A1")
    assert kos.items("room", "list") == []
    kos.do("room", "add", "a1", "--rent", "2jt")
    kos.do("tenant", "assign", "BUDI", "A1")
    assert kos.get("tenant", "show", "BUDI")["monthly_rent"] == "2000000.00"
    kos.assert_sound()


def test_codes_follow_the_name_and_avoid_each_other(kos: Kos) -> None:
    kos.house()
    names = ("Siti Aminah", "Siti Rahma", "siti", "Óscar", "M. Yusuf", "李明", "X", "Siti2 Palsu")
    assert [kos.get("tenant", "add", name)["code"] for name in names] == [
        "SITI", "SITI2", "SITI3", "OSCAR", "YUSUF", "T", "T2", "SITI4",
    ]  # fmt: skip
    assert kos.get("tenant", "edit", "T", "--code", "liming")["code"] == "LIMING"
    assert kos.get("tenant", "show", "李明")["code"] == "LIMING"
    for ref in ("siti", "SITI", "Siti Aminah", "siti aminah"):
        assert kos.get("tenant", "show", ref)["code"] == "SITI"
    assert kos.get("tenant", "show", "rahma")["code"] == kos.get("tenant", "show", "rah")["code"] == "SITI2"
    kos.refused(4, "tenant_not_found", "payment", "add", "ahma", "1000")  # not the beginning of a word
    number = kos.get("tenant", "show", "OSCAR")["id"]
    assert kos.get("tenant", "show", str(number))["code"] == "OSCAR"


def test_one_code_in_two_properties_is_told_apart_by_the_property(kos: Kos) -> None:
    for code in ("KOSA", "KOSB"):
        kos.house("A1", code=code)
        kos.tenant("Budi", "A1", code=code)
    told = kos.refused(2, "ambiguous", "payment", "add", "BUDI", "1000")
    assert "KOSA/BUDI (Budi), KOSB/BUDI (Budi)" in told
    paid = kos.get("payment", "add", "BUDI", "1000", "--property", "KOSB")
    assert paid["property"] == kos.get("payment", "add", "BUDI", "1000", EKOST_PROPERTY="KOSB")["property"] == "KOSB"
    assert len(kos.items("payment", "list", "--property", "kosa")) == 0
    assert kos.get("room", "show", "KOSB/A1")["property"] == "KOSB"


@pytest.mark.parametrize("typed", ["0812-3456-7890", "+62 812 3456 7890", "62812 3456 7890", "(0812) 3456 7890"])
def test_a_phone_is_kept_in_one_form(kos: Kos, typed: str) -> None:
    kos.house()
    assert kos.get("tenant", "add", "Budi", "--phone", typed)["phone"] == "+6281234567890"
    assert kos.get("tenant", "edit", "BUDI", "--phone", "")["phone"] is None


def test_a_national_id_is_shown_masked_and_never_in_the_history(kos: Kos) -> None:
    kos.house()
    kos.do("tenant", "add", "Budi", "--national-id", "3201.0115.0395.0001")
    assert kos.get("tenant", "show", "BUDI")["national_id"] == "3201**********01"
    kos.do("tenant", "edit", "BUDI", "--national-id", "3201011503950002")
    assert "320101150395" not in kos.do("tenant", "history", "BUDI", "-o", "json") + kos.do("tenant", "list")
