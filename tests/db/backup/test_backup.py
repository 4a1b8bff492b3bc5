"""A backup is what the book was in one moment, while others work in it; it comes back whole, or nothing changes."""

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.config import Config
from sqlalchemy import make_url, text

from db.backup.dump import make_backup
from db.backup.errors import (
    BackupBreaksChecksError,
    BackupDamagedError,
    BackupDiffersError,
    BackupExistsError,
    BackupFolderError,
    BackupProgramMissingError,
    BackupUnknownError,
    BookNotEmptyError,
)
from db.backup.manifest import manifest_path, read_manifest
from db.backup.restore import restore_backup, verify_backup
from db.backup.rotation import remove_old
from db.backup.scratch import PREFIX
from db.backup.totals import ledger_totals
from db.engine import Database
from db.migrations import runner
from db.migrations.runner import SchemaOutdatedError
from db.repositories.checks.runner import run_checks
from tests.conftest import clone, command, named
from tests.db.repositories.lived_in import LivedIn

_MONTHS_AHEAD = text("""
select c.oid::regclass::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
 where c.relname ~ '^payments_20\\d\\d_\\d\\d$' and right(c.relname, 7) > to_char(now(), 'YYYY_MM')
""")
PAYING = """
import sys
from datetime import date
from decimal import Decimal
from db.engine import Database, Limits
from db.repositories.lookup import find_tenant
from db.services.payments import record_payment
database = Database(sys.argv[1], Limits(pool_size=1))  # always connected: it can't come back into the other book
while True:
    with database.transaction() as conn:
        record_payment(conn, find_tenant(conn, sys.argv[2]), Decimal(1000), date(2026, 3, 1))
    print("paid", flush=True)
"""


def quiet(_done: int, _there: int) -> None:
    pass


def backed_up(database: Database, target: Path) -> Path:
    return make_backup(database, target, "0.1.0", quiet)[0]


def databases(url: str) -> set[str]:
    """Those that a backup or restore has made beside the book."""
    with Database(url).reading() as conn:
        found = set(conn.execute(text("select datname from pg_database")).scalars())
    return {name for name in found if name.startswith((PREFIX, f"{make_url(url).database}_before_"))}


def alter(path: Path, **changes: object) -> None:
    """Write other things into a manifest than what is so."""
    manifest = manifest_path(path)
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changes))


@pytest.fixture(scope="module")
def book(server_url: str, template: str) -> Iterator[Database]:
    """A house that has seen everything; no test changes it."""
    url = clone(server_url, template)
    with Database(url).transaction() as conn:
        LivedIn.furnish(conn)
    yield Database(url)
    command(server_url, f'drop database "{make_url(url).database}" with (force)')


@pytest.fixture(scope="module")
def kept(book: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    return backed_up(book, tmp_path_factory.mktemp("kept"))


@pytest.fixture
def backup(kept: Path, tmp_path: Path) -> Path:
    """A copy of that, to be spoilt."""
    for path in (kept, manifest_path(kept)):
        shutil.copy2(path, tmp_path)
    return tmp_path / kept.name


def test_a_backup_under_load_is_of_one_moment_and_comes_back(server_url: str, template: str, tmp_path: Path) -> None:
    book = Database(clone(server_url, template))
    with book.transaction() as conn:
        LivedIn.furnish(conn)
        tenant = conn.execute(text("select code from tenants order by id limit 1")).scalar_one()
    payer = subprocess.Popen([sys.executable, "-c", PAYING, book.url, tenant], stdout=subprocess.PIPE, text=True)
    try:
        assert payer.stdout
        assert payer.stdout.readline() == "paid\n"
        path = backed_up(book, tmp_path)
        payer.stdout.readline()
        with book.reading() as conn:
            later = ledger_totals(conn)
        made = read_manifest(path)
        assert sum(row.payments_count for row in made.totals) < sum(row.payments_count for row in later)
        done = restore_backup(book, path, quiet, replace=True)  # the payer is sent away
    finally:
        payer.kill()
        payer.wait()
        payer.stdout.close()  # type: ignore[union-attr]
    with book.reading() as conn:
        assert ledger_totals(conn) == made.totals
        assert list(run_checks(conn)) == []
        settings = conn.execute(
            text(
                "select setconfig from pg_db_role_setting s join pg_database d on d.oid = setdatabase "
                "where datname = current_database()"
            )
        ).all()
        assert settings == []  # none that lose money
    with Database(named(book.url, done.old)).reading() as conn:
        assert ledger_totals(conn) != made.totals  # nothing of what came later is lost
    assert databases(book.url) == {done.old}
    for name in (done.old, done.database):
        command(server_url, f'drop database "{name}" with (force)')


def test_the_files_are_private_and_say_what_is_in_them(book: Database, kept: Path) -> None:
    assert [path.stat().st_mode & 0o777 for path in (kept, manifest_path(kept))] == [0o600, 0o600]
    made = read_manifest(kept)
    assert (made.file, made.bytes, made.database) == (kept.name, kept.stat().st_size, make_url(book.url).database)
    with book.reading() as conn:
        assert made.totals == ledger_totals(conn)
    assert sorted(kept.parent.iterdir()) == [kept, manifest_path(kept)]


def test_a_flipped_bit_is_found(book: Database, backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    with pytest.raises(BackupDamagedError):
        verify_backup(book, backup, quiet)
    with pytest.raises(BackupDamagedError):
        restore_backup(book, backup, quiet, replace=True)
    assert databases(book.url) == set()


def test_what_does_not_add_up_does_not_get_into_the_book(book: Database, backup: Path) -> None:
    totals = json.loads(manifest_path(backup).read_text())["totals"]
    totals[0]["payments"] = "1.00"
    alter(backup, totals=totals)
    with pytest.raises(BackupDiffersError):
        restore_backup(book, backup, quiet, replace=True)
    alter(backup, revision="9999")
    with pytest.raises(SchemaOutdatedError):
        verify_backup(book, backup, quiet)
    manifest_path(backup).write_text("{}")
    with pytest.raises(BackupUnknownError):
        verify_backup(book, backup, quiet)
    assert databases(book.url) == set()


def test_a_restore_takes_an_empty_book_and_no_other(
    book: Database, database: Database, kept: Path, tmp_path: Path
) -> None:
    with pytest.raises(BookNotEmptyError):
        restore_backup(book, kept, quiet)
    done = restore_backup(database, kept, quiet)
    assert (done.database, done.old) == (make_url(database.url).database, "")
    with database.reading() as conn:
        assert ledger_totals(conn) == read_manifest(kept).totals
    with database.transaction() as conn:
        conn.execute(text("update balances set deposit_held = 7 where tenant_id = 1"))
        for month in conn.execute(_MONTHS_AHEAD).scalars().all():  # as in a backup of last month
            conn.execute(text(f"drop table {month}"))
    with pytest.raises(BackupBreaksChecksError) as told:
        verify_backup(database, backed_up(database, tmp_path), quiet)
    assert told.value.fields["checks"] == "deposits_add_up"
    assert databases(database.url) == set()


def test_an_older_book_is_brought_up_to_date(server_url: str, database: Database, tmp_path: Path) -> None:
    name = f"old_{uuid.uuid4().hex[:12]}"
    command(server_url, f'create database "{name}"')
    old, config = Database(named(server_url, name)), Config()
    config.set_main_option("script_location", str(Path(runner.__file__).parent))
    with old.transaction() as conn:
        config.attributes["connection"] = conn
        alembic.upgrade(config, "0001")
        conn.execute(text("insert into properties (code, name) values ('KOSA', 'Kos Mawar')"))
    path = backed_up(old, tmp_path)
    command(server_url, f'drop database "{name}" with (force)')
    assert restore_backup(database, path, quiet).manifest.revision == "0001"
    with database.reading() as conn:
        assert runner.schema_status(conn).current
        assert [row.property for row in ledger_totals(conn)] == ["KOSA"]
        assert list(run_checks(conn)) == []


def test_no_backup_where_none_can_be(
    book: Database, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackupExistsError):
        backed_up(book, kept)
    with pytest.raises(BackupFolderError):
        backed_up(book, tmp_path / "nowhere" / "book.dump")
    (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    (tmp_path / "pg_dump").chmod(0o700)
    monkeypatch.setenv("EKOST_PG_BIN", str(tmp_path))
    with pytest.raises(BackupProgramMissingError):
        backed_up(book, tmp_path / "book.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["pg_dump"]


def test_old_backups_of_this_book_alone_make_room(backup: Path) -> None:
    folder, made = backup.parent, read_manifest(backup)
    for number in range(1, 6):
        path = folder / f"ekost-book-2026010{number}T000000.dump"
        shutil.copy2(backup, path)
        shutil.copy2(manifest_path(backup), manifest_path(path))
        alter(path, file=path.name, made_at=f"2026-01-0{number}T00:00:00+00:00")
    other, copy, bare = (folder / f"ekost-book-2025010{number}T000000.dump" for number in (1, 2, 3))
    for path in (other, copy, bare):
        shutil.copy2(backup, path)
    shutil.copy2(manifest_path(backup), manifest_path(other))
    alter(other, file=other.name, book="elsewhere")
    shutil.copy2(manifest_path(backup), manifest_path(copy))  # speaks of another file
    removed = remove_old(backup, made, 3)
    assert [path.name[-21:-5] for path in removed] == ["-20260103T000000", "-20260102T000000", "-20260101T000000"]
    left = sorted(path.name for path in folder.glob("*.dump"))
    assert left == sorted(
        [
            other.name,
            copy.name,
            bare.name,
            "ekost-book-20260104T000000.dump",
            "ekost-book-20260105T000000.dump",
            backup.name,
        ]
    )
    assert len(list(folder.glob("*.json"))) == 5
