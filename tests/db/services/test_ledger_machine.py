"""Whatever is done to a ledger, in whatever order: the stored balance is what the rules work out."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from db.domain.allocation import allocate, oldest_due_on, paid_through, status
from db.domain.ledger import balance, standing
from db.domain.rent import rent_due
from db.engine import Database
from db.errors import NotFoundError, RuleError
from db.repositories.entries import Entries
from db.repositories.leases import tenant_leases
from db.repositories.lookup import find_property, find_room
from db.services.charges import post_charge
from db.services.deposits import add_deposit, apply_deposit, deposit_state
from db.services.leases import change_rent
from db.services.moves import move_out, move_tenant
from db.services.payments import record_payment
from db.services.reversals import void_charge, void_payment
from db.tables import balances, charges, payments
from tests.db.services.house import House

amounts = st.decimals(min_value=1, max_value=5_000_000, places=2)
rents = st.decimals(min_value=400_000, max_value=5_000_000, places=2)
days_back = st.integers(min_value=0, max_value=150)


class LedgerMachine(RuleBasedStateMachine):
    """Budi in a house of two rooms, for half a year."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.conn = self.stack.enter_context(self.database.transaction(dry_run=True))
        self.house = House.build(self.conn, charge_order=["late_fee", "other", "utilities", "rent"])
        self.house.room()
        self.house.room("A2", 1_700_000)

    def teardown(self) -> None:
        self.stack.close()

    @initialize(back=days_back, day=st.integers(1, 31))
    def move_in(self, back: int, day: int) -> None:
        self.today = find_property(self.conn, "KOSA").today
        self.budi = self.house.let(self.today - timedelta(days=back), billing_day=day)

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    @rule(amount=amounts, back=days_back)
    def pay(self, amount: Decimal, back: int) -> None:
        record_payment(self.conn, self.budi, amount, self.day(back))

    @rule(amount=amounts, kind=st.sampled_from(["water", "damage", "late_fee", "opening", "credit"]), back=days_back)
    def charge(self, amount: Decimal, kind: str, back: int) -> None:
        post_charge(self.conn, self.budi, amount, kind, due_on=self.day(back))

    @rule(amount=amounts)
    def hold_and_apply_a_deposit(self, amount: Decimal) -> None:
        add_deposit(self.conn, self.budi, amount, self.today)
        apply_deposit(self.conn, self.budi, amount / 2 if amount == amount.to_integral() else amount, self.today)

    @rule(which=st.integers(0, 50))
    def void_a_payment(self, which: int) -> None:
        ids = list(self.conn.execute(select(payments.c.id).order_by(payments.c.id)).scalars())
        self.attempt(lambda: void_payment(self.conn, ids[which % len(ids)], "wrong") if ids else None)

    @rule(which=st.integers(0, 50))
    def void_a_charge(self, which: int) -> None:
        ids = list(self.conn.execute(select(charges.c.id).order_by(charges.c.id)).scalars())
        self.attempt(lambda: void_charge(self.conn, ids[which % len(ids)], "wrong") if ids else None)

    @rule(rent=rents, back=st.integers(-60, 60))
    def raise_rent(self, rent: Decimal, back: int) -> None:
        self.attempt(lambda: change_rent(self.conn, self.budi, rent, self.day(back)))

    @rule(back=st.integers(-40, 60), number=st.sampled_from(["A1", "A2"]))
    def move(self, back: int, number: str) -> None:
        self.attempt(lambda: move_tenant(self.conn, self.budi, find_room(self.conn, number), self.day(back)))

    @rule(back=st.integers(-40, 60), refund=st.sampled_from(["none", "prorate"]))
    def leave(self, back: int, refund: str) -> None:
        self.attempt(lambda: move_out(self.conn, self.budi, self.day(back), refund=refund))

    def attempt(self, change: Callable[[], object]) -> None:
        """A refusal is fine; half a change is not."""
        savepoint = self.conn.begin_nested()
        try:
            change()
        except (RuleError, NotFoundError):
            savepoint.rollback()
        else:
            savepoint.commit()

    @invariant()
    def the_stored_balance_is_what_the_rules_work_out(self) -> None:
        entries = Entries(self.conn).of_tenants([self.budi.id])[self.budi.id]
        counted = standing(entries.charges, entries.payments)
        filled = allocate(counted.debts, counted.money)
        ahead = [lease for lease in tenant_leases(self.conn, self.budi.id) if lease.next_period_on is not None]
        upcoming = (
            rent_due(ahead[0].terms, ahead[0].starts_on, ahead[0].ends_on, ahead[0].policy,
                     since=ahead[0].next_period_on, until=self.today + timedelta(days=6000)) if ahead else ()
        )  # fmt: skip
        row = self.conn.execute(select(balances).where(balances.c.tenant_id == self.budi.id)).one()
        assert row.outstanding_balance == balance(entries.charges, entries.payments)
        assert row.deposit_held == deposit_state(self.conn, self.budi.id).held
        assert row.oldest_due_on == oldest_due_on(filled.lines)
        assert row.status == status(filled.lines, filled.credit)
        assert row.paid_through_on == paid_through(filled.lines, credit=filled.credit, upcoming=upcoming)


def test_the_stored_balance_follows_the_rules_in_any_order(shared_database: Database) -> None:
    LedgerMachine.database = shared_database
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=20, stateful_step_count=12, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
