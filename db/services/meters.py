"""Meters and tariffs: added, taken out of use, priced from a day on."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, func, insert, select, update

from db.domain.dates import require_not_future, require_plausible
from db.domain.money import require_positive
from db.domain.texts import clean, clean_or_none
from db.domain.utilities import KINDS, MODES, UNITS
from db.errors import N_, RuleError, UsageError
from db.events import Event, append, reserve_event
from db.repositories.lookup import PropertyRow, RoomRef, find_room
from db.repositories.meters import MeterRef
from db.services.guard import hold_property, refusing
from db.services.requests import claim_key
from db.tables import meters, rooms, tariffs

# Between two meters of the round, so that one can be put in later.
STEP = 10
TARIFF_KINDS = ("electricity", "water", "gas", "internet", "other")


class MeterKindError(UsageError):
    """Not a kind of meter that we know."""

    code = "meter_kind"
    message = N_("{value} is no kind of utility.")
    hint = N_("Use {allowed}.")


class TariffModeError(UsageError):
    """Not a way in which utilities are charged."""

    code = "tariff_mode"
    message = N_("{value} is no way to charge for utilities.")
    hint = N_("Use included, flat, metered or token; internet is never metered.")


class TariffAmountError(UsageError):
    """An amount where there is none, or none where there must be one."""

    code = "tariff_amount"
    message = N_("A tariff that is flat or metered needs an amount, one that is included or by token has none.")


class MeterExistsError(RuleError):
    """A room has one meter of a kind, and a serial number stands on one meter."""

    code = "meter_exists"
    message = N_("{ref} has such a meter already.")
    hint = N_("Replace it with `ekost meter read --replaced`, or take it out with `ekost meter retire`.")


class MeterPositionError(UsageError):
    """A place in the round out of range."""

    code = "meter_position"
    message = N_("A place in the round is a number from 1 to 100000, not {value}.")


class MeterRetiredError(RuleError):
    """The meter is out of use."""

    code = "meter_retired"
    message = N_("Meter {meter} is out of use since {day}.")


def add_meter(
    conn: Connection,
    prop: PropertyRow,
    room: RoomRef | None,
    kind: str,
    *,
    unit: str | None = None,
    serial: str | None = None,
    position: int | None = None,
    key: str | None = None,
) -> int:
    """Add the meter of a room, or without one of the house; at the end of the round unless said. Returns its id.

    Raises MeterKindError, MeterExistsError, MeterPositionError, UncleanTextError, KeyReusedError.
    """
    if kind not in KINDS:
        raise MeterKindError(value=kind[:40], allowed=list(KINDS))
    counted, number = clean(unit or UNITS[kind], "unit", 10), clean_or_none(serial, "serial", 40)
    room_id = None if room is None else room.id
    claim = claim_key(conn, key, "add_meter", prop.id, room_id, kind, counted, number, position)
    if claim.answer is not None:
        return claim.answer
    hold_property(conn, prop)
    place = position or _last_place(conn, prop.id) + STEP
    if not 1 <= place <= 100_000:
        raise MeterPositionError(value=place)
    event_id = reserve_event(conn)
    row = {"property_id": prop.id, "room_id": room_id, "kind": kind, "unit": counted, "serial": number,
           "position": place, "event_id": event_id}  # fmt: skip
    twice = MeterExistsError(ref=prop.code if room is None else room.number)
    with refusing(conn, {"meters_one_of_a_kind": twice, "meters_house_serial": twice}):
        meter_id = int(conn.execute(insert(meters).values(row).returning(meters.c.id)).scalar_one())
    payload = {"roomId": room_id, "kind": kind, "after": {"unit": counted, "serial": number, "position": place}}
    _tell(conn, Event("MeterAdded", "meter", meter_id, payload, prop.id), event_id)
    claim.keep(meter_id)
    return meter_id


def add_meters(conn: Connection, prop: PropertyRow, kind: str, *, unit: str | None = None) -> list[int]:
    """Add a meter of a kind to every room of a property that has none, in the order of the rooms. Returns their ids."""
    m = meters.c
    there = select(m.room_id).where(m.kind == kind, m.retired_on.is_(None), m.room_id == rooms.c.id)
    query = select(rooms.c.number).where(rooms.c.property_id == prop.id, rooms.c.deleted_at.is_(None), ~there.exists())
    numbers = conn.execute(query.order_by(rooms.c.number_key, rooms.c.id)).scalars().all()
    return [add_meter(conn, prop, find_room(conn, number, prop.code), kind, unit=unit) for number in numbers]


def retire_meter(conn: Connection, meter: MeterRef, on: date | None = None, *, key: str | None = None) -> int:
    """Take a meter out of use from a day on (today unless said); its readings stay. Returns its id.

    Raises FutureDateError, MeterRetiredError.
    """
    claim = claim_key(conn, key, "retire_meter", meter.id, on)
    if claim.answer is not None:
        return claim.answer
    day = require_not_future(on or meter.today, meter.today)
    if meter.retired_on is not None or (meter.last_on is not None and day < meter.last_on):
        raise MeterRetiredError(meter=meter.name, day=meter.retired_on or meter.last_on)
    conn.execute(update(meters).where(meters.c.id == meter.id).values(retired_on=day))
    payload = {"roomId": meter.room_id, "kind": meter.kind, "date": day}
    _tell(conn, Event("MeterRetired", "meter", meter.id, payload, meter.property_id))
    claim.keep(meter.id)
    return meter.id


def set_tariff(
    conn: Connection,
    prop: PropertyRow,
    kind: str,
    amount: Decimal | None,
    effective_on: date | None = None,
    *,
    mode: str = "metered",
    key: str | None = None,
) -> int:
    """What utilities of a kind cost from a day on (R16): `amount` a unit (metered) or a month (flat). Returns its id.

    What is posted stands. Raises MeterKindError, TariffModeError, TariffAmountError, NonPositiveAmountError.
    """
    if kind not in TARIFF_KINDS:
        raise MeterKindError(value=kind[:40], allowed=list(TARIFF_KINDS))
    if mode not in MODES or (kind, mode) == ("internet", "metered"):
        raise TariffModeError(value=mode[:40])
    if (amount is not None) != (mode in ("flat", "metered")):
        raise TariffAmountError
    if amount is not None:
        require_positive(amount)
    claim = claim_key(conn, key, "set_tariff", prop.id, kind, amount, effective_on, mode)
    if claim.answer is not None:
        return claim.answer
    hold_property(conn, prop)
    day, event_id = require_plausible(effective_on or prop.today), reserve_event(conn)
    row = {"property_id": prop.id, "kind": kind, "effective_on": day, "mode": mode, "amount": amount,
           "event_id": event_id}  # fmt: skip
    tariff_id = int(conn.execute(insert(tariffs).values(row).returning(tariffs.c.id)).scalar_one())
    payload = {"kind": kind, "mode": mode, "amount": amount, "effectiveOn": day}
    _tell(conn, Event("TariffSet", "tariff", tariff_id, payload, prop.id), event_id)
    claim.keep(tariff_id)
    return tariff_id


def _last_place(conn: Connection, property_id: int) -> int:
    query = select(func.coalesce(func.max(meters.c.position), 0)).where(meters.c.property_id == property_id)
    return int(conn.execute(query).scalar_one())


def _tell(conn: Connection, event: Event, event_id: int | None = None) -> None:
    append(conn, event, event_id=event_id)
