"""Whatever happens in a book: reports tie to the ledger and to each other, on every day."""

from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import text

from db.domain.aging import age
from db.domain.allocation import allocate
from db.domain.income import accrual_income, cash_income
from db.domain.ledger import balance, standing
from db.engine import Database
from db.errors import NotFoundError, RuleError
from db.repositories.balances import Balances
from db.repositories.entries import Entries, TenantEntries
from db.repositories.lookup import PropertyRow, find_property, find_room, find_tenant
from db.repositories.reports.debts import Debts
from db.repositories.reports.money import Money
from db.repositories.reports.nights import Nights
from db.repositories.reports.rentroll import RentRoll
from db.services.charges import post_charge
from db.services.deposits import add_deposit, apply_deposit, refund_deposit
from db.services.expenses import record_expense, void_expense
from db.services.leases import assign_tenant
from db.services.moves import move_out, move_tenant
from db.services.payments import record_payment
from db.services.properties import add_property
from db.services.reversals import void_charge, void_payment
from db.services.rooms import add_room
from db.services.tenants import add_tenant
from tests.db.services.house import House

amounts = st.decimals(min_value=1, max_value=5_000_000, places=2)
whom = st.integers(0, 3)
back = st.integers(0, 400)
LONG_AGO = date(2000, 1, 1)
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "over_90", "credit", "total")


class ReportMachine(RuleBasedStateMachine):
    """Three tenants in one house and one in another, over a year; then the reports of any day."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.conn = self.stack.enter_context(self.database.transaction(dry_run=True))
        self.house = House.build(self.conn, grace_days=5)
        self.today = find_property(self.conn, "KOSA").today
        for number, name in enumerate(("Ani", "Budi", "Citra")):
            self.house.room(f"A{number}", 1_000_000 + number * 333_333)
            self.house.let(self.today - timedelta(days=100 * number), name=name, number=f"A{number}")
        self.house.room("A9")
        self.houses = [find_property(self.conn, "KOSA"), self.second_house()]

    def second_house(self) -> PropertyRow:
        add_property(self.conn, "KOSB", "Kos Anggrek")
        found = find_property(self.conn, "KOSB")
        add_room(self.conn, found, "B1", Decimal(900_000))
        add_tenant(self.conn, found, "Dewi")
        assign_tenant(self.conn, find_tenant(self.conn, "DEWI"), find_room(self.conn, "B1", "KOSB"), self.day(60))
        return found

    def teardown(self) -> None:
        try:
            for days in (0, 20, 70, 150, 390):
                for house in self.houses:
                    self.reports_tie(self.day(days), house.id)
                self.houses_add_up(self.day(days))
        finally:
            self.stack.close()

    def tenant(self, who: int) -> Any:
        return find_tenant(self.conn, ("ANI", "BUDI", "CITRA", "DEWI")[who])

    def day(self, days: int) -> date:
        return self.today - timedelta(days=days)

    @rule(who=whom, amount=amounts, days=back)
    def pay(self, who: int, amount: Decimal, days: int) -> None:
        record_payment(self.conn, self.tenant(who), amount, self.day(days))

    @rule(who=whom, amount=amounts, days=back,
          kind=st.sampled_from(["water", "damage", "late_fee", "opening", "credit", "refund", "other"]))  # fmt: skip
    def charge(self, who: int, amount: Decimal, days: int, kind: str) -> None:
        post_charge(self.conn, self.tenant(who), amount, kind, charged_on=self.day(days), due_on=self.day(days - 3))

    @rule(who=whom, amount=amounts, days=back)
    def hold_use_and_return_a_deposit(self, who: int, amount: Decimal, days: int) -> None:
        add_deposit(self.conn, self.tenant(who), amount + 2, self.day(days))
        apply_deposit(self.conn, self.tenant(who), amount, self.day(days // 2))
        refund_deposit(self.conn, self.tenant(who), Decimal(1), self.day(days // 3))

    @rule(amount=amounts, days=back, category=st.sampled_from(["water", "tax", "transfer"]), wrong=st.booleans(),
          where=st.integers(0, 1))  # fmt: skip
    def spend(self, amount: Decimal, days: int, category: str, wrong: bool, where: int) -> None:
        number = record_expense(self.conn, self.houses[where], amount, category, spent_on=self.day(days))
        if wrong:
            void_expense(self.conn, number, "wrong")

    @rule(which=st.integers(0, 50), what=st.sampled_from(["payments", "charges"]))
    def void(self, which: int, what: str) -> None:
        ids = list(self.conn.execute(text(f"select id from {what} order by id")).scalars())  # noqa: S608
        undo = void_payment if what == "payments" else void_charge
        self.attempt(lambda: undo(self.conn, ids[which % len(ids)], "wrong") if ids else None)

    @rule(who=whom, days=st.integers(-20, 90))
    def move(self, who: int, days: int) -> None:
        self.attempt(lambda: move_tenant(self.conn, self.tenant(who), find_room(self.conn, "A9"), self.day(days)))

    @rule(who=whom, days=st.integers(-20, 90), refund=st.sampled_from(["none", "prorate"]))
    def leave(self, who: int, days: int, refund: Any) -> None:
        self.attempt(lambda: move_out(self.conn, self.tenant(who), self.day(days), refund=refund))

    def attempt(self, change: Any) -> None:
        savepoint = self.conn.begin_nested()
        try:
            change()
        except (RuleError, NotFoundError):
            savepoint.rollback()
        else:
            savepoint.commit()

    def ledgers(self, until: date, house: int) -> dict[int, TenantEntries]:
        found = self.conn.execute(text("select id from tenants where property_id = :house"), {"house": house})
        ids = list(found.scalars())
        return Entries(self.conn).of_tenants(ids, until=until)

    def reports_tie(self, day: date, house: int) -> None:
        ledgers, debts = self.ledgers(day, house), Debts(self.conn)
        owed = {who: balance(found.charges, found.payments, day) for who, found in ledgers.items()}
        aged = [age(filled.lines, filled.credit, day) for filled in map(filled_on(day), ledgers.values())]
        told = sum(owed.values())
        behind = sum(one for one in owed.values() if one > 0)
        rows = list(debts.aged(day, property_id=house))
        for name in BUCKETS:
            assert sum(getattr(row, name) for row in rows) == sum(getattr(one, name) for one in aged), name
        assert sum(row.total for row in rows) == told
        assert sum(row.outstanding_balance for row in debts.arrears(day, property_id=house)) == behind
        since = list(debts.changed(LONG_AGO, day, property_id=house))
        assert sum(row.difference for row in since) == behind
        beds = list(RentRoll(self.conn).beds(day, property_id=house))
        assert sum(row.outstanding_balance for row in RentRoll(self.conn).sums(day, property_id=house)) == sum(
            row.outstanding_balance or 0 for row in beds
        )
        for bed in beds:
            if bed.tenant_id is not None:
                then = Balances(self.conn).row_as_of(bed.tenant_id, day)
                assert bed.paid_through_on == then.paid_through_on
                assert bed.outstanding_balance == then.outstanding_balance
        self.money_ties(day, house, ledgers)
        self.nights_tie(day, house)

    def nights_tie(self, day: date, house: int) -> None:
        since, nights = day - timedelta(days=75), Nights(self.conn)
        found = self.conn.execute(
            text("select starts_on, ends_on from leases where property_id = :house"), {"house": house}
        )
        after = min(day, self.today) + timedelta(days=1)
        let = sum(max((min(end or after, after) - max(start, since)).days, 0) for start, end in found)
        by_room = list(nights.occupancy(since, day, by="room", property_id=house))
        by_month = list(nights.occupancy(since, day, property_id=house))
        for rows in (by_room, by_month):
            assert sum(row.let for row in rows) == let
            assert all(row.available == row.let + row.vacant for row in rows)
        assert sum(row.available for row in by_room) == sum(row.available for row in by_month)

    def money_ties(self, day: date, house: int, ledgers: dict[int, TenantEntries]) -> None:
        money = Money(self.conn)
        payments = [entry for found in ledgers.values() for entry in found.payments]
        cash = list(money.cash(LONG_AGO, day, property_id=house))
        by_month = {row.period: row.received for row in cash if row.received}
        assert by_month == {month.clamp(1): total for month, total in cash_income(payments).items() if total}
        for by in ("day", "method", "category"):
            other = list(money.cash(LONG_AGO, day, by=by, property_id=house))
            for name in ("received", "refunded", "spent", "net", "moved", "deposits_in", "deposits_out"):
                assert sum(getattr(row, name) for row in other) == sum(getattr(row, name) for row in cash), (by, name)
        charges = [entry for found in self.ledgers(date(9999, 1, 1), house).values() for entry in found.charges]
        until = [entry for entry in charges if (entry.period_start or entry.charged_on) <= day]
        income = list(money.income(LONG_AGO, day, property_id=house))
        earned = {row.month: row.income for row in income if row.income}
        assert earned == {month.clamp(1): total for month, total in accrual_income(until).items() if total}
        parts = ("rent", "utilities", "late_fees", "other", "credits")
        assert all(sum(getattr(row, name) for name in parts) == row.income for row in income)
        assert sum(row.expenses for row in income) == sum(row.spent for row in cash)

    def houses_add_up(self, day: date) -> None:
        """A total is the sum of the houses, as the ledger of each says."""
        money = Money(self.conn)
        reports: dict[tuple[str, ...], list[Any]] = {
            (*BUCKETS, "tenants"): list(Debts(self.conn).aged(day)),
            ("beds", "let", "monthly_rent", "outstanding_balance"): list(RentRoll(self.conn).sums(day)),
            ("received", "refunded", "spent", "net", "moved"): list(money.cash(LONG_AGO, day)),
            ("rent", "other", "income", "expenses", "net"): list(money.income(LONG_AGO, day)),
            ("available", "let", "vacant", "renovation"): list(Nights(self.conn).occupancy(self.day(200), day)),
        }
        for names, rows in reports.items():
            in_all = [row for row in rows if row.property is None]
            houses = [row for row in rows if row.property is not None]
            if len({row.property for row in houses}) > 1:
                assert sorted(map(line_of, in_all)) == sorted(set(map(line_of, houses)))
                for row in in_all:
                    of = [house for house in houses if line_of(house) == line_of(row)]
                    for name in names:
                        assert getattr(row, name) == sum(getattr(house, name) for house in of), name


def line_of(row: Any) -> tuple[str, ...]:
    """For what, besides a property, a row stands: each of these has one total."""
    return tuple(str(getattr(row, name, "")) for name in ("month", "period", "word", "currency"))


def filled_on(day: date) -> Any:
    """What fills what at the end of a day."""

    def fill(found: TenantEntries) -> Any:
        counted = standing(found.charges, found.payments, day)
        return allocate(counted.debts, counted.money)

    return fill


def test_reports_tie_to_the_ledger_over_any_history(shared_database: Database) -> None:
    ReportMachine.database = shared_database
    run_state_machine_as_test(
        ReportMachine,
        settings=settings(
            max_examples=12, stateful_step_count=10, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
