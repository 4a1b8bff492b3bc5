"""A house that has seen everything: moves, reversals, deposits, shared rooms, people who left and who will come."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

from sqlalchemy import Connection, select, text

from db.domain.bank.statement import BankLine, Statement
from db.domain.csvrows import Kind
from db.repositories.imports import ImportRow
from db.repositories.lookup import TenantRef, find_property, find_room, find_tenant
from db.repositories.meters import Meters, find_meter
from db.services.bank.matching import ignore_line, match_expense
from db.services.bank.statements import bring_statement
from db.services.cash import count_cash, hand_over_cash
from db.services.charges import post_charge
from db.services.deliveries import discard_delivery
from db.services.deposits import add_deposit, apply_deposit, refund_deposit
from db.services.expenses import record_expense, void_expense
from db.services.imports.staging import Request, stage_file
from db.services.imports.undo import undo_within
from db.services.inventory import add_item, check_items
from db.services.leases import assign_tenant, change_billing_day, change_rent
from db.services.meters import add_meter, set_tariff
from db.services.moves import move_out, move_tenant
from db.services.notes import add_note, void_note
from db.services.payments import record_payment
from db.services.properties import add_property
from db.services.readings import Read, post_readings, void_reading
from db.services.receipts import issue_receipt
from db.services.reminders import send_reminder
from db.services.reversals import void_charge, void_payment
from db.services.rooms import set_room_status
from db.tables import charges, payments
from tests.db.services.house import House
from tests.db.services.imports.filing import applied_and_derived

_CLOSE = text("""
insert into balance_closings (tenant_id, closed_on, total_charges, total_payments)
select t.tenant_id, day, t.total_charges, t.total_payments
  from (select (date_trunc('month', now()) - make_interval(months => :months - 1))::date - 1 as day) month
 cross join lateral ledger_totals(array(select id from tenants), day) t
""")
_GIVE_UP = text("""
update deliveries set state = 'dead' where consumer = 'balances'
   and event_id = (select min(event_id) from deliveries where consumer = 'balances') returning event_id
""")
# Rini is another session; what she signs is written in her name.
_RECEIVED = text("""
select id from payments p where amount > 0 and reverses_id is null
   and not exists (select from reversals r where r.entry = 'payment' and r.entry_id = p.id) order by id limit 2
""")
_SIGN = text("""
with event as materialized (
  select reserve_event() as event_id, id, property_id, amount from cash_handovers order by id limit 1
), told as materialized (
  select append_event(event_id, 'CashConfirmed', 'cash', id, property_id, null,
                      jsonb_build_object('amount', amount::text)), event_id, id, property_id from event
)
insert into cash_confirmations (handover_id, property_id, confirmed_on, event_id, actor)
select id, property_id, current_date + 1, event_id, 'rini' from told
""")


class LivedIn(House):
    """KOSA with tenants of every kind, KOSB without any."""

    @classmethod
    def furnish(cls, conn: Connection) -> "LivedIn":
        add_property(conn, "KOSB", "Kos Kenanga")
        house = cls(conn)
        House.build(conn, grace_days=3)
        house._rooms()
        house._stay()
        house._share()
        house._move()
        house._correct()
        house._settle()
        house._import()
        house._write_down()
        house._measure()
        house._spend()
        house._reconcile()
        house._deliver()
        house._close()
        # What is judged at the end of a transaction would keep its tables from being broken by hand.
        for when in ("immediate", "deferred"):
            conn.execute(text(f"set constraints all {when}"))
        return house

    @property
    def today(self) -> date:
        return find_property(self.conn, "KOSA").today

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def pay(self, tenant: TenantRef, amount: int, day: date) -> int:
        return record_payment(self.conn, tenant, Decimal(amount), day)

    def move_in(self, name: str, number: str, start: date, **more: object) -> TenantRef:
        tenant = self.tenant(name)
        assign_tenant(self.conn, tenant, find_room(self.conn, number, "KOSA"), start, **more)
        return tenant

    def found(self, name: str) -> TenantRef:
        return find_tenant(self.conn, name)

    def _write_down(self) -> None:
        """Notes, one taken back; what stands in a room; and a reminder."""
        room = find_room(self.conn, "A8", "KOSA")
        void_note(self.conn, add_note(self.conn, self.found("Behind"), "will pay on Friday"), "did not")
        add_note(self.conn, room, "the roof leaks")
        add_item(self.conn, room, "Kasur")
        check_items(self.conn, room, {"kasur": "aus"}, self.ago(3))
        send_reminder(self.conn, self.found("Behind"))

    def _measure(self) -> None:
        """Electricity of one room: read, misread and taken back, read again; another tariff later."""
        prop = find_property(self.conn, "KOSA")
        add_meter(self.conn, prop, find_room(self.conn, "A1", "KOSA"), "electricity")
        set_tariff(self.conn, prop, "electricity", Decimal(1445), self.ago(60))
        for days, figure in ((31, "1250.3"), (2, "1372.8"), (1, "1327.8")):
            meter = find_meter(self.conn, "KOSA/A1")
            event = post_readings(self.conn, [Read(meter, Decimal(figure))], self.ago(days))
            if days == 2:
                void_reading(self.conn, Meters(self.conn).under(event)[0].id, "digits swapped")
        set_tariff(self.conn, prop, "electricity", Decimal(1500), self.today)

    def _spend(self) -> None:
        """What was spent, one of it taken back; cash handed over and confirmed, waiting, and counted; receipts."""
        for payment_id in self.conn.execute(_RECEIVED).scalars().all():
            issue_receipt(self.conn, payment_id)
        house, room = find_property(self.conn, "KOSA"), find_room(self.conn, "A8", "KOSA")
        record_expense(self.conn, house, Decimal(350_000), "listrik", spent_on=self.ago(5))
        void_expense(self.conn, record_expense(self.conn, house, Decimal(75_000), "other", room=room), "twice")
        self.conn.execute(text("insert into logins (role_name, grade) values ('rini', 'staff')"))
        for amount in (100_000, 200_000):
            hand_over_cash(self.conn, house, Decimal(amount), "rini")
        self.conn.execute(_SIGN)
        count_cash(self.conn, house, Decimal(1_000_000))

    def _reconcile(self) -> None:
        """Two lines of the bank: a fee, and what is nobody's."""
        day = self.ago(4)
        told = (BankLine(1, day, Decimal(-5000), "BIAYA ADM"), BankLine(2, day, Decimal(70_000), "SETORAN"))
        bring_statement(
            self.conn, find_property(self.conn, "KOSA"), "BCA", Statement(told), file_name="b.csv", form="bca"
        )
        fee, other = self.conn.execute(text("select id from bank_lines order by id")).scalars()
        match_expense(self.conn, fee, "other")
        ignore_line(self.conn, other, "my own")

    def _rooms(self) -> None:
        for number in ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8"):
            self.room(number)
        self.room("B1", 2_000_000, capacity=3, basis="split_room")
        self.room("B2", 1_800_000, capacity=2)
        self.room("C1")
        set_room_status(self.conn, find_room(self.conn, "C1", "KOSA"), "renovation")

    def _stay(self) -> None:
        """Behind, partly paid, paid ahead, free of rent, with a balance brought along, and one to come."""
        behind = self.move_in("Behind", "A1", self.ago(200))
        self.pay(behind, 1_500_000, self.ago(190))
        change_rent(self.conn, behind, Decimal(1_650_000), self.today)
        ahead = self.move_in("Ahead", "A2", self.ago(100), billing_day=1)
        change_billing_day(self.conn, ahead, 20, self.ago(60))
        self.pay(ahead, 30_000_000, self.ago(99))
        self.move_in("Guest", "A3", self.ago(80), monthly_rent=Decimal(0))
        brought = self.move_in("Brought", "A4", self.ago(300), billed_from=self.ago(50))
        post_charge(self.conn, brought, Decimal(750_000), "opening", due_on=self.ago(50))
        self.move_in("Coming", "A5", self.today + timedelta(days=10))

    def _share(self) -> None:
        """A split room where one left, and a room of two where both pay their own price."""
        for name, days in (("Satu", 90), ("Dua", 70), ("Tiga", 50)):
            self.move_in(name, "B1", self.ago(days))
        leaving = self.tenant("Empat")
        move_out(self.conn, self.found("Dua"), self.ago(20))
        assign_tenant(self.conn, leaving, find_room(self.conn, "B1", "KOSA"), self.ago(5))
        for name in ("Kiri", "Kanan"):
            self.move_in(name, "B2", self.ago(40), monthly_rent=Decimal(900_000))

    def _move(self) -> None:
        """Left with a debt, with money back, before coming; moved within a month, and moves at the boundary."""
        debtor = self.move_in("Debtor", "A7", self.ago(300))
        move_out(self.conn, debtor, self.ago(205))
        refunded = self.move_in("Refunded", "A7", self.ago(180))
        move_out(self.conn, refunded, self.ago(100), refund="prorate")
        never = self.move_in("Never", "A7", self.today + timedelta(days=30))
        move_out(self.conn, never)
        within = self.move_in("Within", "A6", self.ago(100))
        move_tenant(self.conn, within, find_room(self.conn, "A7", "KOSA"), self.ago(15))
        later = self.move_in("Later", "A8", self.ago(45))
        move_tenant(self.conn, later, find_room(self.conn, "A6", "KOSA"))

    def _correct(self) -> None:
        """Payments and charges taken back, once each."""
        wrong = self.tenant("Wrong")
        void_payment(self.conn, self.pay(wrong, 1_500_000, self.ago(30)), "was somebody else's")
        for _ in range(2):
            charge = post_charge(self.conn, wrong, Decimal(50_000), "damage", due_on=self.ago(10))
            void_charge(self.conn, charge, "not broken")
        rent = select(charges.c.id).where(charges.c.tenant_id == self.found("Kiri").id).order_by(charges.c.id).limit(1)
        void_charge(self.conn, self.conn.execute(rent).scalar_one(), "a gift")
        post_charge(self.conn, wrong, Decimal(20_000), "credit", description="for the trouble")

    def _settle(self) -> None:
        """A deposit taken, applied, given back after the application was voided, and refunded in part."""
        kanan = self.found("Kanan")
        add_deposit(self.conn, kanan, Decimal(900_000), self.ago(40))
        apply_deposit(self.conn, kanan, Decimal(300_000), self.ago(9))
        first = select(payments.c.id).where(payments.c.method == "deposit").order_by(payments.c.id).limit(1)
        void_payment(self.conn, self.conn.execute(first).scalar_one(), "too early")
        apply_deposit(self.conn, kanan, Decimal(200_000), self.ago(8))
        refund_deposit(self.conn, kanan, Decimal(100_000), self.ago(7))

    def _import(self) -> None:
        """Files of every kind: with a rejected row, overlapping, and taken back."""
        day = self.ago(3)
        self.read_file("rooms", "number,rent\nD1,1000000\nD2,free\n")
        self.read_file("tenants", f"name,room,moved_in_on,opening_balance\nImported,D1,{day},250000\n")
        first, second = f"BEHIND,100000,{day}\n", f"BROUGHT,200000,{day}\nNOBODY,1,{day}\n"
        self.read_file("payments", "tenant,amount,date\n" + first + second)
        overlapping = self.read_file("payments", "tenant,amount,date\n" + first + f"AHEAD,300000,{day}\n")
        undo_within(self.conn, overlapping.id, reason="the wrong month")

    def _deliver(self) -> None:
        """All that was told is delivered, but for one that was given up."""
        dead = self.conn.execute(_GIVE_UP).scalar_one()
        discard_delivery(self.conn, dead, "balances", "seen to by hand")
        self.deliver()

    def _close(self) -> None:
        """The last two months are closed for everybody."""
        for months in (1, 2):
            self.conn.execute(_CLOSE, {"months": months})

    def read_file(self, kind: Kind, text: str) -> ImportRow:
        staged = stage_file(self.conn, Request(kind, "KOSA"), BytesIO(text.encode()), f"{kind}.csv")
        return applied_and_derived(self.conn, staged.row)
