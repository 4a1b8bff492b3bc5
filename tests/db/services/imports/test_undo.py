"""Taking an import back: money by reversals, tenants and rooms only while nobody has used them."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, select, text

from db.engine import Database
from db.repositories.imports import ImportRow, Imports
from db.repositories.ledger import Ledger
from db.repositories.lookup import find_room, find_tenant
from db.services.imports import chunks, undo
from db.services.imports.run import ImportClosedError, reopen, run_import
from db.services.imports.undo import AlreadyUndoneError, Undone, undo_import, undo_within
from db.services.imports.unused import ImportInUseError
from db.services.leases import assign_tenant
from db.services.payments import record_payment
from db.services.reversals import void_payment
from db.tables import events, import_rows, payments, reversals, rooms, tenants
from tests.db.services.house import House
from tests.db.services.imports.filing import (
    HEADER,
    balances,
    check,
    counts,
    imported,
    many,
    run_file,
    sorted_out,
    stage,
    staged,
    stale,
    step_until,
)

WHY = "wrong file"
THREE = HEADER + "BUDI,5,2026-02-01,,,\nANI,7,2026-02-02,transfer,,\nSITI,9,2025-12-31,,,\n"


def undone(conn: Connection, row: ImportRow) -> Undone:
    return undo_within(conn, row.id, reason=WHY)


def test_every_payment_is_reversed_once_and_the_file_may_come_again(kosa: House) -> None:
    row = imported(kosa.conn, THREE)
    done = undone(kosa.conn, row)
    assert (done.row.state, done.taken_back, done.also_in) == ("undone", 3, [])
    assert set(balances(kosa.conn).values()) == {"0.00"}
    assert stale(kosa.conn) == []
    told = kosa.conn.execute(select(reversals.c.reason)).scalars().all()
    assert told == [WHY] * 3
    assert kosa.conn.execute(select(import_rows)).all() == []
    again = imported(kosa.conn, THREE)
    assert counts(again) == ("done", 3, 3, 0, 0)
    assert balances(kosa.conn) == {"ANI": "7.00", "BUDI": "5.00", "SITI": "9.00"}


def test_a_reversal_is_dated_today_and_tells_what_it_reverses(kosa: House) -> None:
    row = imported(kosa.conn, THREE)
    undone(kosa.conn, row)
    found = [entry for entry in Ledger(kosa.conn).payments().items if entry.reverses_id]
    assert {entry.payment_date for entry in found} == {find_tenant(kosa.conn, "BUDI").today}
    assert {(entry.tenant, entry.amount, entry.method) for entry in found} == {
        ("BUDI", Decimal(-5), "cash"), ("ANI", Decimal(-7), "transfer"), ("SITI", Decimal(-9), "cash"),
    }  # fmt: skip
    p = payments.c
    event_ids = set(kosa.conn.execute(select(p.event_id).where(p.reverses_id.is_not(None))).scalars())
    told = kosa.conn.execute(select(events).where(events.c.type == "PaymentsReversed")).one()
    assert event_ids == {told.id}
    assert (told.payload["importId"], told.payload["count"], told.payload["amount"]) == (row.id, 3, "-21.00")
    last = kosa.conn.execute(select(events.c.type).order_by(events.c.id.desc()).limit(1)).scalar_one()
    assert last == "ImportUndone"


def test_a_payment_that_was_voided_by_hand_is_left_alone(kosa: House) -> None:
    row = imported(kosa.conn, THREE)
    first = kosa.conn.execute(select(payments.c.id).where(payments.c.amount == 5)).scalar_one()
    void_payment(kosa.conn, first, "a slip")
    assert undone(kosa.conn, row).taken_back == 2
    assert set(balances(kosa.conn).values()) == {"0.00"}


def test_an_import_is_undone_once(kosa: House) -> None:
    row = imported(kosa.conn, THREE)
    undone(kosa.conn, row)
    with pytest.raises(AlreadyUndoneError):
        undone(kosa.conn, row)


def test_later_imports_that_had_skipped_its_rows_are_named(kosa: House) -> None:
    first = imported(kosa.conn, THREE)
    later = imported(kosa.conn, THREE + "BUDI,1,2026-03-01,,,\n")
    assert counts(later) == ("done", 4, 1, 3, 0)
    assert undone(kosa.conn, first).also_in == [later.id]
    undone(kosa.conn, later)
    both = imported(kosa.conn, THREE + "BUDI,1,2026-03-01,,,\n")
    assert counts(both) == ("done", 4, 4, 0, 0)


def test_an_import_that_only_waits_can_be_called_off(kosa: House) -> None:
    waiting = stage(kosa.conn, THREE).row
    assert undone(kosa.conn, waiting).row.state == "undone"
    assert (
        kosa.conn.execute(text("select to_regclass(:name)"), {"name": f"staging.import_stage_{waiting.id}"}).scalar()
        is None
    )


def test_a_run_that_is_half_done_is_stopped_and_taken_back(book: Database, small_chunks: None) -> None:
    content, paid = many(500)
    import_id = staged(book, content)
    step_until(book, import_id, 100)
    done = undo_import(book, import_id, reason=WHY)
    assert (done.row.state, done.taken_back) == ("undone", 100)
    assert run_import(book, import_id).state == "undone"
    row = run_file(book, content)
    check(book, row.id, paid, ("done", 500, 500, 0, 0))


def test_an_import_that_is_undone_while_it_runs_stops_and_is_taken_back(book: Database, small_chunks: None) -> None:
    content, paid = many(2000)
    import_id = staged(book, content)
    sorted_out(book, import_id)
    ended: list[str] = []
    worker = threading.Thread(target=lambda: ended.append(run_import(Database(book.url), import_id).state))
    worker.start()
    step_until(book, import_id, 300)
    done = undo_import(book, import_id, reason=WHY)
    worker.join()
    assert done.row.state == "undone"
    assert ended[0] in ("failed", "undone")
    assert done.taken_back == done.row.rows_applied
    with book.transaction(dry_run=True) as conn:
        assert set(balances(conn).values()) == {"0.00"}
        assert stale(conn) == []
    row = run_file(book, content)
    check(book, row.id, paid, ("done", 2000, 2000, 0, 0))


def test_an_undo_waits_for_a_chunk_that_is_under_way_without_holding_it_up(book: Database, small_chunks: None) -> None:
    import_id = staged(book, many(100)[0])
    sorted_out(book, import_id)
    with book.transaction(dry_run=True) as worker:
        assert chunks.take(worker, import_id) is not None
        undo = threading.Thread(target=undo_import, args=(Database(book.url), import_id), kwargs={"reason": WHY})
        undo.start()
        undo.join(0.5)
        assert undo.is_alive()
        worker.execute(text("set local lock_timeout = '100ms'"))
        assert Imports(worker).lock(import_id).state == "running"
    undo.join()
    with book.reading() as conn:
        assert Imports(conn).row(import_id).state == "undone"


def test_an_undo_that_was_killed_goes_on_where_it_stopped(
    book: Database, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(undo, "CHUNK", 70)
    content, _ = many(300)
    row = run_file(book, content)
    with book.transaction() as conn:
        undo.stop(conn, row.id)
    with book.transaction() as conn:
        assert undo.reverse_chunk(conn, row.id, WHY, 0)[1] == 70
    with book.transaction() as conn:
        assert stage(conn, content).repeated, "half of it still counts"
        with pytest.raises(ImportClosedError):
            reopen(conn, row.id)
    assert undo_import(book, row.id, reason=WHY).taken_back == 230
    with book.transaction(dry_run=True) as conn:
        assert set(balances(conn).values()) == {"0.00"}
        assert stale(conn) == []
        assert conn.execute(text("select count(*) from reversals")).scalar_one() == 300


def test_tenants_who_never_paid_are_archived_as_if_they_had_never_come(kosa: House) -> None:
    kosa.room("A2")
    content = "nama,kode,kamar,masuk,saldo awal\nDewi,D1,A2,2026-03-01,250000\nEko,E1,,,\n"
    row = imported(kosa.conn, content, kind="tenants")
    assert counts(row) == ("done", 2, 2, 0, 0)
    done = undone(kosa.conn, row)
    assert done.taken_back == 2
    t = tenants.c
    assert kosa.conn.execute(select(t.name).where(t.deleted_at.is_(None), t.name.in_(("Dewi", "Eko")))).all() == []
    assert find_room(kosa.conn, "A2").status == "available"
    assert stale(kosa.conn) == []
    owed = text(
        "select sum(outstanding_balance) from balances join tenants on id = tenant_id where deleted_at is not null"
    )
    assert kosa.conn.execute(owed).scalar_one() == 0
    again = imported(kosa.conn, content, kind="tenants")
    assert counts(again) == ("done", 2, 2, 0, 0)


def test_tenants_who_paid_are_not_taken_back_and_neither_are_the_others(kosa: House) -> None:
    row = imported(kosa.conn, "nama,kode\nDewi,D1\nEko,E1\n", kind="tenants")
    record_payment(kosa.conn, find_tenant(kosa.conn, "E1"), Decimal(5), date(2026, 3, 1))
    with pytest.raises(ImportInUseError) as refused, kosa.conn.begin_nested():
        undone(kosa.conn, row)
    assert refused.value.fields["refs"] == "KOSA/E1"
    assert find_tenant(kosa.conn, "D1").name == "Dewi"
    assert Imports(kosa.conn).row(row.id).state == "done"


def test_rooms_go_while_nobody_has_lived_there(kosa: House) -> None:
    row = imported(kosa.conn, "nomor,sewa\nB1,1000000\nB2,1000000\n", kind="rooms")
    with kosa.conn.begin_nested() as moment:
        assign_tenant(kosa.conn, find_tenant(kosa.conn, "ANI"), find_room(kosa.conn, "B1"), date(2026, 3, 1))
        with pytest.raises(ImportInUseError):
            undone(kosa.conn, row)
        moment.rollback()
    assert undone(kosa.conn, row).taken_back == 2
    r = rooms.c
    assert kosa.conn.execute(select(r.number).where(r.deleted_at.is_(None))).scalars().all() == ["A1"]
    assert counts(imported(kosa.conn, "nomor,sewa\nB1,1000000\nB2,1000000\n", kind="rooms"))[2] == 2
