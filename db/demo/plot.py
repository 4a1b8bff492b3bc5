"""The words in which the made-up kos is told: houses, rooms, residents and what happens to them.

Days are told relative to today, so that the two years end today whenever the demo is made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

from db.demo.habits import Habit
from db.domain.periods import YearMonth

# A day, once today is known.
When = Callable[[date], date]


def ago(months: int, day: int) -> When:
    """The `day` of the month so many months before this one, or its last day."""

    def when(today: date) -> date:
        month = YearMonth.of(today)
        for _ in range(months):
            month = month.previous
        return month.clamp(day)

    return when


def in_days(days: int) -> When:
    """So many days from today; negative: ago."""
    return lambda today: today + timedelta(days=days)


class RoomPlan(NamedTuple):
    """A room to be built."""

    number: str
    rent: int
    room_type: str
    capacity: int = 1
    basis: str = "per_tenant"


@dataclass(frozen=True, slots=True)
class House:
    """A property, its policy and its rooms."""

    code: str
    name: str
    policy: dict[str, object]
    rooms: tuple[RoomPlan, ...]


@dataclass(frozen=True, slots=True)
class Moves:
    """The resident moves to another room on a day (R6)."""

    on: When
    room: str


@dataclass(frozen=True, slots=True)
class PaysRent:
    """The rent changes from a day on (R5)."""

    on: When
    amount: int


@dataclass(frozen=True, slots=True)
class IsBilled:
    """The billing day changes from a day on (R4)."""

    on: When
    day: int


@dataclass(frozen=True, slots=True)
class Leaves:
    """The resident leaves (R7); with `settled` what is left of the deposit is given back, debts taken from it (R8)."""

    on: When
    refund: Literal["none", "prorate"] = "none"
    settled: bool = False
    damage: int = 0


@dataclass(frozen=True, slots=True)
class UsedPower:
    """The resident's meter was read (R16)."""

    on: When
    kilowatt_hours: Decimal


Turn = Moves | PaysRent | IsBilled | Leaves | UsedPower


@dataclass(frozen=True, slots=True)
class Resident:
    """A tenant: the first word of the name is the code."""

    name: str
    house: str
    room: str
    since: When
    habit: Habit
    deposit: int = 0
    billing_day: int | None = None
    turns: tuple[Turn, ...] = ()

    @property
    def code(self) -> str:
        """What the tenant is called on the command line."""
        return self.name.split()[0].upper()
