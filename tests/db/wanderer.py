"""A ledger as chance would have it: whatever people may do to a house, in no order."""

import random
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import Connection

from db.repositories.lookup import find_property
from db.services.deposits import add_deposit, apply_deposit, bring_deposit, refund_deposit
from db.services.expenses import record_expense, void_expense
from db.tables import charges, payments
from tests.db.repositories.test_checks_machine import HouseMachine

_NAMES = ("Ani", "Budi", "Citra")
_ROOMS = ("A1", "A2", "B1", "B2")
_AMOUNTS = tuple(map(Decimal, ("500000", "1500000", "9000000.50", "0.01")))


class Wanderer(HouseMachine):
    """The machine of the checks, in a transaction of the caller's, led by a seed."""

    def __init__(self, conn: Connection, seed: int) -> None:
        RuleBasedStateMachine.__init__(self)
        self.stack, self.conn, self.today = ExitStack(), conn, date(2025, 1, 1)
        self.chance = random.Random(seed)
        self.build(date(2025, 1, self.chance.randint(1, 31)), 3, self.one(None, 1, 31), "daily", Decimal(1))

    def one(self, *of: Any) -> Any:
        """Any of these."""
        return self.chance.choice(of)

    def wander(self, steps: int) -> None:
        """So many things happen."""
        for name, number in zip(_NAMES, ("A1", "A2", "B1"), strict=True):
            self.assign(name, number, 0, None, self.one(None, 10), None)
        for _ in range(steps):
            self.one(*_HAPPENING)(self, self.one(*_NAMES), self.chance.randint(-70, 40))

    def goes_on(self, _name: str, _day: int) -> None:
        self.days_pass(self.one(1, 5, 20, 45))

    def pays(self, name: str, day: int) -> None:
        self.pay(name, self.one(*_AMOUNTS), day)

    def owes(self, name: str, day: int) -> None:
        self.charge(name, self.one("water", "opening", "credit", "late_fee", "refund"), day)

    def deposits(self, name: str, _day: int) -> None:
        change = self.one(add_deposit, add_deposit, apply_deposit, refund_deposit)
        self.hold(name, change, self.one(*_AMOUNTS))

    def brings(self, name: str, day: int) -> None:
        much, held_on = self.one(*_AMOUNTS), self.at(min(day, 0))
        self.attempt(lambda: bring_deposit(self.conn, self.tenant(name), much, held_on))

    def errs(self, _name: str, _day: int) -> None:
        self.void(self.one(charges, payments), self.chance.randrange(60))

    def spends(self, name: str, day: int) -> None:
        kosa, much = find_property(self.conn, "KOSA"), self.one(*_AMOUNTS)
        kind, method = self.one("water", "tax", "transfer", "other"), self.one("cash", "transfer", "other")
        spent_on = min(self.at(day), kosa.today)

        def spend() -> None:
            spent = record_expense(self.conn, kosa, much, kind, spent_on=spent_on, method=method, payee=name)
            if self.one(True, False):
                void_expense(self.conn, spent, "wrong")

        self.attempt(spend)

    def comes(self, name: str, day: int) -> None:
        self.assign(name, self.one(*_ROOMS), day, None, None, self.one(None, 40))

    def moves(self, name: str, day: int) -> None:
        self.move(name, self.one(*_ROOMS), self.one(None, day))

    def goes(self, name: str, day: int) -> None:
        self.leave(name, day, "prorate")


_HAPPENING = (
    *(Wanderer.goes_on, Wanderer.goes_on, Wanderer.pays, Wanderer.pays, Wanderer.owes, Wanderer.deposits),
    *(Wanderer.spends, Wanderer.brings, Wanderer.errs, Wanderer.comes, Wanderer.moves, Wanderer.goes),
)
