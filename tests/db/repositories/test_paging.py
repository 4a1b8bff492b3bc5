"""A list can be read from both ends and from any of its rows, and never shows a row twice or leaves one out."""

import pytest
from sqlalchemy import Connection

from db.repositories.paging import CursorError, Page, Way
from db.repositories.rows import TenantRow
from db.repositories.tenants import Tenants
from tests.db.services.house import House

NAMES = ["Ani", "Budi", "Citra", "Dewi", "Eko", "Fitri", "Gita"]


@pytest.fixture
def tenants(conn: Connection) -> Tenants:
    house = House.build(conn)
    for name in reversed(NAMES):
        house.tenant(name)
    return Tenants(conn)


def page(tenants: Tenants, after: str | None = None, way: Way = Way.BEHIND, limit: int = 3) -> Page[TenantRow]:
    return tenants.page(sort="name", after=after, limit=limit, way=way)


def names(page: Page[TenantRow]) -> list[str]:
    return [row.name for row in page.items]


def test_a_list_read_from_its_end_is_in_its_own_order(tenants: Tenants) -> None:
    last = page(tenants, way=Way.BEFORE)
    assert names(last) == ["Eko", "Fitri", "Gita"]
    assert last.next is None
    middle = page(tenants, last.previous, Way.BEFORE)
    assert names(middle) == ["Budi", "Citra", "Dewi"]
    first = page(tenants, middle.previous, Way.BEFORE)
    assert names(first) == ["Ani"]
    assert first.previous is None


def test_every_page_leads_to_the_ones_beside_it(tenants: Tenants) -> None:
    first = page(tenants)
    assert first.previous is None
    second = page(tenants, first.next)
    assert names(second) == ["Dewi", "Eko", "Fitri"]
    back = page(tenants, second.previous, Way.BEFORE)
    assert names(back) == names(first)
    assert names(page(tenants, back.next)) == names(second)


def test_a_page_is_read_again_from_its_first_row(tenants: Tenants) -> None:
    second = page(tenants, page(tenants).next)
    again = page(tenants, second.previous, Way.FROM, limit=2)
    assert names(again) == ["Dewi", "Eko"]
    assert names(page(tenants, again.next)) == ["Fitri", "Gita"]


def test_a_turned_page_is_the_list_upside_down(tenants: Tenants) -> None:
    turned = page(tenants, way=Way.BEFORE).turned()
    assert names(turned) == ["Gita", "Fitri", "Eko"]
    assert turned.previous is None
    assert names(page(tenants, turned.next, Way.BEFORE).turned()) == ["Dewi", "Citra", "Budi"]


def test_a_turned_page_is_read_again_from_its_first_row(tenants: Tenants) -> None:
    second = page(tenants, page(tenants, way=Way.BEHIND.turned).turned().next, Way.BEFORE).turned()
    assert names(second) == ["Dewi", "Citra", "Budi"]
    assert names(page(tenants, second.previous, Way.FROM.turned, limit=4).turned()) == ["Dewi", "Citra", "Budi", "Ani"]


def test_nothing_is_before_the_beginning(tenants: Tenants) -> None:
    at_ani = page(tenants, limit=1).next
    first = page(tenants, at_ani, Way.BEFORE)
    assert names(first) == []
    assert first.previous is None


def test_a_list_sorted_downward_is_read_backwards_too(tenants: Tenants) -> None:
    last = tenants.page(limit=2, way=Way.BEFORE)
    everything = tenants.page(limit=9)
    assert last.items == everything.items[-2:]
    assert tenants.page(after=last.previous, limit=5, way=Way.BEFORE).items == everything.items[:5]


def test_only_what_matches_is_paged(tenants: Tenants) -> None:
    found = tenants.page(sort="name", matching="it", limit=5)
    assert names(found) == []  # two letters must begin a word
    assert names(tenants.page(sort="name", matching="  FIT ", limit=5)) == ["Fitri"]


def test_a_cursor_of_another_filter_is_refused(tenants: Tenants) -> None:
    cursor = page(tenants).next
    with pytest.raises(CursorError):
        tenants.page(sort="name", matching="ani", after=cursor, way=Way.BEFORE)
