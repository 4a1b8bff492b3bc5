"""Questions about meters, what they showed, and what a unit costs."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Date, Select, and_, case, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from db.errors import N_, NotFoundError
from db.repositories.lookup import AmbiguousError
from db.repositories.paging import DEFAULT_LIMIT, Keyset, Page, Way, read_page
from db.tables import (
    charges,
    leases,
    meter_reading_voids,
    meter_readings,
    meters,
    properties,
    rooms,
    tariffs,
    tenants,
    utility_charges,
)

# So many usages before tell what is usual.
USUAL = 12


class MeterNotFoundError(NotFoundError):
    """No meter is meant by these words."""

    code = "meter_not_found"
    message = N_("There is no meter {ref}.")
    hint = N_("`ekost meter list` shows the meters; `ekost meter add` adds one.")


class ReadingNotFoundError(NotFoundError):
    """No reading has this number."""

    code = "reading_not_found"
    message = N_("There is no meter reading {id}.")
    hint = N_("`ekost meter history` shows the numbers.")


class MeterRow(NamedTuple):
    """A meter, its last reading that stands, and who lives behind it today; without a room it is the house's."""

    id: int
    property: str
    room: str | None
    kind: str
    unit: str
    serial: str | None
    position: int
    value: Decimal | None
    read_on: date | None
    tenant: str | None
    retired_on: date | None
    created_at: datetime
    timezone: str


class MeterRef(NamedTuple):
    """A meter as a change needs it, with its last reading that stands; `today` is the day at the property."""

    id: int
    property_id: int
    room_id: int | None
    name: str
    kind: str
    unit: str
    serial: str | None
    retired_on: date | None
    last_id: int | None
    last: Decimal | None
    last_on: date | None
    today: date


class Stop(NamedTuple):
    """A meter of the round, and who pays for it; `usual` are earlier usages and their days, the latest first.

    Somebody has moved in or out since the last reading, and nobody read the meter then, where it `changed_hands`.
    """

    meter: MeterRef
    tenants: str
    changed_hands: bool
    usual: list[tuple[Decimal, int]]


class ReadingRow(NamedTuple):
    """A reading: what was used since the one before and what was charged for it, or why it was taken back."""

    id: int
    property: str
    room: str | None
    kind: str
    read_on: date
    previous: Decimal | None
    value: Decimal
    usage: Decimal | None
    unit: str
    price: Decimal | None
    amount: Decimal | None
    tenants: str | None
    old_last: Decimal | None
    new_first: Decimal | None
    state: str
    reason: str | None
    meter_id: int
    actor: str
    created_at: datetime
    currency: str
    timezone: str


class TariffRow(NamedTuple):
    """What utilities of a kind cost from a day on: an amount a unit or a month, nothing apart, or by token."""

    id: int
    property: str
    kind: str
    effective_on: date
    mode: str
    amount: Decimal | None
    actor: str
    created_at: datetime
    currency: str
    timezone: str


_m, _r, _v, _p, _u = meters.c, meter_readings.c, meter_reading_voids.c, properties.c, utility_charges.c
_stands = ~select(_v.reading_id).where(_v.reading_id == _r.id).exists()
_last = (
    select(_r.id, _r.value, _r.read_on)
    .where(_r.meter_id == _m.id, _stands)
    .order_by(_r.read_on.desc(), _r.id.desc())
    .limit(1)
    .lateral("last_reading")
)
_today = func.business_date(_p.timezone, type_=Date)
_guests = (
    select(func.string_agg(tenants.c.code, aggregate_order_by(literal(", "), leases.c.id)).label("codes"))
    .join_from(leases, tenants)
    .where(
        leases.c.room_id == _m.room_id,
        leases.c.starts_on <= _today,
        or_(leases.c.ends_on.is_(None), leases.c.ends_on > _today),
    )
    .lateral("guests")
)
_METER = (
    _m.id, _p.code, rooms.c.number, _m.kind, _m.unit, _m.serial, _m.position, func.trim_scale(_last.c.value),
    _last.c.read_on, _guests.c.codes, _m.retired_on, _m.created_at, _p.timezone,
)  # fmt: skip
_REF = (
    _m.id, _m.property_id, _m.room_id, func.coalesce(rooms.c.number, _m.serial, _p.code), _m.kind, _m.unit, _m.serial,
    _m.retired_on, _last.c.id, func.trim_scale(_last.c.value), _last.c.read_on, _today,
)  # fmt: skip


class Meters:
    """Meters, readings and tariffs, in one transaction."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def page(
        self,
        *,
        property_id: int | None = None,
        retired: bool = False,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[MeterRow]:
        """A page of meters in the order of the round, property by property; those taken out only if `retired`."""
        query = _meters(*_METER).outerjoin(_guests, true())
        if property_id is not None:
            query = query.where(_m.property_id == property_id)
        if not retired:
            query = query.where(_m.retired_on.is_(None))
        keyset, scope = Keyset([_m.property_id, _m.position, _m.id]), (property_id, retired)
        return read_page(self._conn, query, keyset, MeterRow._make, scope=scope, after=after, limit=limit, way=way)

    def row(self, meter_id: int) -> MeterRow:
        """One meter."""
        query = _meters(*_METER).outerjoin(_guests, true())
        return MeterRow._make(self._conn.execute(query.where(_m.id == meter_id)).one())

    def walk(self, property_id: int) -> list[MeterRef]:
        """The meters of a property that are in use, in the order of the round."""
        query = _meters(*_REF).where(_m.property_id == property_id, _m.retired_on.is_(None))
        return [MeterRef._make(row) for row in self._conn.execute(query.order_by(_m.position, _m.id))]

    def round(self, property_id: int, day: date) -> list[Stop]:
        """The meters of a property as somebody walks from one to the next on a day."""
        meters_there = self.walk(property_id)
        usual = self.usages([meter.id for meter in meters_there])
        stays = self._stays([meter.room_id for meter in meters_there if meter.room_id is not None])
        return [
            Stop(meter, *_seen(meter, day, stays.get(meter.room_id or 0, [])), usual.get(meter.id, []))
            for meter in meters_there
        ]

    def _stays(self, room_ids: list[int]) -> dict[int, list[tuple[str, date, date | None]]]:
        """Who lived in each room from when until when."""
        le = leases.c
        query = select(le.room_id, tenants.c.name, le.starts_on, le.ends_on).join_from(leases, tenants)
        query = query.where(le.room_id.in_(room_ids), le.ends_on.is_distinct_from(le.starts_on))
        found: dict[int, list[tuple[str, date, date | None]]] = {}
        for room_id, *stay in self._conn.execute(query.order_by(le.starts_on, le.id)):
            found.setdefault(room_id, []).append((stay[0], stay[1], stay[2]))
        return found

    def of_room(self, room_id: int) -> list[MeterRef]:
        """The meters of a room that are in use."""
        query = _meters(*_REF).where(_m.room_id == room_id, _m.retired_on.is_(None))
        return [MeterRef._make(row) for row in self._conn.execute(query.order_by(_m.position, _m.id))]

    def refs(self, meter_ids: list[int]) -> dict[int, MeterRef]:
        """Meters by their ids."""
        query = _meters(*_REF).where(_m.id.in_(meter_ids))
        return {row[0]: MeterRef._make(row) for row in self._conn.execute(query)}

    def usages(self, meter_ids: list[int]) -> dict[int, list[tuple[Decimal, int]]]:
        """What was used before, and in how many days, the last of it: what is usual."""
        before = meter_readings.alias()
        days = (_r.read_on - before.c.read_on).label("days")
        place = func.row_number().over(partition_by=_r.meter_id, order_by=(_r.read_on.desc(), _r.id.desc()))
        known = select(_r.meter_id, _r.usage, days, place.label("place")).join_from(
            meter_readings, before, before.c.id == _r.previous_id
        )
        k = known.where(_r.meter_id.in_(meter_ids), _stands).subquery().c
        found: dict[int, list[tuple[Decimal, int]]] = {}
        for meter_id, usage, length in self._conn.execute(select(k.meter_id, k.usage, k.days).where(k.place <= USUAL)):
            found.setdefault(meter_id, []).append((usage, length))
        return found

    def readings(
        self,
        *,
        property_id: int | None = None,
        meter_ids: list[int] | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[ReadingRow]:
        """A page of readings, the latest first, those taken back among them."""
        query = _readings()
        if property_id is not None:
            query = query.where(_r.property_id == property_id)
        if meter_ids is not None:
            query = query.where(_r.meter_id.in_(meter_ids))
        keyset = Keyset([_r.read_on, _r.id], descending=True)
        scope = (property_id, meter_ids)
        return read_page(self._conn, query, keyset, ReadingRow._make, scope=scope, after=after, limit=limit, way=way)

    def reading(self, reading_id: int) -> ReadingRow:
        """One reading. Raises ReadingNotFoundError."""
        found = self._conn.execute(_readings().where(_r.id == reading_id)).first()
        if found is None:
            raise ReadingNotFoundError(id=reading_id)
        return ReadingRow._make(found)

    def under(self, event_id: int) -> list[ReadingRow]:
        """The readings that one event tells of, in the order in which they were entered."""
        return [
            ReadingRow._make(row)
            for row in self._conn.execute(_readings().where(_r.event_id == event_id).order_by(_r.id))
        ]

    def tariffs(
        self,
        *,
        property_id: int | None = None,
        after: str | None = None,
        limit: int = DEFAULT_LIMIT,
        way: Way = Way.BEHIND,
    ) -> Page[TariffRow]:
        """A page of tariffs, the latest first."""
        query = _tariffs() if property_id is None else _tariffs().where(tariffs.c.property_id == property_id)
        keyset = Keyset([tariffs.c.effective_on, tariffs.c.id], descending=True)
        return read_page(
            self._conn, query, keyset, TariffRow._make, scope=property_id, after=after, limit=limit, way=way
        )

    def tariff(self, tariff_id: int) -> TariffRow:
        """One tariff."""
        return TariffRow._make(self._conn.execute(_tariffs().where(tariffs.c.id == tariff_id)).one())

    def tariffs_on(self, property_id: int, day: date) -> dict[str, TariffRow]:
        """What is in force on a day, by kind."""
        t = tariffs.c
        query = _tariffs().where(t.property_id == property_id, t.effective_on <= day)
        query = query.order_by(t.effective_on, t.id)
        return {row.kind: row for row in map(TariffRow._make, self._conn.execute(query))}


class AmbiguousMeterError(AmbiguousError):
    """A room has several meters."""

    hint = N_("Name the property with --property, or the kind with --kind.")


def find_meter(conn: Connection, ref: str, property_code: str | None = None, kind: str | None = None) -> MeterRef:
    """The meter of the room `A1` or `KOSA/A1`, with this serial number, or with a property's code that of the house.

    `kind` says which one where there are several. Raises MeterNotFoundError, AmbiguousMeterError.
    """
    query = _meters(*_REF, _p.code.label("property")).where(_m.retired_on.is_(None)).order_by(_m.position, _m.id)
    if kind is not None:
        query = query.where(_m.kind == kind)
    for condition in _tries(ref, property_code):
        found = conn.execute(query.where(condition)).all()
        if len(found) > 1:
            names = (f"{row.property}/{row[3]} ({row.kind})" for row in found)
            raise AmbiguousMeterError(ref=ref, candidates=", ".join(names))
        if found:
            return MeterRef._make(found[0][:-1])
    raise MeterNotFoundError(ref=ref)


def meters_named(conn: Connection, ref: str, property_code: str | None = None, kind: str | None = None) -> list[int]:
    """The ids of all meters that these words may mean, those out of use too. Raises MeterNotFoundError."""
    for condition in _tries(ref, property_code):
        query = _meters(_m.id).where(condition)
        found = conn.execute(query if kind is None else query.where(_m.kind == kind)).scalars().all()
        if found:
            return list(found)
    raise MeterNotFoundError(ref=ref)


def _tries(ref: str, property_code: str | None) -> list[ColumnElement[bool]]:
    """What a meter may be named by, the plainest first."""
    wanted = ref.strip().upper()
    code, _, number = wanted.rpartition("/")
    code = code or (property_code or "").strip().upper()
    of_house = true() if not code else _p.code == code
    return [
        and_(rooms.c.number == number, rooms.c.deleted_at.is_(None), of_house),
        and_(func.upper(_m.serial) == wanted, of_house),
        and_(_p.code == wanted, _m.room_id.is_(None)),
    ]


def _seen(meter: MeterRef, day: date, stays: list[tuple[str, date, date | None]]) -> tuple[str, bool]:
    """Who lived there the night before, and whether somebody came or went since the last reading."""
    night = day - timedelta(days=1)
    names = [name for name, start, end in stays if start <= night and (end is None or end > night)]
    days = [change for _, start, end in stays for change in (start, end) if change is not None]
    return ", ".join(names), meter.last_on is not None and any(meter.last_on < change < day for change in days)


def _meters(*columns: Any) -> Select[Any]:
    query = select(*columns).join_from(meters, properties, _p.id == _m.property_id)
    return query.outerjoin(rooms, rooms.c.id == _m.room_id).outerjoin(_last, true())


def _readings() -> Select[Any]:
    before = meter_readings.alias("before_it")
    reversal = charges.alias("reversal")
    charged = (
        select(
            func.sum(charges.c.amount).label("amount"),
            func.string_agg(tenants.c.code, aggregate_order_by(literal(", "), charges.c.id)).label("codes"),
            func.min(_u.tariff_id).label("tariff_id"),
        )
        .join_from(utility_charges, charges, charges.c.id == _u.charge_id)
        .join(tenants, tenants.c.id == charges.c.tenant_id)
        .where(_u.reading_id == _r.id, ~select(reversal.c.id).where(reversal.c.reverses_id == charges.c.id).exists())
        .lateral("charged")
    )
    scaled = [func.trim_scale(column) for column in (before.c.value, _r.value, _r.usage)]
    replaced = [func.trim_scale(column) for column in (_r.old_last, _r.new_first)]
    columns = (
        _r.id, _p.code, rooms.c.number, _m.kind, _r.read_on, *scaled, _m.unit,
        tariffs.c.amount, charged.c.amount, charged.c.codes, *replaced,
        case((_v.reading_id.is_(None), "active"), else_="voided"), _v.reason, _r.meter_id, _r.actor, _r.created_at,
        _p.currency, _p.timezone,
    )  # fmt: skip
    query = select(*columns).join_from(meter_readings, meters, _m.id == _r.meter_id)
    query = query.join(properties, _p.id == _m.property_id).outerjoin(rooms, rooms.c.id == _m.room_id)
    query = query.outerjoin(before, before.c.id == _r.previous_id).outerjoin(charged, true())
    return query.outerjoin(tariffs, tariffs.c.id == charged.c.tariff_id).outerjoin(
        meter_reading_voids, _v.reading_id == _r.id
    )


def _tariffs() -> Select[Any]:
    t = tariffs.c
    columns = (t.id, _p.code, t.kind, t.effective_on, t.mode, t.amount, t.actor, t.created_at, _p.currency, _p.timezone)
    return select(*columns).join_from(tariffs, properties, _p.id == t.property_id)
