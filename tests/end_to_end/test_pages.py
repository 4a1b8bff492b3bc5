"""Lists by pages: walked page by page they give every row once, also while others write."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.end_to_end.kos import Kos

# A list, and what adds a row to it.
LISTS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("property", "list"): ("property", "add", "{code}", "{name}"),
    ("room", "list"): ("room", "add", "{code}", "--rent", "1jt", "--property", "KOSA"),
    ("room", "list", "--status", "available"): ("room", "add", "{code}", "--rent", "1jt", "--property", "KOSA"),
    ("tenant", "list"): ("tenant", "add", "{name}", "--property", "KOSA"),
    ("tenant", "list", "--sort", "name"): ("tenant", "add", "{name}", "--property", "KOSA"),
    ("tenant", "list", "--property", "KOSA"): ("tenant", "add", "{name}", "--property", "KOSA"),
    ("tenant", "history", "TENANTA"): ("payment", "add", "TENANTA", "1000"),
    ("lease", "list"): ("tenant", "edit", "TENANTA", "--name", "{name}"),
    ("charge", "list"): ("charge", "add", "TENANTA", "1000", "--kind", "water"),
    ("charge", "list", "--tenant", "TENANTA"): ("charge", "add", "TENANTA", "1000", "--kind", "water"),
    ("payment", "list"): ("payment", "add", "TENANTA", "1000"),
    ("payment", "list", "--property", "KOSA"): ("payment", "add", "TENANTA", "1000", "--on", "2026-10-10"),
    ("deposit", "list"): ("deposit", "add", "TENANTA", "1000"),
    ("balance", "list"): ("tenant", "add", "{name}", "--property", "KOSA"),
    ("balance", "list", "--sort", "name"): ("tenant", "add", "{name}", "--property", "KOSA"),
    ("balance", "list", "--sort", "room"): ("tenant", "add", "{name}", "--property", "KOSA"),
    ("balance", "aging"): ("tenant", "add", "{name}", "--property", "KOSA"),
}
KEYS = ("id", "code", "tenant")


@pytest.fixture(scope="module")
def kos(shared_kos: Kos) -> Iterator[Kos]:
    """Eight of everything; many rows agree in what they are sorted by."""
    kos = shared_kos
    kos.house(*(f"A{n}" for n in range(16)))
    for n in range(7):
        kos.do("property", "add", f"KOSX{n}", "Kos")
    for n in range(8):
        name = f"Tenant{chr(65 + n)}"
        kos.tenant(name, f"A{n}", since="2026-10-05")
        for _ in range(2):
            kos.do("payment", "add", name, "1000", "--on", "2026-10-10")
            kos.do("deposit", "add", name, "1000", "--on", "2026-10-10")
    return kos


def key(item: dict[str, Any]) -> Any:
    return next(item[name] for name in KEYS if name in item)


def walk(kos: Kos, words: tuple[str, ...], limit: int, between: Callable[[], object]) -> list[dict[str, Any]]:
    """Page by page with the cursor of the page before."""
    found, after = [], ()
    while True:
        page = kos.get(*words, "--limit", str(limit), *after)
        assert len(page["items"]) == limit or page["next"] is None
        found += page["items"]
        if page["next"] is None:
            return found
        after = ("--after", page["next"])
        between()


@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_pages_give_every_row_once(kos: Kos, words: tuple[str, ...]) -> None:
    whole = kos.items(*words)
    assert len(whole) >= 2
    assert walk(kos, words, 3 if len(whole) > 3 else 1, lambda: None) == whole
    assert len({key(item) for item in whole}) == len(whole)


def test_pages_give_every_row_once_while_others_write(kos: Kos) -> None:
    added = 0
    for words, adding in LISTS.items():

        def add(adding: tuple[str, ...] = adding) -> None:
            nonlocal added
            added += 1
            name = "Tenant" + "".join(chr(65 + int(digit)) for digit in str(added))
            kos.do(*(word.format(code=f"KOSA{added:03}", name=name) for word in adding))

        before = [key(item) for item in kos.items(*words)]
        seen = [key(item) for item in walk(kos, words, 7, add)]
        assert len(seen) == len(set(seen)), words
        assert set(before) <= set(seen), words
    kos.assert_sound()


def test_all_goes_on_behind_a_cursor(kos: Kos) -> None:
    whole = kos.items("tenant", "list", "--sort", "name")
    cursor = kos.get("tenant", "list", "--sort", "name", "--limit", "3")["next"]
    rest = kos.items("tenant", "list", "--sort", "name", "--after", cursor)
    assert rest == whole[3:]


def test_a_long_list_is_streamed(kos: Kos) -> None:
    kos.sql("""insert into tenants (property_id, code, name)
               select 1, 'MANY' || n, 'Many ' || n from generate_series(1, 1234) n""")
    lines = kos.do("tenant", "list", "--all", "-o", "ndjson", "--fields", "id").splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids)) == kos.sql("select count(*) from tenants")
    assert len(kos.do("tenant", "list", "-o", "id", "-q").splitlines()) == 50
