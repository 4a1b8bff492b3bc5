"""Houses by the hundred: who lives where, since when, at what rent, and how they pay. Pure, and drawn from a seed.

Twenty-five tenants take twenty-four rooms: one each, two who share one, and one who has left an empty room behind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from db.demo.habits import Habit
from db.demo.people import Person, invent
from db.demo.plot import RoomPlan, ago

BLOCK = 25
HOUSE = 20 * BLOCK
MONTHS = 24
_ALONE, _SHARED = 22, 2

_PLACES = (
    ("Yogyakarta", "Asia/Jakarta"), ("Bandung", "Asia/Jakarta"), ("Depok", "Asia/Jakarta"), ("Malang", "Asia/Jakarta"),
    ("Surabaya", "Asia/Jakarta"), ("Semarang", "Asia/Jakarta"), ("Medan", "Asia/Jakarta"), ("Padang", "Asia/Jakarta"),
    ("Denpasar", "Asia/Makassar"), ("Makassar", "Asia/Makassar"), ("Jayapura", "Asia/Jayapura"),
)  # fmt: skip
_NAMES = ("Cempaka", "Dahlia", "Flamboyan", "Kamboja", "Kenanga", "Mawar", "Sakura", "Seroja", "Teratai", "Wijaya")
_STREETS = ("Jl. Kartini", "Jl. Merdeka", "Jl. Pahlawan", "Jl. Sudirman", "Jl. Veteran", "Gang Mangga", "Gang Melati")
_POLICIES: tuple[dict[str, object], ...] = (
    {},
    {"grace_days": 3},
    {"billing_day": 1, "grace_days": 5, "rounding": Decimal(1000)},
    {"billing_day": 5, "grace_days": 3, "rounding": Decimal(500)},
)
_KINDS = (
    ("Kipas angin", 850_000), ("Kipas angin", 1_000_000), ("AC", 1_400_000), ("AC, kamar mandi dalam", 1_800_000),
)  # fmt: skip
# Out of a hundred: how many pay how.
_HABITS = (
    (58, Habit(late=(-2, 4))),
    (16, Habit(late=(-3, 0))),
    (8, Habit(late=(3, 15))),
    (4, Habit(part=Decimal("0.5"))),
    (4, Habit(behind=1)),
    (3, Habit(every=3)),
    (2, Habit(behind=2)),
    (2, Habit(behind=4)),
    (2, Habit(every=6)),
    (1, Habit(skipped=7)),
)


class Rent(NamedTuple):
    """What a lease costs from a day on."""

    effective_on: date
    monthly_rent: Decimal
    billing_day: int


@dataclass(frozen=True, slots=True)
class Tenancy:
    """A tenant, the place in the list of rooms and the bed, the days [starts_on, ends_on), the rents and the habit."""

    person: Person
    room: int
    slot: int
    starts_on: date
    ends_on: date | None
    rents: tuple[Rent, ...]
    habit: Habit

    def is_current(self, today: date) -> bool:
        """Do they sleep there tonight?"""
        return self.starts_on <= today and (self.ends_on is None or self.ends_on > today)


class Seat(NamedTuple):
    """A place in a house: a bed, and whether who had it has left."""

    room: int
    slot: int
    left: bool


def house_values(random: Random) -> dict[str, Any]:
    """Name, address and policy of a house."""
    place, timezone = random.choice(_PLACES)
    address = f"{random.choice(_STREETS)} No. {random.randint(1, 199)}, {place}"
    return {"name": f"Kos {random.choice(_NAMES)} {place}", "address": address, "timezone": timezone,
            **random.choice(_POLICIES)}  # fmt: skip


def rooms_for(tenants: int, random: Random) -> list[RoomPlan]:
    """As many rooms as so many tenants take, `A01`, `A02`, … block by block."""
    rooms = []
    for place in range(seat(tenants - 1).room + 1):
        block, number = divmod(place, _ALONE + 2)
        room_type, rent = random.choice(_KINDS)
        capacity = _SHARED if number == _ALONE else 1
        rooms.append(RoomPlan(f"{chr(ord('A') + block)}{number + 1:02d}", rent, room_type, capacity))
    return rooms


def tenancies(
    first: int, count: int, rooms: Sequence[RoomPlan], billing_day: int | None, today: date, random: Random
) -> Iterator[Tenancy]:
    """The tenants of a house; the first one has the number `first`, the following ones the next."""
    habits, weights = [habit for _, habit in _HABITS], [weight for weight, _ in _HABITS]
    for place in range(count):
        here = seat(place)
        starts_on, ends_on, day = _stay(here.left, today, random)
        rent = Decimal(rooms[here.room].rent)
        rents = tuple(_rents(starts_on, rent, billing_day or day, today, random))
        (habit,) = random.choices(habits, weights)
        yield Tenancy(invent(random, first + place), here.room, here.slot, starts_on, ends_on, rents, habit)


def seat(place: int) -> Seat:
    """Where the tenant at this place of the list lives."""
    block, number = divmod(place, BLOCK)
    room = block * (_ALONE + 2) + min(number, _ALONE)
    if number == BLOCK - 1:
        return Seat(room + 1, 1, left=True)
    return Seat(room, 1 + max(number - _ALONE, 0), left=False)


def _stay(left: bool, today: date, random: Random) -> tuple[date, date | None, int]:
    """First day, the day after the last, and the day of the month that was agreed on; 31 is the last of any."""
    day = random.randint(1, 31)
    if left:
        return ago(random.randint(10, MONTHS), day)(today), ago(random.randint(1, 8), random.randint(1, 28))(today), day
    # Most have been there all the time; who came in the month of today may have yet to come.
    months = MONTHS if random.random() < 0.6 else random.randint(0, MONTHS)
    leaves_soon = months > 1 and random.random() < 0.01
    ends_on = today + timedelta(days=random.randint(3, 40)) if leaves_soon else None
    return ago(months, day)(today), ends_on, day


def _rents(starts_on: date, rent: Decimal, billing_day: int, today: date, random: Random) -> Iterator[Rent]:
    yield Rent(starts_on, rent, billing_day)
    raised_on = starts_on + timedelta(days=365)
    if raised_on < today and random.random() < 0.25:
        yield Rent(raised_on, rent + 50_000, billing_day)
