"""A tenant out of a row of a file: the same steps as on the command line, and the cell to blame for each."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import Connection, func, select

from db.domain.periods import BillingDayError
from db.errors import EkostError
from db.repositories.imports import ImportRow
from db.repositories.lookup import PropertyMissingError, PropertyRow, TenantRef, find_property, find_room, find_tenant
from db.repositories.lookup import get_property as property_with_id
from db.services.imports.cells import CellMissingError, read_amount, read_number
from db.services.imports.openings import open_ledger, start_of_lease
from db.services.imports.rejections import RowRejectedError, TenantKnownError, blaming
from db.services.leases import assign_tenant
from db.services.rooms import RoomValueError
from db.services.tenants import add_tenant, checked_contact
from db.tables import tenants

_CONTACT = ("name", "phone", "email", "national_id", "emergency_name", "emergency_phone")
# What only makes sense with a room.
_OF_LEASE = ("rent", "billing_day", "paid_through")


def add_tenant_row(conn: Connection, row: ImportRow, cells: Mapping[str, str]) -> int:
    """Add the tenant, the lease and what was owed and held before. Returns the tenant's id. Raises RowRejectedError.

    Who has an opening balance owes rent only from the next period on (R17), unless `paid_through` or `billed_from`
    says otherwise.
    """
    if not cells["name"]:
        raise RowRejectedError(CellMissingError(column=column_name(row, "name")), "name")
    prop = property_of(conn, row, cells)
    contact = _contact(cells)
    _refuse_known(conn, prop, contact)
    with blaming("code"):
        tenant_id = add_tenant(conn, prop, code=cells.get("code") or None, **contact)
    tenant = find_tenant(conn, str(tenant_id))
    if cells.get("room"):
        _assign(conn, row, prop, tenant, cells)
    else:
        _refuse_homeless_terms(row, cells)
    open_ledger(conn, row, tenant, cells)
    return tenant_id


def property_of(conn: Connection, row: ImportRow, cells: Mapping[str, str]) -> PropertyRow:
    """The property that a row names, else the one that the import is for."""
    with blaming("property"):
        if cells.get("property"):
            return find_property(conn, cells["property"])
        if row.property_id is None:
            raise PropertyMissingError
        return property_with_id(conn, row.property_id)


def _contact(cells: Mapping[str, str]) -> dict[str, str]:
    contact: dict[str, str] = {}
    for field in _CONTACT:
        with blaming(field):
            checked = checked_contact({field: cells.get(field)})[field]
        if checked is not None:
            contact[field] = checked
    return contact


def _refuse_known(conn: Connection, prop: PropertyRow, contact: Mapping[str, str]) -> None:
    """The same name with the same phone is the same person, written a little differently in another file."""
    t = tenants.c
    same = select(t.code).where(
        t.property_id == prop.id, t.deleted_at.is_(None), t.name_key == func.lower(contact["name"])
    )
    found = conn.execute(same.where(t.phone == contact.get("phone"))).scalar() if "phone" in contact else None
    if found is not None:
        raise RowRejectedError(TenantKnownError(ref=f"{prop.code}/{found}"), "name")


def _assign(conn: Connection, row: ImportRow, prop: PropertyRow, tenant: TenantRef, cells: Mapping[str, str]) -> None:
    with blaming("room"):
        room = find_room(conn, cells["room"], prop.code)
    rent, billing_day = _rent(row, cells), _billing_day(cells)
    start = start_of_lease(row, cells, tenant.today, billing_day, prop.billing_day)
    try:
        assign_tenant(
            conn,
            tenant,
            room,
            start.starts_on,
            monthly_rent=rent,
            billing_day=start.billing_day,
            billed_from=start.billed_from,
        )
    except BillingDayError as error:
        raise RowRejectedError(error, "billing_day") from None
    except EkostError as error:
        raise RowRejectedError(error, "room") from None


def _rent(row: ImportRow, cells: Mapping[str, str]) -> Decimal | None:
    if not cells.get("rent"):
        return None
    with blaming("rent"):
        rent = read_amount(cells["rent"], row.options["amounts"])
        if rent < 0:
            raise RoomValueError(field="rent", allowed="0 …", value=rent)
    return rent


def _billing_day(cells: Mapping[str, str]) -> int | None:
    if not cells.get("billing_day"):
        return None
    with blaming("billing_day"):
        day = read_number(cells["billing_day"])
        if day == 0:  # which would pass for none given
            raise BillingDayError(day=day)
    return day


def _refuse_homeless_terms(row: ImportRow, cells: Mapping[str, str]) -> None:
    if any(cells.get(field) for field in _OF_LEASE):
        raise RowRejectedError(CellMissingError(column=column_name(row, "room")), "room")


def column_name(row: ImportRow, field: str) -> str:
    """What the file calls a column, or we do where it has none."""
    names = dict(zip(row.options["fields"], row.options["names"], strict=True))
    return str(names.get(field, field))
