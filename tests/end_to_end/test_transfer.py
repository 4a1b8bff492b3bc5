"""The whole book leaves as plain text and comes back: the same files, the same balances, and it goes on alike."""

import json
import re
from pathlib import Path
from typing import Any

from sqlalchemy import text

from db.transfer.manifest import NAME
from db.transfer.subjects import LEFT_OUT, subjects
from tests.db.repositories.lived_in import LivedIn
from tests.end_to_end.kos import Kos

# What a book derives from its rows.
LOOKS = (
    ("balance", "list", "--all"),
    ("balance", "aging"),
    ("balance", "explain", "BEHIND"),
    ("room", "list", "--all"),
    ("lease", "list", "--all"),
    ("property", "show", "KOSA"),
    ("report", "cash"),
    ("report", "income"),
    ("report", "monthly", "--refresh", "--all"),
    ("cash", "held"),
    ("meter", "list", "--all"),
    ("reminder", "list", "--all"),
    ("receipt", "list", "--all"),
    ("bank", "lines", "--all"),
)
# What happens to the first book before it leaves, besides all that has happened in the house.
BEFORE = (
    ("property", "edit", "KOSA", "--late-fee", "1%/day", "--late-fee-cap", "30%", "--from", "2027-01-01"),
    ("raise", "add", "100000", "--from", "2027-02-01", "--property", "KOSA"),
    ("raise", "add", "5%", "--from", "2028-01-01", "--property", "KOSA"),
    ("raise", "undo", "2", "--reason", "too much"),
    ("raise", "add", "1000", "--from", "today", "--property", "KOSA"),
    ("billing", "run"),
    ("payment", "add", "{tenant}", "123456.50", "--key", "once"),
    ("cash", "void", "2", "--reason", "counted twice"),
    ("receipt", "print", "{payment}"),
    ("receipt", "print", "{payment}"),
    ("import", "bank", "{statement}", "--format", "generic", "--account", "BCA", "--property", "KOSA"),
    ("bank", "match", "3", "{tenant}", "--remember"),
    ("bank", "match", "4", "--category", "electricity"),
    ("bank", "unmatch", "4", "--reason", "wrong"),
)
# What happens to both when they are one.
AFTER = (
    ("billing", "run"),
    ("payment", "add", "{tenant}", "123456.50", "--key", "once"),
    ("payment", "void", "{payment}", "--reason", "bounced"),
    ("payment", "add", "{tenant}", "700000"),
    ("charge", "add", "{tenant}", "55000", "--kind", "damage"),
    ("deposit", "add", "{tenant}", "1000"),
    ("expense", "void", "1", "--reason", "paid twice"),
    ("cash", "count", "500000", "--property", "KOSA"),
    ("note", "add", "{tenant}", "went on"),
    ("receipt", "print", "{later}"),
    ("bank", "unmatch", "3", "--reason", "not mine"),
    ("bank", "match", "4", "--category", "water"),
    ("import", "bank", "{statement}", "--format", "generic", "--account", "BCA", "--property", "KOSA"),
)
INSTANT = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00")


def files_of(folder: Path) -> dict[str, bytes]:
    """What was written, but for the moment in which it was."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    manifest = json.loads(found.pop(NAME))
    del manifest["made_at"]
    return {**found, NAME: json.dumps(manifest).encode()}


def shown(kos: Kos) -> Any:
    """What people see of a book, without the moments in which it was worked out."""
    rows = [kos.get(*words) for words in LOOKS]
    moments = ("calculated_at", "made_at", "created_at", "matched_at")
    return json.loads(json.dumps(rows), object_hook=lambda d: {k: v for k, v in d.items() if k not in moments})


def test_every_table_travels_or_is_left_out_for_a_reason(kos: Kos) -> None:
    kept = """select c.relname from pg_class c where c.relkind in ('r', 'p') and not c.relispartition
                 and c.relnamespace = 'public'::regnamespace"""
    with kos.database.reading() as conn:
        there = set(conn.execute(text(kept)).scalars())
    travelling = {subject.name for subject in subjects()}
    assert travelling.isdisjoint(LEFT_OUT)
    assert travelling <= there <= travelling | LEFT_OUT.keys()


def test_a_book_that_left_and_came_back_is_the_same_and_goes_on(kos: Kos, empty_kos: Kos, tmp_path: Path) -> None:
    with kos.database.transaction() as conn:
        LivedIn.furnish(conn)
    asked = "select min(id) from payment_list where reverses_id is null and reversed_by is null and method = 'cash'"
    names = {"tenant": "BEHIND", "payment": str(kos.sql(asked))}
    names["later"] = str(kos.sql(asked.replace("min", "max")))
    names["statement"] = str(tmp_path / "statement.csv")
    (tmp_path / "statement.csv").write_text(
        "date,description,amount\n2026-11-02,TRSF BEHIND,1500000.00\n2026-11-03,PLN,-350000.00\n"
    )
    do(kos, BEFORE, names)
    told = kos.get("export", "book", str(tmp_path / "one"))
    assert told["files"] == len(subjects())
    empty_kos.do("import", "book", str(tmp_path / "one"), "--dry-run")
    assert empty_kos.items("property", "list") == []
    assert empty_kos.get("import", "book", str(tmp_path / "one"))["rows"] == told["rows"] > 200
    empty_kos.assert_sound()
    empty_kos.do("export", "book", str(tmp_path / "two"))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert shown(kos) == shown(empty_kos)
    for book, name in ((kos, "three"), (empty_kos, "four")):
        book.travel("2027-03-15")
        do(book, AFTER, names)
        book.assert_sound()
        book.do("export", "book", str(tmp_path / name))
    three, four = files_of(tmp_path / "three"), files_of(tmp_path / "four")
    assert three.keys() == four.keys()
    for file in three.keys() - {NAME}:
        assert INSTANT.sub(b"*", three[file]) == INSTANT.sub(b"*", four[file]), file
    assert shown(kos) == shown(empty_kos)


def do(kos: Kos, lines: tuple[tuple[str, ...], ...], names: dict[str, str]) -> None:
    """All these command lines, one after the other."""
    for words in lines:
        kos.do(*(word.format(**names) for word in words))
