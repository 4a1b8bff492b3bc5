"""Whatever people do to a house, in whatever order and on whatever day: every check stays silent."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Table, select

from db.engine import Database
from db.errors import EkostError
from db.repositories.checks.runner import run_checks
from db.repositories.lookup import RoomRef, TenantRef, find_room, find_tenant
from db.services.billing import accrue, pass_day
from db.services.charges import post_charge
from db.services.deposits import add_deposit, apply_deposit, refund_deposit
from db.services.leases import assign_tenant, change_billing_day, change_rent
from db.services.moves import move_out, move_tenant
from db.services.payments import record_payment
from db.services.reversals import void_charge, void_payment
from db.services.rooms import edit_room, set_room_status
from db.tables import charges, payments
from tests.db.services.clock import travel
from tests.db.services.house import House

names = st.sampled_from(["Ani", "Budi", "Citra"])
numbers = st.sampled_from(["A1", "A2", "B1", "B2"])
away = st.integers(min_value=-70, max_value=40)
amounts = st.sampled_from([Decimal(500_000), Decimal(1_500_000), Decimal("9000000.50")])
rents = st.sampled_from([None, Decimal(0), Decimal(900_000)])
billing_days = st.sampled_from([None, 1, 10, 20, 31])


class HouseMachine(RuleBasedStateMachine):
    """Three tenants, a room each, a split one and one of three beds; the clock is the machine's own."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.conn = self.stack.enter_context(self.database.transaction(dry_run=True))
        self.today = date(2025, 1, 1)

    def teardown(self) -> None:
        self.stack.close()

    @initialize(
        start=st.dates(date(2024, 1, 1), date(2025, 12, 31)), grace=st.sampled_from([0, 3]), day=billing_days,
        proration=st.sampled_from(["daily", "none"]), rounding=st.sampled_from([Decimal(1), Decimal(1000)]),
    )  # fmt: skip
    def build(self, start: date, grace: int, day: int | None, proration: str, rounding: Decimal) -> None:
        self.today = start
        travel(self.conn, start)
        policy = {"grace_days": grace, "billing_day": day, "proration": proration, "rounding": rounding}
        self.house = House.build(self.conn, **policy)
        for number, capacity, basis in (("A1", 1, "per_tenant"), ("A2", 1, "per_tenant"), ("B1", 2, "split_room")):
            self.house.room(number, 1_700_001, capacity=capacity, basis=basis)
        self.house.room("B2", capacity=3)
        for name in ("Ani", "Budi", "Citra"):
            self.house.tenant(name)

    @rule(days=st.sampled_from([1, 5, 20, 45]))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        travel(self.conn, self.today)
        accrue(self.conn)
        pass_day(self.conn)

    @rule(
        name=names,
        number=numbers,
        day=away,
        rent=rents,
        billing_day=billing_days,
        brought=st.sampled_from([None, 0, 40]),
    )
    def assign(
        self, name: str, number: str, day: int, rent: Decimal | None, billing_day: int | None, brought: int | None
    ) -> None:
        starts = self.at(day)
        since = None if brought is None else starts + timedelta(days=brought)
        more = {"monthly_rent": rent, "billing_day": billing_day, "billed_from": since}
        self.attempt(lambda: assign_tenant(self.conn, self.tenant(name), self.room(number), starts, **more))

    @rule(name=names, number=numbers, day=st.one_of(st.none(), away))
    def move(self, name: str, number: str, day: int | None) -> None:
        on = None if day is None else self.at(day)
        self.attempt(lambda: move_tenant(self.conn, self.tenant(name), self.room(number), on))

    @rule(name=names, day=away, refund=st.sampled_from(["none", "prorate"]))
    def leave(self, name: str, day: int, refund: str) -> None:
        self.attempt(lambda: move_out(self.conn, self.tenant(name), self.at(day), refund=refund))

    @rule(
        name=names,
        day=away,
        rent=st.sampled_from([Decimal(0), Decimal(2_000_000)]),
        new_day=st.sampled_from([1, 5, 31]),
    )
    def change_terms(self, name: str, day: int, rent: Decimal, new_day: int) -> None:
        if rent:
            self.attempt(lambda: change_billing_day(self.conn, self.tenant(name), new_day, self.at(day)))
        else:
            self.attempt(lambda: change_rent(self.conn, self.tenant(name), rent, self.at(day)))

    @rule(name=names, amount=amounts, day=away)
    def pay(self, name: str, amount: Decimal, day: int) -> None:
        self.attempt(lambda: record_payment(self.conn, self.tenant(name), amount, min(self.at(day), self.today)))

    @rule(name=names, kind=st.sampled_from(["water", "opening", "credit", "late_fee", "refund"]), day=away)
    def charge(self, name: str, kind: str, day: int) -> None:
        self.attempt(lambda: post_charge(self.conn, self.tenant(name), Decimal(100_000), kind, due_on=self.at(day)))

    @rule(name=names, change=st.sampled_from([add_deposit, apply_deposit, refund_deposit]), amount=amounts)
    def hold(self, name: str, change: Callable[..., int], amount: Decimal) -> None:
        self.attempt(lambda: change(self.conn, self.tenant(name), amount, self.today))

    @rule(table=st.sampled_from([charges, payments]), which=st.integers(0, 60))
    def void(self, table: Table, which: int) -> None:
        ids = list(self.conn.execute(select(table.c.id).order_by(table.c.id)).scalars())
        take_back = void_charge if table is charges else void_payment
        if ids:
            self.attempt(lambda: take_back(self.conn, ids[which % len(ids)], "wrong"))

    @rule(number=numbers, status=st.sampled_from(["available", "renovation"]), capacity=st.integers(1, 3))
    def refit(self, number: str, status: str, capacity: int) -> None:
        self.attempt(lambda: set_room_status(self.conn, self.room(number), status))
        self.attempt(lambda: edit_room(self.conn, self.room(number), {"capacity": capacity}))

    @rule()
    def deliver(self) -> None:
        self.house.deliver()

    def at(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def tenant(self, name: str) -> TenantRef:
        return find_tenant(self.conn, name)

    def room(self, number: str) -> RoomRef:
        return find_room(self.conn, number, "KOSA")

    def attempt(self, change: Callable[[], object]) -> None:
        """A refusal is fine; half a change, or an error without words, is not."""
        try:
            with self.conn.begin_nested():
                change()
        except EkostError:
            return

    @invariant()
    def all_checks_are_silent(self) -> None:
        assert list(run_checks(self.conn)) == []


def test_no_order_of_changes_breaks_an_invariant(shared_database: Database) -> None:
    HouseMachine.database = shared_database
    run_state_machine_as_test(
        HouseMachine,
        settings=settings(
            max_examples=10, stateful_step_count=15, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
