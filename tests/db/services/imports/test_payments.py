"""Payments out of files: what goes in, what is known already, and what it does to the ledger."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy import Connection, select, text

from db.repositories.lookup import find_property, find_tenant
from db.services.properties import add_property
from db.services.tenants import add_tenant
from db.tables import balances as balance_table
from db.tables import deliveries, events, import_rows, payments
from tests.db.services.house import House
from tests.db.services.imports.filing import HEADER, balances, codes, counts, errors, imported, stage, stale

THREE = HEADER + (
    "BUDI,1500000,2026-02-01,transfer,TRX1,sewa Februari\n"
    "ANI,750000.50,2026-02-02,,,\n"
    "Siti Aminah,1000000,2019-12-31,tunai,,\n"
)


def test_a_file_of_payments_goes_in_with_balances_and_names_its_import(kosa: House) -> None:
    row = imported(kosa.conn, THREE)
    assert counts(row) == ("done", 3, 3, 0, 0)
    assert balances(kosa.conn) == {"ANI": "750000.50", "BUDI": "1500000.00", "SITI": "1000000.00"}
    p = payments.c
    found = kosa.conn.execute(
        select(p.amount, p.payment_date, p.method, p.reference, p.note, p.import_id).order_by(p.amount)
    )
    assert found.all() == [
        (Decimal("750000.50"), date(2026, 2, 2), "cash", None, None, row.id),
        (Decimal("1000000.00"), date(2019, 12, 31), "cash", None, None, row.id),
        (Decimal("1500000.00"), date(2026, 2, 1), "transfer", "TRX1", "sewa Februari", row.id),
    ]
    assert stale(kosa.conn) == []


def test_a_chunk_is_one_event_that_every_row_names(kosa: House) -> None:
    row = imported(kosa.conn, THREE)
    told = kosa.conn.execute(select(events).where(events.c.type == "PaymentsImported")).one()
    assert set(kosa.conn.execute(select(payments.c.event_id)).scalars()) == {told.id}
    payload = {key: value for key, value in told.payload.items() if key != "timestamp"}
    assert payload == {"importId": row.id, "firstLine": 2, "lastLine": 4, "count": 3, "amount": "3250000.50"}
    waiting = kosa.conn.execute(select(deliveries.c.consumer).where(deliveries.c.event_id == told.id)).scalars()
    assert sorted(waiting) == ["audit", "balances"]
    last = kosa.conn.execute(select(events.c.type, events.c.payload).order_by(events.c.id.desc()).limit(1)).one()
    assert (last.type, last.payload["applied"]) == ("ImportFinished", 3)


def test_old_payments_get_a_partition_and_leave_the_net_empty(kosa: House) -> None:
    imported(kosa.conn, THREE)
    assert kosa.conn.execute(text("select count(*) from payments_default")).scalar_one() == 0
    assert kosa.conn.execute(text("select count(*) from payments_2019")).scalar_one() == 1


def test_the_same_file_again_is_told_and_does_nothing(kosa: House) -> None:
    first = imported(kosa.conn, THREE)
    again = stage(kosa.conn, THREE)
    assert (again.repeated, again.row.id, again.row.state) == (True, first.id, "done")
    assert (
        kosa.conn.execute(
            text("select to_regclass('staging.import_stage_' || (select max(id) + 1 from imports))")
        ).scalar()
        is None
    )


def test_an_overlapping_export_adds_only_what_is_new(kosa: House) -> None:
    imported(kosa.conn, THREE)
    more = (
        "penyewa;tanggal;jumlah;metode;referensi;catatan\n"
        "budi;2026-02-01;1500000.00;TRANSFER;TRX1; sewa Februari\n"
        "ani lestari;2026-02-02;750000.50;cash;;\n"
        "SITI;2026-03-01;1000000;;;\n"
    )
    row = imported(kosa.conn, more)
    assert counts(row) == ("done", 3, 1, 2, 0)
    assert balances(kosa.conn) == {"ANI": "750000.50", "BUDI": "1500000.00", "SITI": "2000000.00"}


def test_equal_rows_of_one_file_are_all_meant(kosa: House) -> None:
    twice = HEADER + "BUDI,500000,2026-02-01,,,\n" * 2
    assert counts(imported(kosa.conn, twice)) == ("done", 2, 2, 0, 0)
    thrice = HEADER + "BUDI,500000,2026-02-01,,,\n" * 3
    assert counts(imported(kosa.conn, thrice)) == ("done", 3, 1, 2, 0)
    assert balances(kosa.conn)["BUDI"] == "1500000.00"


def test_a_rejected_row_never_stops_the_others(kosa: House) -> None:
    mixed = THREE + "NOBODY,1,2026-02-01,,,\n" + "BUDI,2,2026-02-01,,,\n"
    row = imported(kosa.conn, mixed)
    assert counts(row) == ("done", 5, 4, 0, 1)
    assert codes(kosa.conn, row) == [(5, "tenant", "tenant_not_found")]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("NOBODY,1500000,2026-02-01,,,", "tenant", "tenant_not_found"),
        ("Budim,1500000,2026-02-01,,,", "tenant", "tenant_not_found"),
        ("Bud,1500000,2026-02-01,,,", "tenant", "tenant_not_found"),
        (",1500000,2026-02-01,,,", "tenant", "cell_missing"),
        ("BU\x1bDI,1500000,2026-02-01,,,", "tenant", "text_control"),
        ("BUDI,,2026-02-01,,,", "amount", "cell_missing"),
        ("BUDI,0,2026-02-01,,,", "amount", "amount_not_positive"),
        ("BUDI,-5,2026-02-01,,,", "amount", "amount_not_positive"),
        ("BUDI,1.234,2026-02-01,,,", "amount", "amount_scale"),
        ('BUDI,"1,500",2026-02-01,,,', "amount", "amount_not_plain"),
        ("BUDI,1.500.000,2026-02-01,,,", "amount", "amount_not_plain"),
        ("BUDI,Rp1500000,2026-02-01,,,", "amount", "amount_not_plain"),
        ("BUDI,1e6,2026-02-01,,,", "amount", "amount_not_plain"),
        ("BUDI,NaN,2026-02-01,,,", "amount", "amount_not_plain"),
        ("BUDI,1000000000000,2026-02-01,,,", "amount", "amount_too_large"),
        ("BUDI,1500000,,,,", "date", "cell_missing"),
        ("BUDI,1500000,2026-02-30,,,", "date", "date_invalid"),
        ("BUDI,1500000,01/02/2026,,,", "date", "date_invalid"),
        ("BUDI,1500000,2999-01-01,,,", "date", "date_in_future"),
        ("BUDI,1500000,2150-01-01,,,", "date", "date_in_future"),
        ("BUDI,1500000,0026-01-01,,,", "date", "date_too_old"),
        ("BUDI,1500000,2026-02-01,barter,,", "method", "method"),
        ("BUDI,1500000,2026-02-01,deposit,,", "method", "method"),
        ("BUDI,1500000,2026-02-01,,TRX\x1b[2J,", "reference", "text_control"),
        ("BUDI,1500000,2026-02-01,,," + "x" * 501, "note", "text_length"),
        ('BUDI,1500000,2026-02-01,,,"two\nlines"', "note", "text_control"),
        ("BUDI,1500000,2026-02-01,,,\u202eevil", "note", "text_control"),
        ("BUDI,1500000,2026-02-01", "", "row_shape"),
        ("BUDI,1500000,2026-02-01,,,,more", "", "row_shape"),
        ('BUDI,1500000,2026-02-01,,,"open', "", "row_unreadable"),
        ('"BUDI"x,1500000,2026-02-01,,,', "", "row_unreadable"),
    ],
)  # fmt: skip
def test_a_bad_cell_rejects_its_row_by_the_code_of_the_command_line(
    kosa: House, cells: str, column: str, code: str
) -> None:
    row = imported(kosa.conn, f"{HEADER}{cells}\nANI,1,2026-02-01,,,\n")
    assert counts(row) == ("done", 2, 1, 0, 1)
    assert codes(kosa.conn, row) == [(2, column, code)]


def test_every_bad_cell_of_a_row_is_named_with_its_value(kosa: House) -> None:
    row = imported(kosa.conn, HEADER + "NOBODY,-1,2026-13-01,barter,,\n")
    assert counts(row) == ("done", 1, 0, 0, 1)
    found = {error.column: (error.code, error.value) for error in errors(kosa.conn, row)}
    assert found == {
        "tenant": ("tenant_not_found", "NOBODY"),
        "amount": ("amount_not_positive", "-1"),
        "date": ("date_invalid", "2026-13-01"),
        "method": ("method", "barter"),
    }
    assert errors(kosa.conn, row)[-1].fields == {"ref": "NOBODY"}


def test_columns_stand_in_any_order_and_language_and_others_are_left_alone(kosa: House) -> None:
    content = "No\tTanggal Bayar\tKeterangan\tNOMINAL\tPenyewa*\tSaldo\n1\t2026-02-01\tfoto ✓\t5\tBUDI\t99\n"
    staged = stage(kosa.conn, content)
    assert staged.unread == ("No", "Saldo")
    row = imported(kosa.conn, content)
    assert counts(row) == ("done", 1, 1, 0, 0)
    assert kosa.conn.execute(select(payments.c.note)).scalar_one() == "foto ✓"


def test_a_file_of_a_spreadsheet_is_read_as_it_is_saved(kosa: House) -> None:
    content = '\ufefftenant,amount,date,note\r\n"BUDI","1500000","2026-02-01","sewa, ""lunas"""\r\n\r\n,,,\r\n'
    row = imported(kosa.conn, content)
    assert counts(row) == ("done", 1, 1, 0, 0)
    assert kosa.conn.execute(select(payments.c.note)).scalar_one() == 'sewa, "lunas"'


def test_indonesian_amounts_and_dates_are_read_when_asked_for(kosa: House) -> None:
    content = "penyewa;jumlah;tanggal\nBUDI;1.500.000,00;01/02/2026\nANI;Rp750.000;3-2-2026\nSITI;1.5;2026-02-04\n"
    row = imported(kosa.conn, content, dates="dmy", amounts="id")
    assert codes(kosa.conn, row) == [(4, "jumlah", "amount_ambiguous")]
    assert balances(kosa.conn) == {"ANI": "750000.00", "BUDI": "1500000.00", "SITI": "0.00"}
    days = kosa.conn.execute(select(payments.c.payment_date).order_by(payments.c.payment_date)).scalars()
    assert list(days) == [date(2026, 2, 1), date(2026, 2, 3)]


def test_a_file_read_in_the_wrong_notation_may_be_read_again_in_the_right_one(kosa: House) -> None:
    content = HEADER + "BUDI,1500000,01/02/2026,,,\n"
    wrong = imported(kosa.conn, content)
    assert counts(wrong) == ("done", 1, 0, 0, 1)
    assert stage(kosa.conn, content).repeated
    right = imported(kosa.conn, content, dates="dmy")
    assert counts(right) == ("done", 1, 1, 0, 0)


def test_guards_against_formulas_are_taken_off(kosa: House) -> None:
    imported(kosa.conn, HEADER + "BUDI,1,2026-02-01,,'=1+1,'-\n")
    found = kosa.conn.execute(select(payments.c.reference, payments.c.note)).one()
    assert found == ("=1+1", "-")


def test_a_tenant_is_meant_by_id_code_or_whole_name_within_the_property(conn: Connection) -> None:
    house = House.build(conn)
    budi = house.tenant("Budi")
    other = add_property(conn, "KOSB", "Kos Mawar")
    add_tenant(conn, other, "Budi")
    rows = f"{budi.id},1,2026-02-01,\nbudi,2,2026-02-01,\nbudi,4,2026-02-01,kosb\nbudi,8,2026-02-01,KOSX\n"
    row = imported(conn, f"tenant,amount,date,property\n{rows}")
    assert codes(conn, row) == [(3, "tenant", "ambiguous"), (5, "property", "property_not_found")]
    assert errors(conn, row)[0].fields["candidates"] == "KOSA/BUDI (Budi), KOSB/BUDI (Budi)"
    row = imported(conn, "tenant,amount,date\nbudi,16,2026-02-01\n", property_code="KOSB")
    assert counts(row) == ("done", 1, 1, 0, 0)
    paid = conn.execute(select(balance_table.c.total_payments).order_by(balance_table.c.tenant_id)).scalars()
    assert [int(amount) for amount in paid] == [1, 20]
    assert find_property(conn, "KOSB").id == other.id


def test_a_tenant_who_was_archived_is_not_found(kosa: House) -> None:
    kosa.conn.execute(text("update tenants set deleted_at = now() where code = 'ANI'"))
    row = imported(kosa.conn, THREE)
    assert codes(kosa.conn, row) == [(3, "tenant", "tenant_not_found")]


def test_each_row_is_remembered_by_line_and_payment(kosa: House) -> None:
    row = imported(kosa.conn, THREE)
    query = select(import_rows.c.line, payments.c.reference).join_from(
        import_rows, payments, import_rows.c.entry_id == payments.c.id
    )
    assert (2, "TRX1") in kosa.conn.execute(query.where(import_rows.c.import_id == row.id)).all()


def test_what_is_derived_follows_the_money(kosa: House) -> None:
    budi = find_tenant(kosa.conn, "BUDI")
    assert stale(kosa.conn) == []
    imported(kosa.conn, HEADER + f"BUDI,{budi.outstanding_balance},2026-02-01,,,\n")
    assert stale(kosa.conn) == []
    found = kosa.conn.execute(select(balance_table).where(balance_table.c.tenant_id == budi.id)).one()
    assert (found.status, found.oldest_due_on) == ("paid", None)


def test_the_fingerprint_of_a_row_is_for_ever(kosa: House) -> None:
    """Taken otherwise in a later release, every file that was ever imported would be new again."""
    imported(kosa.conn, HEADER + "BUDI,1500000,2026-02-01,transfer,TRX1,lunas ✓\n" * 2)
    budi = find_tenant(kosa.conn, "BUDI")
    days = (date(2026, 2, 1) - date(2000, 1, 1)).days
    said = ("payments", str(budi.id), str(days), "1500000.00", "transfer", "TRX1", "lunas ✓")
    first = sha256("\x1f".join(said).encode()).digest()[:16]
    second = sha256(first + (2).to_bytes(8, "big")).digest()[:16]
    kept = kosa.conn.execute(select(import_rows.c.fingerprint).order_by(import_rows.c.line)).scalars()
    assert [bytes(found) for found in kept] == [first, second]
