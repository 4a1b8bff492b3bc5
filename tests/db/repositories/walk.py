"""A walk through everything that a service can change, with a picture of the book taken on the way."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select, text

from db.demo.small import make_kos
from db.domain.bank.rules import Rule
from db.domain.bank.statement import BankLine, Statement
from db.domain.raises import Change
from db.outbox import claim, complete
from db.repositories.leases import load_leases
from db.repositories.lookup import find_property, find_room, find_tenant
from db.repositories.meters import Meters, find_meter
from db.repositories.values import CHARGE, DEPOSIT, PAYMENT, PROPERTY, ROOM, TENANT, lease_told, told
from db.services.bank.matching import ignore_line, match_expense, unmatch_line
from db.services.bank.rules import replace_rules
from db.services.bank.statements import bring_statement
from db.services.charges import post_charge
from db.services.deposits import add_deposit, apply_deposit, refund_deposit
from db.services.expenses import record_expense, void_expense
from db.services.imports.staging import Request, stage_file
from db.services.imports.undo import undo_within
from db.services.leases import assign_tenant, change_billing_day, change_rent
from db.services.meters import add_meter, retire_meter, set_tariff
from db.services.moves import move_out, move_tenant
from db.services.payments import record_payment
from db.services.properties import add_property, archive_property, edit_property
from db.services.raises import raise_rents, undo_raise
from db.services.readings import Read, post_readings, void_reading
from db.services.receipts import print_receipt
from db.services.reminders import send_reminder
from db.services.reversals import void_charge, void_payment
from db.services.rooms import add_room, archive_room, edit_room, set_room_status
from db.services.tenants import add_tenant, archive_tenant, edit_tenant
from db.tables import balances, charges, deposit_entries, payments, properties, rooms, tenants
from jobs.audit import deliver
from tests.db.services.imports.filing import applied_and_derived

Things = dict[str, dict[int, dict[str, Any]]]
TABLES: dict[str, tuple[Table, tuple[str, ...]]] = {
    "property": (properties, PROPERTY), "room": (rooms, ROOM), "tenant": (tenants, TENANT),
    "charge": (charges, CHARGE), "payment": (payments, PAYMENT), "deposit": (deposit_entries, DEPOSIT),
}  # fmt: skip


class Picture(NamedTuple):
    """The book after the event with this number: what the tables say, and balance and deposit of every tenant."""

    event_id: int
    things: Things
    money: dict[int, tuple[Decimal, Decimal]]


def take_picture(conn: Connection) -> Picture:
    """What the tables say now."""
    things: Things = {}
    for kind, (table, names) in TABLES.items():
        things[kind] = {row.id: told(names, row._mapping) for row in conn.execute(select(table))}
    things["lease"] = {lease.id: lease_told(lease) for lease in load_leases(conn)}
    money = conn.execute(select(balances.c.tenant_id, balances.c.outstanding_balance, balances.c.deposit_held))
    last = conn.execute(text("select max(id) from events")).scalar_one()
    return Picture(last, things, {row.tenant_id: (row[1], row[2]) for row in money})


def walk(conn: Connection) -> list[Picture]:
    """Two years of a kos, then every kind of change; a picture after each, and all of it told to the audit."""
    make_kos(conn, Random(24))
    pictures = [take_picture(conn)]
    for step in _STEPS:
        step(conn)
        pictures.append(take_picture(conn))
    tell(conn)
    return pictures


def tell(conn: Connection) -> None:
    """Deliver to the audit what waits for it."""
    while batch := claim(conn, "audit", 1000):
        deliver(conn, batch)
        complete(conn, batch)


def _property(conn: Connection) -> None:
    house = add_property(conn, "KOSC", "Kos Cempaka", currency="USD", billing_day=3)
    house = edit_property(conn, house, {"name": "Kos Kenanga", "timezone": "Asia/Jayapura", "rounding": Decimal("0.5")})
    archive_property(conn, house)


def _room(conn: Connection) -> None:
    add_room(conn, find_property(conn, "KOSA"), "C1", Decimal("999999.99"), room_type="Loteng", capacity=2)
    edit_room(conn, find_room(conn, "C1", "KOSA"), {"number": "C2", "monthly_rent": Decimal(1_100_000), "capacity": 1})
    set_room_status(conn, find_room(conn, "C2", "KOSA"), "renovation")
    set_room_status(conn, find_room(conn, "C2", "KOSA"), "available")
    archive_room(conn, find_room(conn, "C2", "KOSA"))


def _tenant(conn: Connection) -> None:
    add_tenant(conn, find_property(conn, "KOSA"), "Lia Amalia", phone="0812-0000-9999", national_id="3201010101010007")
    tenant = find_tenant(conn, "Lia Amalia")
    edit_tenant(conn, tenant, {"name": "Lia Zahra", "code": "LIAZ", "phone": "", "email": "lia@example.com"})
    edit_tenant(
        conn, tenant, {"national_id": "3201010101010008", "emergency_name": "Ibu", "emergency_phone": "021555555"}
    )
    archive_tenant(conn, tenant)


def _stay(conn: Connection) -> None:
    add_room(conn, find_property(conn, "KOSA"), "D1", Decimal(800_000), capacity=2, basis="split_room")
    add_room(conn, find_property(conn, "KOSA"), "D2", Decimal(1_000_000))
    today = find_property(conn, "KOSA").today
    for days, name in ((100, "Uci Satu"), (70, "Uci Dua")):
        add_tenant(conn, find_property(conn, "KOSA"), name)
        assign_tenant(conn, find_tenant(conn, name), find_room(conn, "D1", "KOSA"), today - timedelta(days=days))
    first, second = find_tenant(conn, "Uci Satu"), find_tenant(conn, "Uci Dua")
    change_rent(conn, first, Decimal(450_000), today)
    change_billing_day(conn, first, 28, today)
    move_tenant(conn, second, find_room(conn, "D2", "KOSA"), today - timedelta(days=3), monthly_rent=Decimal(950_000))
    move_out(conn, second, today, refund="prorate")
    move_out(conn, second, today - timedelta(days=40))


def _ledger(conn: Connection) -> None:
    tenant = find_tenant(conn, "Uci Dua")
    payment = record_payment(conn, tenant, Decimal("12345.67"), method="qris", reference="QR-1", note="kurang")
    void_payment(conn, payment, "bukan miliknya")
    for amount, kind in ((-250_000, "opening"), (75_000, "credit"), (111_988, "electricity")):
        charge = post_charge(conn, tenant, Decimal(amount), kind, description=f"uji {kind}")
    void_charge(conn, charge, "salah baca")
    add_deposit(conn, tenant, Decimal(500_000), note="titipan")
    apply_deposit(conn, tenant, Decimal(200_000))
    applied = select(payments.c.id).where(payments.c.tenant_id == tenant.id, payments.c.method == "deposit")
    void_payment(conn, conn.execute(applied).scalar_one(), "terlalu cepat")
    refund_deposit(conn, tenant, Decimal(100_000))


def _import(conn: Connection) -> None:
    _undo(conn, "payments", "tenant,amount,date\nUCI2,1000,2026-01-05\nUCI,2500.50,2026-02-05\n")
    _file(conn, "rooms", "number,rent\nE1,700000\nE2,750000\n")
    _file(conn, "tenants", "name,phone,room,moved_in_on,opening_balance\nEko Impor,081200001111,E1,2026-03-05,125000\n")
    _undo(conn, "tenants", "name,room\nEka Batal,E2\n")
    _file(conn, "payments", "tenant,amount,date\nEKO,1000,2026-04-05\nEKO,2500.50,2026-05-05\n")


def _file(conn: Connection, kind: Any, content: str) -> int:
    staged = stage_file(conn, Request(kind, property_code="KOSA"), BytesIO(content.encode()), f"{kind}.csv")
    row = applied_and_derived(conn, staged.row)
    assert (row.state, row.rows_rejected) == ("done", 0)
    return row.id


def _undo(conn: Connection, kind: Any, content: str) -> None:
    undo_within(conn, _file(conn, kind, content), reason="berkas salah")


def _month(conn: Connection) -> None:
    """Meters, receipts, a reminder, what was spent, and rents raised and brought back."""
    prop, tenant = find_property(conn, "KOSA"), find_tenant(conn, "Uci Satu")
    add_meter(conn, prop, find_room(conn, "D1", "KOSA"), "electricity")
    set_tariff(conn, prop, "electricity", Decimal(1445), prop.today - timedelta(days=50))
    for days, shown in ((40, 10), (20, 20)):
        event = post_readings(
            conn, [Read(find_meter(conn, "KOSA/D1"), Decimal(shown))], prop.today - timedelta(days=days)
        )
    void_reading(conn, Meters(conn).under(event)[0].id, "salah baca")
    retire_meter(conn, find_meter(conn, "KOSA/D1"))
    print_receipt(conn, record_payment(conn, tenant, Decimal(1000)))
    void_expense(conn, record_expense(conn, prop, Decimal(5000), "air"), "dua kali")
    send_reminder(conn, tenant)
    raised = raise_rents(conn, prop, Change(percent=Decimal(5)), prop.today)
    undo_raise(conn, raised, "terlalu cepat")


def _bank(conn: Connection) -> None:
    """A statement of two lines: a fee that is opened again, and one that is ignored; a rule that comes and goes."""
    prop = find_property(conn, "KOSA")
    day = prop.today - timedelta(days=4)
    told = (BankLine(1, day, Decimal(-5000), "BIAYA ADM"), BankLine(2, day, Decimal(70_000), "SETORAN"))
    bring_statement(conn, prop, "BCA", Statement(told), file_name="b.csv", form="bca")
    fee, other = conn.execute(text("select id from bank_lines order by id")).scalars()
    match_expense(conn, fee, "other")
    unmatch_line(conn, fee, "bukan biaya")
    ignore_line(conn, other, "setoran sendiri")
    replace_rules(conn, prop, [Rule("BIAYA ADM", "category", "other")])
    replace_rules(conn, prop, [])


_STEPS: tuple[Callable[[Connection], None], ...] = (_property, _room, _tenant, _stay, _ledger, _import, _month, _bank)
