"""Readings of meters (R16): what was used is charged to those who live behind the meter, in one transaction.

What a meter counts up to a day belongs to who lived there until then: a reading on the day on which somebody moves in
or out is the boundary between the two.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY, BIGINT

from db.domain.dates import require_not_future
from db.domain.texts import clean
from db.domain.utilities import (
    ReadingFallsError,
    ReadingOrderError,
    Replacement,
    cost_of,
    plain,
    shares_of,
    span_of,
    usage_between,
    working,
)
from db.errors import N_, RuleError, UsageError
from db.events import Event, append, reserve_event
from db.repositories.leases import Lease, load_leases
from db.repositories.meters import MeterRef, Meters, ReadingNotFoundError, TariffRow
from db.services.guard import refusing
from db.services.meters import MeterRetiredError
from db.services.requests import claim_key
from db.services.reversals import reverse_charge
from db.services.utilities import Posting, post_utilities
from db.tables import charges, leases, meter_reading_voids, meter_readings, meters, tenants, utility_charges


class NothingReadError(UsageError):
    """No reading at all."""

    code = "nothing_read"
    message = N_("Nothing was read.")
    hint = N_("Give a meter and what it shows, such as `ekost meter read A1 1327.8`.")


class ReadingsElsewhereError(RuleError):
    """Readings are posted house by house."""

    code = "readings_elsewhere"
    message = N_("These meters belong to different properties.")
    hint = N_("Enter the readings of each property apart.")


class NoTariffError(RuleError):
    """Something was used, and nobody has said what it costs."""

    code = "tariff_missing"
    message = N_("There is no tariff for {kind} on {day}.")
    hint = N_("Say what it costs with `ekost meter tariff`, or that it is included: --mode included.")


class ReplacedNothingError(RuleError):
    """A first reading has none before it that a replaced meter could go on from."""

    code = "replaced_nothing"
    message = N_("Meter {meter} has no reading yet that an old meter could have gone on from.")


class ReadingVoidedError(RuleError):
    """A reading is taken back once."""

    code = "reading_voided"
    message = N_("Reading {id} was taken back already.")


class LaterReadingError(RuleError):
    """What was used later is counted from this reading."""

    code = "later_reading"
    message = N_("A later reading stands on reading {id}.")
    hint = N_("Take the later ones back first, the last one at the beginning.")


class Read(NamedTuple):
    """What a meter shows; with a `replacement` it is the figure of the new one."""

    meter: MeterRef
    value: Decimal
    replacement: Replacement | None = None


def post_readings(conn: Connection, reads: Sequence[Read], on: date | None = None, *, key: str | None = None) -> int:
    """Enter what meters of one property show on a day (today unless said), and charge what was used (R16).

    Whoever lived in a room the night before pays, several an even share; an empty room and a first reading post
    nothing. Returns the id of the event that tells of all. Raises ReadingFallsError, ReadingOrderError, NoTariffError,
    FutureDateError, MeterRetiredError, NothingReadError, ReadingsElsewhereError, KeyReusedError.
    """
    if not reads:
        raise NothingReadError
    told = [(read.meter.id, read.value, read.replacement and str(read.replacement)) for read in reads]
    claim = claim_key(conn, key, "post_readings", on, str(told))
    if claim.answer is not None:
        return claim.answer
    house = {read.meter.property_id for read in reads}
    if len(house) > 1:
        raise ReadingsElsewhereError
    day = require_not_future(on or reads[0].meter.today, reads[0].meter.today)
    guests = _guests(conn, [read.meter for read in reads], day)
    event_id = reserve_event(conn)
    entered = [_enter(conn, read, day, event_id) for read in _held(conn, reads, day)]
    payload = {
        "date": day, "readings": [_told(read, row) for read, row in entered],
        **({"roomId": reads[0].meter.room_id} if len({read.meter.room_id for read in reads}) == 1 else {}),
    }  # fmt: skip
    append(conn, Event("MetersRead", "meter", event_id, payload, house.pop()), event_id=event_id)
    tariffs = Meters(conn).tariffs_on(reads[0].meter.property_id, day)
    post_utilities(conn, [p for read, row in entered for p in _charged(read, row, day, guests, tariffs)])
    claim.keep(event_id)
    return event_id


def void_reading(conn: Connection, reading_id: int, reason: str, *, key: str | None = None) -> int:
    """Take the last reading of a meter back, and with it what was charged for it. Returns its id.

    Raises ReadingNotFoundError, ReadingVoidedError, LaterReadingError.
    """
    why = clean(reason, "reason", 500)
    claim = claim_key(conn, key, "void_reading", reading_id, why)
    if claim.answer is not None:
        return claim.answer
    query = select(meter_readings, meters.c.room_id).join(meters, meters.c.id == meter_readings.c.meter_id)
    found = conn.execute(query.where(meter_readings.c.id == reading_id)).first()
    if found is None:
        raise ReadingNotFoundError(id=reading_id)
    posted = _charged_for(conn, reading_id)
    event_id = reserve_event(conn)
    row = {"reading_id": reading_id, "property_id": found.property_id, "reason": why, "event_id": event_id}
    errors = {
        "meter_reading_voids_once": ReadingVoidedError(id=reading_id),
        "meter_reading_voids_last": LaterReadingError(id=reading_id),
    }
    with refusing(conn, errors):
        conn.execute(insert(meter_reading_voids).values(row))
    payload = {"readingId": reading_id, "meterId": found.meter_id, "roomId": found.room_id, "value": plain(found.value),
               "date": found.read_on, "reason": why}  # fmt: skip
    append(conn, Event("ReadingVoided", "meter", found.meter_id, payload, found.property_id), event_id=event_id)
    for charge_id in posted:
        reverse_charge(conn, charge_id, why)
    claim.keep(reading_id)
    return reading_id


def _guests(conn: Connection, read: Iterable[MeterRef], day: date) -> dict[int, list[Lease]]:
    """Who pays for the meters of each room: who lived there in the night before; the tenants are locked."""
    behind: dict[int, date] = {}
    for meter in read:
        if meter.room_id is not None:
            behind[meter.room_id] = day if meter.last_on == day else day - timedelta(days=1)
    lately = leases.c.ends_on.is_(None) | (leases.c.ends_on >= day - timedelta(days=1))
    there = leases.c.room_id.in_(behind) & lately & (leases.c.starts_on <= day)
    ids = conn.execute(select(leases.c.tenant_id).where(there)).scalars().all()
    conn.execute(
        select(tenants.c.id).where(tenants.c.id.in_(ids)).order_by(tenants.c.id).with_for_update(key_share=True)
    )
    found: dict[int, list[Lease]] = {}
    for lease in load_leases(conn, there):
        if lease.covers(behind[lease.room_id]):
            found.setdefault(lease.room_id, []).append(lease)
    return found


_HOLD = text("select hold_meters(:ids)").bindparams(bindparam("ids", type_=ARRAY(BIGINT)))


def _held(conn: Connection, reads: Sequence[Read], day: date) -> Iterable[Read]:
    """The readings with their meters as they are now that nobody else reads them; a meter read twice goes on."""
    ids = [read.meter.id for read in reads]
    conn.execute(_HOLD, {"ids": ids})
    known = Meters(conn).refs(ids)
    for read in reads:
        meter = known[read.meter.id]
        yield read._replace(meter=meter)
        known[meter.id] = meter._replace(last=read.value, last_on=day)


def _enter(conn: Connection, read: Read, day: date, event_id: int) -> tuple[Read, Row[Any]]:
    """The row of a reading. Raises ReadingFallsError, ReadingOrderError, MeterRetiredError, ReplacedNothingError."""
    meter, new = read.meter, read.replacement
    if meter.last is None and new is not None:
        raise ReplacedNothingError(meter=meter.name)
    if meter.last is not None:
        if meter.last_on is not None and day < meter.last_on:
            raise ReadingOrderError(meter=meter.name, day=meter.last_on, read_on=day)
        usage_between(meter.last, read.value, new, meter=meter.name, on=meter.last_on)
    row = {"property_id": meter.property_id, "meter_id": meter.id, "read_on": day, "value": read.value,
           "old_last": new and new.old_last, "new_first": new and new.new_first, "event_id": event_id}  # fmt: skip
    errors = {
        "meter_readings_fall": ReadingFallsError(
            meter=meter.name, previous=meter.last, day=meter.last_on, value=read.value
        ),
        "meter_readings_order": ReadingOrderError(meter=meter.name, day=meter.last_on, read_on=day),
        "meter_readings_retired": MeterRetiredError(meter=meter.name, day=meter.retired_on),
    }
    with refusing(conn, errors):
        return read, conn.execute(insert(meter_readings).values(row).returning(meter_readings)).one()


def _charged(
    read: Read, row: Row[Any], day: date, guests: dict[int, list[Lease]], tariffs: dict[str, TariffRow]
) -> Iterable[Posting]:
    """What a reading costs whom. Raises NoTariffError where something was used that has no price."""
    meter, payers = read.meter, guests.get(read.meter.room_id or 0, [])
    if not row.usage or not payers:
        return
    if (tariff := tariffs.get(meter.kind)) is None:
        raise NoTariffError(kind=meter.kind, day=day)
    if tariff.mode != "metered" or tariff.amount is None or meter.last is None or meter.last_on is None:
        return
    step = payers[0].rounding
    amount = cost_of(row.usage, tariff.amount, step)
    words = working(meter.last, read.value, read.replacement, meter.unit, tariff.amount, len(payers))
    span = span_of(meter.last_on, day)
    start, end = (None, None) if span is None else (span.start, span.end)
    for lease, share in zip(payers, shares_of(amount, len(payers), step), strict=True):
        if share:
            yield Posting(
                lease.id, meter.kind, tariff.id, row.id, start, end, None, None, day,
                day + timedelta(days=lease.grace_days), share, words,
            )  # fmt: skip


def _charged_for(conn: Connection, reading_id: int) -> list[int]:
    """The charges of a reading that stand; their tenants are locked."""
    u, reversal = utility_charges.c, charges.alias()
    query = select(charges.c.tenant_id, charges.c.id).join(utility_charges, u.charge_id == charges.c.id)
    query = query.where(u.reading_id == reading_id)
    ids = [row.tenant_id for row in conn.execute(query)]
    conn.execute(
        select(tenants.c.id).where(tenants.c.id.in_(ids)).order_by(tenants.c.id).with_for_update(key_share=True)
    )
    living = query.where(~select(reversal.c.id).where(reversal.c.reverses_id == charges.c.id).exists())
    return [row.id for row in conn.execute(living.order_by(charges.c.id))]


def _told(read: Read, row: Row[Any]) -> dict[str, object]:
    new = read.replacement
    replaced = {} if new is None else {"oldLast": plain(new.old_last), "newFirst": plain(new.new_first)}
    before = {} if read.meter.last is None else {"previous": plain(read.meter.last)}
    return {"id": row.id, "meterId": read.meter.id, "meter": read.meter.name, "kind": read.meter.kind,
            "value": plain(read.value), **before, **replaced}  # fmt: skip
