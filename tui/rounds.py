"""A round from meter to meter as it stands: what was typed at which, kept until it is posted."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from db.errors import EkostError
from locales.catalogs import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import PropertyRow
    from db.repositories.meters import Stop, TariffRow
    from db.services.readings import Read
    from db.services.rounds import Taken


class RoundRow(NamedTuple):
    """A meter of the round: what it showed last, and what was typed; `amount` is what all of its room pays."""

    meter_id: int
    room: str
    tenants: str
    kind: str
    last: Decimal | None
    last_on: date | None
    value: Decimal | None
    usage: Decimal | None
    unit: str
    amount: Decimal | None
    currency: str


class Surroundings(NamedTuple):
    """What a round needs of the book: the meters in their order, and what is used costs."""

    house: "PropertyRow"
    day: date
    stops: "Sequence[Stop]"
    tariffs: "Mapping[str, TariffRow]"
    step: Decimal


def surroundings(conn: "Connection", code: str | None, day: date | None) -> Surroundings:
    """The round of a property, the only one if none is named, on a day or today. Raises PropertyNotFoundError."""
    from db.repositories.lookup import find_property
    from db.repositories.meters import Meters
    from db.repositories.policies import Policies

    house = find_property(conn, code)
    on, meters = day or house.today, Meters(conn)
    step = Policies(conn).on(house.id, on).rounding
    return Surroundings(house, on, meters.round(house.id, on), meters.tariffs_on(house.id, on), step)


def gone_on(conn: "Connection", code: str | None, rounds: "Mapping[int, Round]") -> "Round":
    """The round of a property as it was left, else a new one of today. Raises PropertyNotFoundError."""
    seen = surroundings(conn, code, None)
    left = rounds.get(seen.house.id)
    if left is None or not left.texts:
        return Round(seen)
    left.look(seen if seen.day == left.seen.day else surroundings(conn, code, left.seen.day))
    return left


class Round:
    """What was read so far. It stays when the screen is left, and goes on from there."""

    def __init__(self, seen: Surroundings) -> None:
        self.seen = seen
        self.texts: dict[int, str] = {}
        self._taken: dict[int, Taken] = {}
        self.renew()

    def renew(self) -> None:
        """What is posted from now on is another request; an attempt that got no answer is found again by its key."""
        self.key = f"tui-{uuid4()}"

    def look(self, seen: Surroundings) -> None:
        """Go on in what the book says by now; a figure that fits no more is to be typed anew."""
        self.seen = seen
        texts, self.texts, self._taken = self.texts, {}, {}
        for stop in seen.stops:
            if (text := texts.get(stop.meter.id)) is not None:
                with suppress(EkostError):
                    self.keep(stop, text)

    def take(self, stop: "Stop", text: str) -> "Taken":
        """What was typed at a meter. Raises as `db.services.rounds.take`."""
        from db.services.rounds import take

        return take(stop, text, self.seen.day)

    def keep(self, stop: "Stop", text: str) -> None:
        """It is believed. Raises as `take`."""
        self._taken[stop.meter.id] = self.take(stop, text)
        self.texts[stop.meter.id] = text

    def drop(self, stop: "Stop") -> None:
        """Nothing was read there after all."""
        self._taken.pop(stop.meter.id, None)
        self.texts.pop(stop.meter.id, None)

    @property
    def reads(self) -> "list[Read]":
        """What is to be posted, in the order of the round."""
        return [self._taken[stop.meter.id].read for stop in self.seen.stops if stop.meter.id in self._taken]

    def first_open(self) -> int:
        """The place of the first meter that was not read yet, or of the first one."""
        return next((n for n, stop in enumerate(self.seen.stops) if stop.meter.id not in self._taken), 0)

    def amount(self, stop: "Stop", usage: Decimal | None) -> Decimal | None:
        """What those who live behind a meter pay together; None where nobody pays by the meter."""
        from db.domain.utilities import cost_of

        tariff = self.seen.tariffs.get(stop.meter.kind)
        if usage is None or not stop.tenants or tariff is None or tariff.mode != "metered" or tariff.amount is None:
            return None
        return cost_of(usage, tariff.amount, self.seen.step)

    def rows(self) -> list[RoundRow]:
        """The meters with what was read at them."""
        return [self._row(stop) for stop in self.seen.stops]

    def _row(self, stop: "Stop") -> RoundRow:
        meter, taken = stop.meter, self._taken.get(stop.meter.id)
        usage, value = (taken.usage, taken.read.value) if taken else (None, None)
        return RoundRow(
            meter.id, meter.name, stop.tenants, meter.kind, meter.last, meter.last_on, value, usage,
            meter.unit, self.amount(stop, usage), self.seen.house.currency,
        )  # fmt: skip


class Charged(NamedTuple):
    """The readings of a round, and what was charged for each."""

    ids: list[int]
    amounts: list[Decimal | None]


def post_round(round_: Round, conn: "Connection") -> Charged:
    """Enter all that was read, and charge it; once, however often it is tried. Raises as `post_readings`."""
    from db.repositories.meters import Meters
    from db.services.readings import post_readings

    rows = Meters(conn).under(post_readings(conn, round_.reads, round_.seen.day, key=round_.key))
    return Charged([row.id for row in rows], [row.amount for row in rows])


def take_back(ids: list[int], conn: "Connection") -> int:
    """Take a round back, the last reading first."""
    from db.services.readings import void_reading

    return [void_reading(conn, one, _("taken back at once")) for one in reversed(ids)][-1]
