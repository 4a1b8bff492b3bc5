"""A book is brought in whole or not at all, and never into another one."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, make_url, select, text

from db.engine import Database
from db.errors import EkostError
from db.migrations.runner import HEAD, SchemaOutdatedError
from db.repositories.checks.runner import run_checks
from db.repositories.history import History
from db.repositories.lookup import find_tenant
from db.services.notes import add_note
from db.services.payments import record_payment
from db.services.retention import detach, find_partitions
from db.tables import charges, events, imports, notes, payments
from db.transfer.errors import (
    BookColumnsError,
    BookDamagedError,
    BookDiffersError,
    BookFolderError,
    BookFolderTakenError,
    BookNotNewError,
    BookTornError,
    BookUnknownError,
)
from db.transfer.manifest import NAME
from db.transfer.reading import import_book
from db.transfer.writing import export_book
from jobs.drain import drain
from tests.conftest import clone, command
from tests.db.services.house import House

WORDS = 'the tap drips; "again",\n=HYPERLINK'.replace("\n", " ")


def ignore(_done: int, _total: int) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def folder(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small book, exported."""
    database = Database(clone(server_url, template))
    with database.transaction() as conn:
        house = House.build(conn)
        house.room()
        budi = house.let(date(2026, 1, 10), until=date(2026, 3, 10))
        record_payment(conn, budi, Decimal("1500000.50"), date(2020, 5, 1), note=WORDS)
        record_payment(conn, budi, Decimal(7), key="k1")
        add_note(conn, budi, WORDS)
        conn.execute(imports.insert().values(kind="rooms", file_name="x", file_hash="0" * 64, state="queued"))
    made = tmp_path_factory.mktemp("book") / "kos"
    export_book(database, made, "test", ignore)
    yield made
    database.engine.dispose()
    command(server_url, f'drop database "{make_url(database.url).database}" with (force)')


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The same files, to be spoilt."""
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def edit(copy: Path, file: str, change: Callable[[str], str], **part: Any) -> None:
    """Change a file and let the manifest agree with its bytes, and with `part`."""
    body = change((copy / file).read_text(encoding="utf-8"))
    (copy / file).write_text(body, encoding="utf-8")
    found = json.loads((copy / NAME).read_text())
    (entry,) = [one for one in found["files"] if one["file"] == file]
    entry |= {"sha256": hashlib.sha256(body.encode()).hexdigest(), **part}
    (copy / NAME).write_text(json.dumps(found))


def told(copy: Path, **fields: Any) -> None:
    """Change the manifest itself."""
    (copy / NAME).write_text(json.dumps(json.loads((copy / NAME).read_text()) | fields))


SPOILT: list[tuple[Callable[[Path], object], type[EkostError]]] = [
    (lambda copy: (copy / "payments.csv").write_text("x"), BookDamagedError),
    (lambda copy: (copy / "payments.csv").unlink(), BookDamagedError),
    (lambda copy: edit(copy, "payments.csv", lambda body: body.replace("1500000.50", "1500001.50")), BookDiffersError),
    (lambda copy: edit(copy, "notes.csv", lambda body: body + body.splitlines()[-1] + "\n"), BookDiffersError),
    (lambda copy: edit(copy, "notes.csv", lambda body: body.replace("body", "bodies")), BookColumnsError),
    (lambda copy: edit(copy, "notes.csv", lambda body: body.replace("body", "note")), BookColumnsError),
    (lambda copy: edit(copy, "rooms.csv", lambda body: body.replace("A1", "A1\x1b[2J")), BookColumnsError),
    (lambda copy: edit(copy, "tenants.csv", lambda body: body.replace("Budi", "Budi,x")), BookColumnsError),
    (lambda copy: edit(copy, "leases.csv", lambda body: body.replace("2026-01-10", "2026-02-30")), BookColumnsError),
    (lambda copy: edit(copy, "leases.csv", lambda body: "\n"), BookColumnsError),
    (lambda copy: (copy / NAME).unlink(), BookUnknownError),
    (lambda copy: (copy / NAME).write_text("[" * 100_000), BookUnknownError),
    (lambda copy: told(copy, files=[]), BookUnknownError),
    (lambda copy: told(copy, form=2), BookUnknownError),
    (lambda copy: told(copy, revision="9999"), SchemaOutdatedError),
]


@pytest.mark.parametrize(("spoil", "expected"), SPOILT, ids=range(len(SPOILT)))
def test_a_damaged_book_is_refused_and_nothing_is_written(
    shared_database: Database, copy: Path, spoil: Callable[[Path], object], expected: type[EkostError]
) -> None:
    spoil(copy)
    with pytest.raises(expected) as refused:
        import_book(shared_database, copy, ignore)
    assert "Budi" not in str(refused.value)
    with shared_database.reading() as conn:
        assert conn.execute(text("select count(*) from properties")).scalar_one() == 0
        assert conn.execute(select(events.c.id)).all() == []


def test_a_book_comes_into_an_empty_database_only(database: Database, folder: Path, tmp_path: Path) -> None:
    import_book(database, folder, ignore)
    with pytest.raises(BookNotNewError):
        import_book(database, folder, ignore)
    with database.transaction() as conn:
        assert list(run_checks(conn)) == []
        budi = find_tenant(conn, "BUDI")
        assert conn.execute(select(notes.c.body)).scalar_one() == WORDS
        assert conn.execute(select(imports.c.state)).scalar_one() == "failed", "its file can be imported again"
        assert record_payment(conn, budi, Decimal(7), key="k1") == 2, "what was asked for before is not done twice"
        assert record_payment(conn, budi, Decimal(7)) == 3
        assert conn.execute(text("select count(*) from payments_2020")).scalar_one() == 1
    drain(database, "audit")
    with database.reading() as conn:
        then = History(conn, budi.today, "Asia/Jakarta").tenant(find_tenant(conn, "BUDI"))
        assert then.outstanding_balance == find_tenant(conn, "BUDI").outstanding_balance, "its past begins with it"
    with database.transaction() as conn:
        (row,) = find_partitions(conn, "payments_2020")
        detach(conn, row)
    with pytest.raises(BookTornError):
        export_book(database, tmp_path / "torn", "test", ignore)


def test_a_book_of_an_older_program_lacks_what_came_later(database: Database, copy: Path) -> None:
    bare = "id,property_id,property,tenant_id,payment_date,amount\n"
    edit(copy, "payments.csv", lambda body: bare, rows=0, sums={})
    older = json.loads((copy / NAME).read_text())
    told(copy, revision="0005", files=[one for one in older["files"] if one["table"] != "notes"])
    told(copy, revision=HEAD)
    with pytest.raises(BookUnknownError):
        import_book(database, copy, ignore)
    told(copy, revision="0005")
    import_book(database, copy, ignore)
    with database.reading() as conn:
        assert conn.execute(select(payments.c.id)).all() == conn.execute(select(notes.c.id)).all() == []
        charged = conn.execute(select(func.sum(charges.c.amount))).scalar_one()
        assert find_tenant(conn, "BUDI").outstanding_balance == charged >= Decimal(4_500_000)


def test_an_export_overwrites_nothing_and_leaves_nothing_half(shared_database: Database, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").touch()
    for place, expected in (("there", BookFolderTakenError), ("no/where", BookFolderError)):
        with pytest.raises(expected):
            export_book(shared_database, tmp_path / place, "test", ignore)
    with pytest.raises(ZeroDivisionError):
        export_book(shared_database, tmp_path / "half", "test", lambda done, total: 1 // (done - 5))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["there"]
