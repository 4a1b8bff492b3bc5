"""The round from meter to meter: what a reading that was typed means, before anything is posted."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from db.domain.utilities import JUMP, is_jump, parse_shown, usage_between
from db.repositories.meters import Stop
from db.services.readings import Read, ReplacedNothingError


class Taken(NamedTuple):
    """A reading of the round: what was used since the last one, None at the first, and whether that is much more than
    usual.
    """

    read: Read
    usage: Decimal | None
    doubtful: bool


def take(stop: Stop, text: str, day: date, factor: Decimal = JUMP) -> Taken:
    """What was typed at a meter, `1327,8` or where it was replaced `1340>12,5`.

    Raises ReadingTextError, ReadingAmbiguousError, ReadingFallsError, ReplacedNothingError.
    """
    meter = stop.meter
    value, new = parse_shown(text)
    if meter.last is None or meter.last_on is None:
        if new is not None:
            raise ReplacedNothingError(meter=meter.name)
        return Taken(Read(meter, value), None, doubtful=False)
    usage = usage_between(meter.last, value, new, meter=meter.name, on=meter.last_on)
    return Taken(
        Read(meter, value, new), usage, doubtful=is_jump(usage, (day - meter.last_on).days, stop.usual, factor)
    )
