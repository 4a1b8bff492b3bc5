"""Search finds what a person remembers, however it is typed, and the best first."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from db.domain.texts import TextLengthError, UncleanTextError
from db.repositories.lookup import find_property, find_room, find_tenant
from db.repositories.paging import CursorError
from db.repositories.search import Search, SearchRow
from db.repositories.words import phone_parts
from db.services.billing import pass_day
from db.services.leases import assign_tenant
from db.services.moves import move_out, move_tenant
from db.services.properties import add_property
from db.services.rooms import add_room, archive_room, edit_room
from db.services.tenants import add_tenant, archive_tenant
from tests.db.services.house import House


@pytest.fixture
def kos(conn: Connection) -> Connection:
    """Two properties; Budi Santoso lives in KOSA/A1, Siti in KOSB/A1."""
    house = House.build(conn)
    prop, other = find_property(conn, "KOSA"), add_property(conn, "KOSB", "Kos Kenanga")
    for number in ("A1", "A10", "B_2"):
        house.room(number, room_type="AC") if number != "B_2" else house.room("B-2")
    add_room(conn, other, "A1", Decimal(900_000))
    people = (
        ("Budi Santoso", "081234567890", "budi@example.org"),
        ("Santi Budiman", "0857 1111 2222", None),
        ("Bo", None, None),
    )
    for name, phone, email in people:
        add_tenant(conn, prop, name, phone=phone, email=email)
    add_tenant(conn, other, "Siti Aminah", phone="+6591234567")
    for name, code in (("BUDI", "KOSA"), ("SITI", "KOSB")):
        tenant = find_tenant(conn, name)
        assign_tenant(conn, tenant, find_room(conn, "A1", code), tenant.today)
    return conn


def found(conn: Connection, text: str, **more: object) -> list[str]:
    return [f"{row.kind}:{row.code}" for row in Search(conn).page(text, **more).items]


@pytest.mark.parametrize(
    "typed",
    ["0812-3456-7890", "6281234567890", "+62 812 3456 7890", "+62 (812) 3456-7890", "081234567890", "0812345",
     "62812", "+62812", "456789", "7890", "budi santoso", "SANTOSO BUDI", "santoso", "antos", "budi@example.org",
     "example.org", "bud san"],
)  # fmt: skip
def test_a_tenant_is_found_by_name_mail_and_phone_in_any_spelling(kos: Connection, typed: str) -> None:
    assert "tenant:BUDI" in found(kos, typed)
    assert "tenant:SITI" not in found(kos, typed)


def test_a_line_shows_where_the_tenant_lives_and_what_is_owed(kos: Connection) -> None:
    row = Search(kos).page("budi santoso").items[0]
    budi = find_tenant(kos, "BUDI")
    assert row == SearchRow(
        "tenant", budi.id, "BUDI", "Budi Santoso", "+6281234567890", "KOSA", "A1", Decimal(1_500_000), "IDR", False
    )


def test_the_best_comes_first(kos: Connection) -> None:
    assert found(kos, "budi") == ["tenant:BUDI", "tenant:SANTI"]
    assert found(kos, "san") == ["tenant:SANTI", "tenant:BUDI"]
    assert found(kos, "bo")[0] == "tenant:BO"
    assert found(kos, "b") == ["room:KOSA/B-2", "tenant:BO", "tenant:BUDI", "tenant:SANTI"]


def test_a_room_is_found_with_who_lives_there(kos: Connection) -> None:
    assert found(kos, "a1") == ["room:KOSA/A1", "room:KOSB/A1", "tenant:BUDI", "tenant:SITI", "room:KOSA/A10"]
    assert found(kos, "kosb/a1") == ["room:KOSB/A1", "tenant:SITI"]
    room = Search(kos).page("a10").items[0]
    assert room[2:] == ("KOSA/A10", "AC", None, "KOSA", "A10", None, "IDR", False)


def test_properties_are_found_by_code_and_name(kos: Connection) -> None:
    assert found(kos, "kosb") == ["property:KOSB"]
    assert found(kos, "kenanga") == ["property:KOSB"]
    assert found(kos, "kos") == ["property:KOSA", "property:KOSB"]


def test_a_search_can_stay_within_one_property(kos: Connection) -> None:
    other = find_property(kos, "KOSB").id
    assert found(kos, "a1", property_id=other) == ["room:KOSB/A1", "tenant:SITI"]
    assert found(kos, "budi", property_id=other) == []


def test_what_is_archived_or_has_left_is_not_found_there(kos: Connection) -> None:
    budi = find_tenant(kos, "BUDI")
    move_out(kos, budi)
    assert found(kos, "a1", property_id=budi.property_id) == ["room:KOSA/A1", "room:KOSA/A10"]
    archive_tenant(kos, budi)
    archive_room(kos, find_room(kos, "A10", "KOSA"))
    assert "tenant:BUDI" not in found(kos, "budi santoso")
    assert found(kos, "a10") == []


def test_signs_of_patterns_are_letters_like_any_other(kos: Connection) -> None:
    for typed in ("%", "_", "b_2", "%an%", "\\", "'", "a1'; drop table tenants"):
        assert found(kos, typed) == [], typed


def test_pages_follow_one_another_without_loss(kos: Connection) -> None:
    prop = find_property(kos, "KOSA")
    for n in range(7):
        add_tenant(kos, prop, f"Kembar {n}")
    whole = found(kos, "kembar")
    pages, cursor = [], None
    while True:
        page = Search(kos).page("kembar", after=cursor, limit=3)
        pages += [f"{row.kind}:{row.code}" for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert pages == whole
    assert len(whole) == 7
    with pytest.raises(CursorError):
        Search(kos).page("budi", after=Search(kos).page("kembar", limit=1).next)


def test_a_tenant_to_come_is_found_with_the_room_to_come(kos: Connection) -> None:
    bo = find_tenant(kos, "BO")
    assign_tenant(kos, bo, find_room(kos, "A10", "KOSA"), bo.today + timedelta(days=3))
    assert Search(kos).page("bo").items[0].room == "A10"
    assert found(kos, "a10") == ["room:KOSA/A10", "tenant:BO"]  # does not live there yet, but is who is meant


def test_nothing_and_harmful_signs_are_refused(kos: Connection) -> None:
    for empty in ("", "   "):
        with pytest.raises(TextLengthError):
            Search(kos).page(empty)
    for harmful in ("\x1b[31m", "a\x00b"):
        with pytest.raises(UncleanTextError):
            Search(kos).page(harmful)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=110))
def test_whatever_is_typed_is_answered_or_refused_in_words(kos: Connection, typed: str) -> None:
    try:
        Search(kos).page(typed)
    except (TextLengthError, UncleanTextError):
        return


def test_accents_and_capitals_make_no_difference(kos: Connection) -> None:
    add_tenant(kos, find_property(kos, "KOSA"), "José Ægir Núñez", code="JOSE")
    for typed in ("jose", "JOSÉ", "josè nunez", "Æg", "aegir", "nuñ"):
        assert found(kos, typed) == ["tenant:JOSE"], typed
    with pytest.raises(TextLengthError):
        Search(kos).page("\u0301")


def test_a_name_is_found_with_its_room_whatever_becomes_of_the_lease(kos: Connection) -> None:
    budi, a10 = find_tenant(kos, "BUDI"), find_room(kos, "A10", "KOSA")
    assert found(kos, "budi a1") == ["tenant:BUDI"]
    edit_room(kos, find_room(kos, "A1", "KOSA"), {"number": "Z9"})
    assert (found(kos, "budi a1"), found(kos, "z9 budi")) == ([], ["tenant:BUDI"])
    move_tenant(kos, budi, a10, budi.today + timedelta(days=2))
    assert found(kos, "budi z9") == found(kos, "budi a10") == ["tenant:BUDI"]
    # A lease that ends by the calendar alone is forgotten when the day passes, not before.
    kos.execute(text("set constraints all immediate"))  # a table about which something waits can't be altered
    kos.execute(text("alter table leases disable trigger leases_are_searched_changed"))
    kos.execute(text("update leases set starts_on = starts_on - 9, ends_on = starts_on where ends_on is not null"))
    assert found(kos, "budi z9") == ["tenant:BUDI"]
    pass_day(kos)
    assert (found(kos, "budi z9"), found(kos, "budi a10")) == ([], ["tenant:BUDI"])
    kos.execute(text("alter table leases enable trigger leases_are_searched_changed"))
    bo = find_tenant(kos, "BO")
    assign_tenant(kos, bo, find_room(kos, "B-2", "KOSA"), bo.today + timedelta(days=9))
    assert found(kos, "bo b-2") == ["tenant:BO"]
    kos.execute(
        text("delete from lease_terms where lease_id in (select id from leases where tenant_id = :id)"), {"id": bo.id}
    )
    kos.execute(text("delete from leases where tenant_id = :id"), {"id": bo.id})
    assert found(kos, "bo b-2") == []


def test_whole_words_come_before_parts_of_words(kos: Connection) -> None:
    prop = find_property(kos, "KOSA")
    for name, code in (("Stefani", "STEF"), ("Dwi Ani", "DWI"), ("Ani Lestari", "ANI")):
        add_tenant(kos, prop, name, code=code)
    assert found(kos, "ani") == ["tenant:ANI", "tenant:DWI", "tenant:STEF"]
    pages = [Search(kos).page("ani", limit=1)]
    while pages[-1].next:
        pages.append(Search(kos).page("ani", limit=1, after=pages[-1].next))
    assert [row.code for page in pages for row in page.items] == ["ANI", "DWI", "STEF"]


def test_a_slip_finds_what_looks_like_it_and_says_so(kos: Connection) -> None:
    prop = find_property(kos, "KOSA")
    add_tenant(kos, prop, "Bambang Rahayu", code="BAMBANG")
    for typed in ("bambng rahayu", "rahyu", "BAMBANK"):
        rows = Search(kos).page(typed).items
        assert [(row.code, row.alike) for row in rows] == [("BAMBANG", True)], typed
    assert found(kos, "bambang", property_id=find_property(kos, "KOSB").id) == []
    assert not any(row.alike for row in Search(kos).page("bambang").items)
    for typed in ("bambng a1", "bambng 99", "zzzzzz", "bmb"):
        assert found(kos, typed) == [], typed
    assert Search(kos).page("santozo", limit=1).next is None


def test_few_digits_are_no_phone() -> None:
    assert phone_parts("812") == []
    assert phone_parts("A1234") == []
    assert phone_parts("0812") == ["0812", "+62812"]
