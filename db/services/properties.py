"""Changes of properties."""

from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import available_timezones

from sqlalchemy import Connection, func, insert, select, update

from db.domain.dates import TimezoneError
from db.domain.reminders import GREETINGS
from db.domain.texts import clean, clean_code, clean_or_none
from db.errors import N_, RuleError, UsageError
from db.events import Event, append
from db.repositories.lookup import PropertyRow, get_property
from db.repositories.values import PROPERTY, change, told
from db.services.guard import refusing
from db.tables import properties, rooms, tenants


class PropertyExistsError(RuleError):
    """The code is taken."""

    code = "property_exists"
    message = N_("There is already a property {ref}.")


class PropertyInUseError(RuleError):
    """A property with rooms or tenants can't be archived."""

    code = "property_in_use"
    message = N_("Property {ref} still has rooms or tenants.")
    hint = N_("Archive them first.")


class PolicyError(UsageError):
    """A policy value is out of its range."""

    code = "policy"
    message = N_("{field} must be {allowed}, not {value}.")


def add_property(conn: Connection, code: str, name: str, **policy: object) -> PropertyRow:
    """Add a property. `policy`: address, currency, timezone, billing_day, grace_days, proration, rounding.

    Raises PropertyExistsError, PolicyError, TimezoneError, CodeFormError.
    """
    given = {key: value for key, value in policy.items() if value is not None}
    row = {"code": clean_code(code, letter=True), "name": clean(name, "name"), **_checked(given)}
    with refusing(conn, {"properties_code_key": PropertyExistsError(ref=row["code"])}):
        added = conn.execute(insert(properties).values(row).returning(properties)).one()
    append(conn, Event("PropertyAdded", "property", added.id, {"after": told(PROPERTY, added._mapping)}, added.id))
    return get_property(conn, added.id)


def edit_property(conn: Connection, prop: PropertyRow, changes: Mapping[str, object]) -> PropertyRow:
    """Change name, address or policy; leases already signed keep the policy of their signing."""
    after = _checked({key: value for key, value in changes.items() if value is not None})
    if "name" in after:
        after["name"] = clean(str(after["name"]), "name")
    if not after:
        return prop
    this = properties.c.id == prop.id
    before = conn.execute(select(properties).where(this).with_for_update(key_share=True)).one()._mapping
    values = {**after, "version": properties.c.version + 1}
    changed = conn.execute(update(properties).where(this).values(values).returning(properties)).one()._mapping
    append(conn, Event("PropertyChanged", "property", prop.id, change(tuple(after), before, changed), prop.id))
    return get_property(conn, prop.id)


def archive_property(conn: Connection, prop: PropertyRow) -> None:
    """Hide a property that nobody lives in any more. Raises PropertyInUseError."""
    # Whoever adds a room or a tenant holds the property: they come before, or find it archived.
    this = properties.c.id == prop.id
    before = conn.execute(select(properties).where(this).with_for_update()).one()._mapping
    for table in (rooms, tenants):
        live = (
            select(func.count()).select_from(table).where(table.c.property_id == prop.id, table.c.deleted_at.is_(None))
        )
        if conn.execute(live).scalar_one():
            raise PropertyInUseError(ref=prop.code)
    archive = update(properties).where(this).values(archived_at=func.now()).returning(properties)
    payload = change(("archived_at",), before, conn.execute(archive).one()._mapping)
    append(conn, Event("PropertyArchived", "property", prop.id, payload, prop.id))


def _checked(values: Mapping[str, object]) -> dict[str, object]:
    """The policy with every value in its range."""
    checked = dict(values)
    if "address" in checked:
        checked["address"] = clean_or_none(str(checked["address"]), "address", 500)
    if "currency" in checked:
        checked["currency"] = _currency(str(checked["currency"]))
    if "timezone" in checked and checked["timezone"] not in available_timezones():
        raise TimezoneError(timezone=str(checked["timezone"])[:40])
    _in_range(checked, "billing_day", 1, 31)
    _in_range(checked, "grace_days", 0, 60)
    if checked.get("proration", "daily") not in ("daily", "none"):
        raise PolicyError(field="proration", allowed="daily, none", value=checked["proration"])
    if "pay_to" in checked:
        checked["pay_to"] = clean_or_none(str(checked["pay_to"]), "pay_to", 300)
    if checked.get("greeting", "none") not in GREETINGS:
        raise PolicyError(field="greeting", allowed=", ".join(GREETINGS), value=checked["greeting"])
    rounding = checked.get("rounding")
    if isinstance(rounding, Decimal) and not Decimal("0.01") <= rounding <= 1_000_000:
        raise PolicyError(field="rounding", allowed="0.01-1000000", value=rounding)
    if "rounding" not in checked and checked.get("currency", "IDR") != "IDR":
        checked["rounding"] = Decimal("0.01")
    return checked


def _currency(code: str) -> str:
    tidy = code.strip().upper()
    if len(tidy) != 3 or not tidy.isascii() or not tidy.isalpha():
        raise PolicyError(field="currency", allowed="IDR, USD, …", value=tidy[:10])
    return tidy


def _in_range(values: Mapping[str, object], field: str, least: int, most: int) -> None:
    value = values.get(field)
    if isinstance(value, int) and not least <= value <= most:
        raise PolicyError(field=field, allowed=f"{least}-{most}", value=value)
