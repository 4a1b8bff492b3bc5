"""The whole book leaves as plain text and comes back: the same files, the same balances, and it goes on alike."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import text

from db.transfer.manifest import NAME
from db.transfer.subjects import LEFT_OUT, subjects
from tests.db.repositories.lived_in import LivedIn
from tests.end_to_end.kos import Kos

LOOKS = (
    ("balance", "list", "--all"),
    ("balance", "aging", "--all"),
    ("tenant", "list", "--all"),
    ("room", "list", "--all"),
    ("lease", "list", "--all"),
    ("payment", "list", "--all"),
    ("charge", "list", "--all"),
    ("deposit", "list", "--all"),
    ("note", "list", "--all"),
    ("inventory", "list", "--all"),
    ("meter", "list", "--all"),
    ("meter", "history", "--all"),
    ("import", "list", "--all"),
)


def files_of(folder: Path) -> dict[str, bytes]:
    """What was written, but for the moment in which it was."""
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    manifest = json.loads(found.pop(NAME))
    del manifest["made_at"]
    return {**found, NAME: json.dumps(manifest).encode()}


def shown(kos: Kos) -> Any:
    """What people see of a book, without the moments in which it was worked out."""
    rows = [kos.get(*words) for words in LOOKS]
    rows += [kos.get("balance", "explain", str(row["tenant"])) for row in rows[0]["items"] if row["property"] == "KOSA"]
    return json.loads(json.dumps(rows), object_hook=lambda d: {k: v for k, v in d.items() if k != "calculated_at"})


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
    kos.do("billing", "run")
    told = kos.get("export", "book", str(tmp_path / "one"))
    assert told["files"] == len(subjects())
    tried = empty_kos.get("import", "book", str(tmp_path / "one"), "--dry-run")
    assert tried["rows"] == told["rows"] > 100
    assert empty_kos.items("property", "list") == []
    empty_kos.do("import", "book", str(tmp_path / "one"))
    empty_kos.assert_sound()
    empty_kos.do("export", "book", str(tmp_path / "two"))
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    assert shown(kos) == shown(empty_kos)
    for book in (kos, empty_kos):
        _go_on(book)
        book.assert_sound()
    assert shown(kos) == shown(empty_kos)


def _go_on(kos: Kos) -> None:
    kos.travel("2027-03-15")
    kos.do("billing", "run")
