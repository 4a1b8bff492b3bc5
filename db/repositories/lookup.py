"""Find what a person named: a property by code, a room by number, a tenant by code, id or unambiguous name."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select

from db.errors import N_, NotFoundError, UsageError
from db.tables import balances, properties, rooms, tenants

MOST_CANDIDATES = 8


class PropertyNotFoundError(NotFoundError):
    """No property has this code."""

    code = "property_not_found"
    message = N_("There is no property {ref}.")
    hint = N_("`ekost property list` shows the codes.")


class PropertyMissingError(UsageError):
    """A property must be named and was not."""

    code = "property_missing"
    message = N_("Which property?")
    hint = N_("Name it with --property CODE, or set EKOST_PROPERTY.")


class RoomNotFoundError(NotFoundError):
    """No room has this number."""

    code = "room_not_found"
    message = N_("There is no room {ref}.")
    hint = N_("`ekost room list` shows the rooms; with several properties write CODE/NUMBER.")


class TenantNotFoundError(NotFoundError):
    """No tenant has this code, id or name."""

    code = "tenant_not_found"
    message = N_("There is no tenant {ref}.")
    hint = N_("`ekost search {ref}` looks in names, phones and rooms.")


class AmbiguousError(UsageError):
    """The words fit several things; the candidates are listed."""

    code = "ambiguous"
    message = N_("{ref} fits several: {candidates}.")
    hint = N_("Use the code, or name the property with --property.")


class NothingNamedError(UsageError):
    """An empty text, often a variable of a script that was never set."""

    code = "nothing_named"
    message = N_("An empty text names nothing.")
    hint = N_("Give a code, a number or a name.")


class PropertyRow(NamedTuple):
    """A property and its billing policy; `today` is the business date in its time zone."""

    id: int
    code: str
    name: str
    address: str | None
    currency: str
    timezone: str
    billing_day: int | None
    grace_days: int
    proration: str
    rounding: Decimal
    version: int
    today: date
    reminder_stages: list[int]
    pay_to: str | None
    greeting: str
    place: str | None
    signatory: str | None
    language: str | None


class RoomRef(NamedTuple):
    """A room as a change needs it."""

    id: int
    property_id: int
    number: str
    monthly_rent: Decimal
    capacity: int
    basis: str
    status: str
    version: int


class TenantRef(NamedTuple):
    """A tenant as a change needs it; `today` is the business date at the property."""

    id: int
    property_id: int
    code: str
    name: str
    currency: str
    today: date
    outstanding_balance: Decimal


def property_columns() -> list[ColumnElement[Any]]:
    """The columns of PropertyRow."""
    p = properties.c
    return [
        p.id, p.code, p.name, p.address, p.currency, p.timezone, p.billing_day, p.grace_days, p.proration,
        p.rounding, p.version, func.business_date(p.timezone), p.reminder_stages, p.pay_to, p.greeting,
        p.place, p.signatory, p.language,
    ]  # fmt: skip


def find_property(conn: Connection, ref: str | None) -> PropertyRow:
    """The property with this code; without one, the only property there is.

    Raises PropertyNotFoundError, PropertyMissingError.
    """
    query = select(*property_columns()).where(properties.c.archived_at.is_(None))
    if ref is not None:
        row = conn.execute(query.where(properties.c.code == _named(ref).upper())).first()
        if row is None:
            raise PropertyNotFoundError(ref=ref)
        return PropertyRow._make(row)
    rows = conn.execute(query.order_by(properties.c.id).limit(2)).all()
    if len(rows) != 1:
        raise PropertyMissingError
    return PropertyRow._make(rows[0])


def get_property(conn: Connection, property_id: int) -> PropertyRow:
    """The property with this id."""
    return PropertyRow._make(conn.execute(select(*property_columns()).where(properties.c.id == property_id)).one())


def property_code_of(conn: Connection, tenant: TenantRef) -> str:
    """The code of the tenant's property: their rooms are looked for there first."""
    return str(conn.execute(select(properties.c.code).where(properties.c.id == tenant.property_id)).scalar_one())


def find_room(conn: Connection, ref: str, property_code: str | None = None, *, archived: bool = False) -> RoomRef:
    """The room `A1` of the property, or `KOSA/A1`; with `archived` one that is gone, if no other fits.

    Raises RoomNotFoundError, AmbiguousError.
    """
    code, _, number = _named(ref).upper().rpartition("/")
    code = code or (property_code or "").strip().upper()
    for gone in (False, True)[: 1 + archived]:
        query = _room_query(gone).where(rooms.c.number == number)
        if code:
            query = query.where(properties.c.code == code)
        rows = conn.execute(query.limit(MOST_CANDIDATES + 1)).all()
        if len(rows) > 1:
            raise AmbiguousError(ref=ref, candidates=_listed([f"{row.property}/{number}" for row in rows]))
        if rows:
            return RoomRef(*rows[0][:-1])
    raise RoomNotFoundError(ref=ref)


def find_tenant(conn: Connection, ref: str, property_code: str | None = None, *, archived: bool = False) -> TenantRef:
    """The tenant with this code, id or, where only one fits, name or words of it, the last one perhaps cut short.

    What stands within a word is not enough: who takes money from Ani must not book it to Stefani. With `archived` one
    who is gone, if no other fits. Raises TenantNotFoundError, AmbiguousError, NothingNamedError.
    """
    tries = _tenant_tries(_named(ref))
    for gone in (False, True)[: 1 + archived]:
        for condition in tries:
            query = _tenant_query(property_code, gone).where(condition)
            rows = conn.execute(query.limit(MOST_CANDIDATES + 1)).all()
            if len(rows) > 1:
                raise AmbiguousError(
                    ref=ref, candidates=_listed([f"{row.property}/{row.code} ({row.name})" for row in rows])
                )
            if rows:
                return TenantRef(*rows[0][:-1])
    raise TenantNotFoundError(ref=ref)


def _named(ref: str) -> str:
    """The words without blanks around them. Raises NothingNamedError."""
    if not (words := ref.strip()):
        raise NothingNamedError
    return words


def _tenant_tries(wanted: str) -> list[ColumnElement[bool]]:
    """What a tenant may be named by, the plainest first."""
    t = tenants.c
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
        return [t.id == int(wanted)]
    name = wanted.lower()
    return [
        t.code == wanted.upper(),
        t.name_key == name,
        (literal(" ") + t.name_key).contains(f" {name}", autoescape=True),
    ]


def _tenant_query(property_code: str | None, gone: bool) -> Select[Any]:
    t, p = tenants.c, properties.c
    today = func.business_date(p.timezone)
    query = (
        select(
            t.id,
            t.property_id,
            t.code,
            t.name,
            p.currency,
            today,
            balances.c.outstanding_balance,
            p.code.label("property"),
        )
        .join_from(tenants, properties)
        .join(balances, balances.c.tenant_id == t.id)
        .where(t.deleted_at.is_not(None) if gone else t.deleted_at.is_(None))
        .order_by(t.name_key, t.id)
    )
    return query if property_code is None else query.where(p.code == property_code.strip().upper())


def _room_query(gone: bool) -> Select[Any]:
    r = rooms.c
    columns = (r.id, r.property_id, r.number, r.monthly_rent, r.capacity, r.basis, r.status, r.version)
    query = select(*columns, properties.c.code.label("property")).join_from(rooms, properties)
    # Of several that are gone the last one: it is the one that people remember.
    if gone:
        latest = select(func.max(r.id)).where(r.deleted_at.is_not(None)).group_by(r.property_id, r.number)
        return query.where(r.id.in_(latest)).order_by(properties.c.code)
    return query.where(r.deleted_at.is_(None)).order_by(properties.c.code)


def _listed(candidates: list[str]) -> str:
    shown = ", ".join(candidates[:MOST_CANDIDATES])
    return shown + ", …" if len(candidates) > MOST_CANDIDATES else shown
