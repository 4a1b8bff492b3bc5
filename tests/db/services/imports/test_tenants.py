"""Tenants and rooms out of files: each row by the rules of its command."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Connection, func, select

from db.repositories.checks.runner import run_checks
from db.repositories.firstbills import first_bills
from db.repositories.leases import tenant_leases
from db.repositories.lookup import find_room, find_tenant
from db.repositories.tenants import Tenants
from db.services.deposits import apply_deposit
from db.services.imports import rows
from db.services.imports.rejections import error_of
from db.services.imports.undo import undo_within
from db.services.imports.unused import ImportInUseError
from db.services.properties import add_property
from db.tables import balances, charges, deposit_entries, import_rows, payments, rooms, tenants
from tests.db.services.house import House
from tests.db.services.imports.filing import codes, counts, errors, imported, rejected, stage, stale

FULL = (
    "Nama;Kode;No. HP;Surel;NIK;Kamar;Tanggal Masuk;Sewa;Tanggal Tagihan;Ditagih Sejak\n"
    "Dewi Sartika;DEWI;0812-3456-7890;dewi@example.id;3171234567890001;A2;2026-03-15;1.250.000;1;\n"
    "Eko;;+62 813 1111 2222;;;;;;;\n"
)


@pytest.fixture
def kos(conn: Connection) -> House:
    """KOSA with two free rooms."""
    house = House.build(conn)
    house.room("A1")
    house.room("A2")
    return house


def test_a_file_of_tenants_brings_contact_room_rent_and_billing_day(kos: House) -> None:
    row = imported(kos.conn, FULL, kind="tenants", amounts="id")
    assert counts(row) == ("done", 2, 2, 0, 0)
    dewi = find_tenant(kos.conn, "DEWI")
    found = Tenants(kos.conn).row(dewi.id)
    assert (found.phone, found.email, found.room) == ("+6281234567890", "dewi@example.id", "A2")
    (lease,) = tenant_leases(kos.conn, dewi.id)
    assert (lease.starts_on, lease.terms[0].monthly_rent, lease.terms[0].billing_day) == (
        date(2026, 3, 15), Decimal(1_250_000), 1,
    )  # fmt: skip
    first = kos.conn.execute(select(charges.c.amount).where(charges.c.tenant_id == dewi.id).order_by(charges.c.id))
    assert first.scalars().first() == Decimal(685_484), "17 of 31 days"
    assert find_tenant(kos.conn, "EKO").name == "Eko"
    assert stale(kos.conn) == []


def test_each_row_is_remembered_by_its_line_and_tenant(kos: House) -> None:
    row = imported(kos.conn, FULL, kind="tenants", amounts="id")
    i = import_rows.c
    found = kos.conn.execute(select(i.line, i.entry_id).where(i.import_id == row.id).order_by(i.line)).all()
    assert found == [(2, find_tenant(kos.conn, "DEWI").id), (3, find_tenant(kos.conn, "EKO").id)]


def test_an_opening_balance_stands_for_all_rent_before_the_next_period(kos: House) -> None:
    content = "nama,kamar,masuk,saldo awal\nBudi,A1,2024-01-10,750000\nAni,A2,2024-01-10,-100000\n"
    assert counts(imported(kos.conn, content, kind="tenants")) == ("done", 2, 2, 0, 0)
    budi, ani = find_tenant(kos.conn, "BUDI"), find_tenant(kos.conn, "ANI")
    if budi.today.day != 10:
        assert (budi.outstanding_balance, ani.outstanding_balance) == (Decimal(750_000), Decimal(-100_000))
    assert kos.conn.execute(select(charges.c.kind).distinct()).scalars().all() == ["opening"]


def test_a_tenant_is_added_once_however_often_the_list_comes(kos: House) -> None:
    imported(kos.conn, "nama,hp\nBudi,081234567890\n", kind="tenants")
    longer = imported(kos.conn, "hp;nama;catatan\n081234567890;Budi;x\n081234567891;Ani;y\n", kind="tenants")
    assert counts(longer) == ("done", 2, 1, 1, 0)
    otherwise = imported(kos.conn, "nama,hp\nBUDI,+62 812-3456-7890\n", kind="tenants")
    assert codes(kos.conn, otherwise) == [(2, "nama", "tenant_known")]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        (",D1,,,,", "nama", "cell_missing"),
        ("Bu\x1bdi,,,,,", "nama", "text_control"),
        ("x" * 201 + ",,,,,", "nama", "text_length"),
        ("Budi,a b,,,,", "kode", "code_form"),
        ("Budi,TAKEN,,,,", "kode", "tenant_exists"),
        ("Budi,,12,,,", "hp", "phone"),
        ("Budi,,,Z9,,", "kamar", "room_not_found"),
        ("Budi,,,FULL,,", "kamar", "room_full"),
        ("Budi,,,KOSB/B1,,", "kamar", "room_elsewhere"),
        ("Budi,,,A1,2026-02-30,", "masuk", "date_invalid"),
        ("Budi,,,A1,0206-02-03,", "masuk", "date_too_old"),
        ("Budi,,,A1,2026-02-03,1.500.000", "sewa", "amount_not_plain"),
        ("Budi,,,A1,2026-02-03,-5", "sewa", "room_value"),
        ("Budi,,,,,1500000", "kamar", "cell_missing"),
        ("Budi,,", "", "row_shape"),
    ],
)  # fmt: skip
def test_a_bad_row_leaves_no_tenant_behind(kos: House, cells: str, column: str, code: str) -> None:
    house_b = add_property(kos.conn, "KOSB", "Kos Mawar")
    kos.conn.execute(rooms.insert().values(property_id=house_b.id, number="B1", monthly_rent=1))
    kos.room("FULL")
    kos.let(date(2026, 1, 1), name="Taken", number="FULL", until=date(2026, 1, 1))
    before = kos.conn.execute(select(tenants.c.id)).all()
    content = f"nama,kode,hp,kamar,masuk,sewa\n{cells}\nAni,,,,,\n"
    row = imported(kos.conn, content, kind="tenants", property_code="KOSA")
    assert counts(row) == ("done", 2, 1, 0, 1)
    assert codes(kos.conn, row) == [(2, column, code)]
    assert len(kos.conn.execute(select(tenants.c.id)).all()) == len(before) + 1


@pytest.mark.parametrize("day", ["0", "32", "x", "-1"])
def test_a_billing_day_is_a_day_of_a_month(kos: House, day: str) -> None:
    row = imported(kos.conn, f"nama,kamar,tanggal tagihan\nBudi,A1,{day}\n", kind="tenants")
    assert [column for _, column, _ in codes(kos.conn, row)] == ["tanggal tagihan"]


def test_a_rejected_row_keeps_all_its_cells(kos: House) -> None:
    row = imported(kos.conn, "nama,hp,kota\nBudi,12,Bandung\n", kind="tenants")
    (found,) = rejected(kos.conn, row)
    assert (found.line, found.cells, found.columns, found.values) == (2, ["Budi", "12", "Bandung"], ["hp"], ["12"])


def test_rows_may_name_their_property(kos: House) -> None:
    add_property(kos.conn, "KOSB", "Kos Mawar")
    row = imported(kos.conn, "nama,properti\nBudi,kosb\nAni,\nSiti,KOSX\n", kind="tenants", property_code="KOSA")
    assert codes(kos.conn, row) == [(4, "properti", "property_not_found")]
    where = {ref: Tenants(kos.conn).row(find_tenant(kos.conn, ref).id).property for ref in ("BUDI", "ANI")}
    assert where == {"BUDI": "KOSB", "ANI": "KOSA"}
    nowhere = imported(kos.conn, "nama,properti\nDewi,\n", kind="tenants")
    assert codes(kos.conn, nowhere) == [(2, "properti", "property_missing")]


def test_a_long_list_goes_in_chunk_by_chunk(kos: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", 7)
    names = "".join(f"Budi {n}\n" for n in range(30))
    assert counts(imported(kos.conn, "nama\n" + names, kind="tenants")) == ("done", 30, 30, 0, 0)
    assert find_tenant(kos.conn, "BUDI30").name == "Budi 29"


def test_a_file_of_rooms(kos: House) -> None:
    content = (
        "kamar;sewa;tipe;kapasitas;dasar\nB1;1500000;AC;;\nB2;2000000.00;;3;per kamar\nA1;1;;;\nB 3;1;;;\n"
        "B4;-1;;;\nB5;;;;\nB6;1;;99;\nB7;1;;x;\nB8;1;;;?\n"
    )
    row = imported(kos.conn, content, kind="rooms")
    assert counts(row) == ("done", 9, 2, 0, 7)
    assert codes(kos.conn, row) == [
        (4, "kamar", "room_exists"), (5, "kamar", "code_form"), (6, "sewa", "room_value"), (7, "sewa", "cell_missing"),
        (8, "kapasitas", "room_value"), (9, "kapasitas", "number_invalid"), (10, "dasar", "basis"),
    ]  # fmt: skip
    room = find_room(kos.conn, "B2")
    assert (room.monthly_rent, room.capacity, room.basis) == (Decimal(2_000_000), 3, "split_room")
    assert errors(kos.conn, row)[0].fields == {"ref": "KOSA/A1"}


def test_the_list_that_the_command_exports_can_be_imported(kos: House) -> None:
    exported = "id,property,number,room_type,monthly_rent,capacity,occupied,status,basis,created_at\n"
    staged = stage(kos.conn, exported + "9,KOSA,C1,AC,1500000.00,2,0,available,per_tenant,2026-01-01\n", kind="rooms")
    assert staged.unread == ("id", "occupied", "status", "created_at")


def test_who_owes_and_has_a_deposit_at_the_cut_over_is_billed_from_the_next_anchor(kos: House) -> None:
    """R17: Budi owes 750,000 and has a deposit of 1,000,000 on 1 January; billing day 10."""
    content = (
        "nama,kamar,tanggal masuk,tanggal tagihan,tunggakan,deposit,per tanggal\n"
        "Budi,A1,2024-03-10,10,750000,1000000,2026-01-01\n"
    )
    row = imported(kos.conn, content, kind="tenants")
    assert counts(row) == ("done", 1, 1, 0, 0), errors(kos.conn, row)
    budi = find_tenant(kos.conn, "BUDI")
    kinds = select(charges.c.kind, charges.c.charged_on, charges.c.amount).order_by(charges.c.charged_on, charges.c.id)
    first, second = kos.conn.execute(kinds.where(charges.c.tenant_id == budi.id).limit(2)).all()
    assert tuple(first) == ("opening", date(2026, 1, 1), Decimal(750_000))
    assert tuple(second) == ("rent", date(2026, 1, 10), Decimal(1_500_000))
    d = deposit_entries.c
    held = kos.conn.execute(select(d.kind, d.entry_on, d.amount, d.opening)).one()
    assert tuple(held) == ("received", date(2026, 1, 1), Decimal(1_000_000), True)
    assert kos.conn.execute(select(func.count()).select_from(payments)).scalar_one() == 0
    assert list(run_checks(kos.conn)) == []


def test_what_was_brought_along_goes_with_its_import(kos: House) -> None:
    content = "nama,kamar,lunas s/d,tunggakan,deposit\nBudi,A1,2026-10-31,750000,1000000\n"
    row = imported(kos.conn, content, kind="tenants")
    budi = find_tenant(kos.conn, "BUDI")
    undo_within(kos.conn, row.id, reason="wrong")
    b = balances.c
    left = kos.conn.execute(select(b.outstanding_balance, b.deposit_held).where(b.tenant_id == budi.id)).one()
    assert tuple(left) == (0, 0)
    again = imported(kos.conn, content, kind="tenants")
    assert counts(again) == ("done", 1, 1, 0, 0), errors(kos.conn, again)
    apply_deposit(kos.conn, find_tenant(kos.conn, "BUDI"), Decimal(1))
    with pytest.raises(ImportInUseError):
        undo_within(kos.conn, again.id, reason="wrong")
    assert list(run_checks(kos.conn)) == []


def test_rent_is_owed_from_the_day_after_the_last_paid_one(kos: House) -> None:
    content = (
        "nama,kamar,masuk,tanggal tagihan,lunas s/d,saldo awal,deposit\n"
        "Budi,A1,2024-03-10,10,2026-10-09,-100000,0\n"
        "Ani,A2,,,2026-10-31,,\n"
    )
    row = imported(kos.conn, content, kind="tenants")
    assert counts(row) == ("done", 2, 2, 0, 0), errors(kos.conn, row)
    budi, ani = first_bills(kos.conn, row.id)
    assert (budi.opening, budi.deposit, budi.period_start, budi.period_end, budi.amount) == (
        Decimal(-100_000), 0, date(2026, 10, 10), date(2026, 11, 10), Decimal(1_500_000),
    )  # fmt: skip
    assert (ani.room, ani.period_start, ani.due_on) == ("A2", date(2026, 11, 1), date(2026, 11, 1))
    (lease,) = tenant_leases(kos.conn, find_tenant(kos.conn, "ANI").id)
    assert (lease.billed_from_on, lease.terms[0].billing_day) == (date(2026, 11, 1), 1), "the day itself is the anchor"
    assert list(run_checks(kos.conn)) == []


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ("A1,2026-01-10,,2026-02-28,,,,", "lunas s/d", "paid_through"),
        ("A1,2026-01-10,1,2026-03-09,,,,", "lunas s/d", "paid_through"),
        ("A1,2026-01-10,,2026-01-08,,,,", "lunas s/d", "paid_before_moving_in"),
        ("A1,2026-01-10,,2026-02-09,2026-03-10,,,", "lunas s/d", "opening_twice"),
        ("A1,2026-01-10,,9 Feb,,,,", "lunas s/d", "date_invalid"),
        (",,,2026-02-09,,,,", "kamar", "cell_missing"),
        (",,,,,x,,", "tunggakan", "amount_not_plain"),
        (",,,,,,-5,", "deposit", "amount_not_positive"),
        (",,,,,1,1,2199-01-01", "per tanggal", "date_in_future"),
    ],
)
def test_a_cell_about_the_time_before_that_can_not_be_is_named(kos: House, cells: str, column: str, code: str) -> None:
    header = "nama,kamar,masuk,tanggal tagihan,lunas s/d,ditagih sejak,tunggakan,deposit,per tanggal"
    row = imported(kos.conn, f"{header}\nBudi,{cells}\n", kind="tenants")
    assert codes(kos.conn, row) == [(2, column, code)]
    assert error_of(code, {}).code == code, "it can be told in words"
    assert kos.conn.execute(select(tenants.c.id)).all() == []
