"""Changes of properties."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from zoneinfo import available_timezones

from sqlalchemy import BigInteger, Connection, Date, bindparam, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB

from db.domain.dates import EARLIEST, TimezoneError, require_plausible
from db.domain.reminders import GREETINGS
from db.domain.texts import RECIPIENT_LANGUAGES, clean, clean_code, clean_or_none
from db.errors import N_, RuleError, UsageError
from db.events import Event, append, plain, reserve_event
from db.repositories.lookup import PropertyRow, get_property
from db.repositories.policies import Policies
from db.repositories.values import POLICY, PROPERTY, change, told
from db.services.guard import refusing
from db.tables import properties, rooms, tenants

POLICY_FIELDS = frozenset(POLICY)
# Those that the table of properties shows too.
_COLUMNS = frozenset({"billing_day", "grace_days", "proration", "rounding"})
_MAY_BE_NONE = frozenset({"late_fee_cap_percent", "late_fee_cap_amount"})
_CHOICES = {"proration": ("daily", "none"), "refund": ("none", "prorate"), "basis": ("per_tenant", "split_room"),
            "greeting": tuple(GREETINGS), "language": RECIPIENT_LANGUAGES}  # fmt: skip
_TEXTS = {"address": 500, "pay_to": 300, "place": 80, "signatory": 80}
_PUT = text("select put_policy(:property, :day, :changes, :event)").bindparams(
    *(bindparam(name, type_=BigInteger) for name in ("property", "event")),
    bindparam("day", type_=Date),
    bindparam("changes", type_=JSONB),
)


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
    """Add a property. `policy`: address, currency, timezone, and what a policy has.

    Raises PropertyExistsError, PolicyError, TimezoneError, CodeFormError.
    """
    given = _checked({key: value for key, value in policy.items() if value is not None})
    more = {key: given.pop(key) for key in POLICY_FIELDS - _COLUMNS if key in given}
    row = {"code": clean_code(code, letter=True), "name": clean(name, "name"), **given}
    with refusing(conn, {"properties_code_key": PropertyExistsError(ref=row["code"])}):
        added = conn.execute(insert(properties).values(row).returning(properties)).one()
    event_id = reserve_event(conn)
    if more:
        _put(conn, added.id, EARLIEST, more, event_id)
    after = told(PROPERTY, added._mapping) | told(POLICY, Policies(conn).on(added.id, EARLIEST)._asdict())
    append(conn, Event("PropertyAdded", "property", added.id, {"after": after}, added.id), event_id=event_id)
    return get_property(conn, added.id)


def edit_property(
    conn: Connection, prop: PropertyRow, changes: Mapping[str, object], effective_on: date | None = None
) -> PropertyRow:
    """Change name, address, or the policy from `effective_on` (today) on.

    Leases keep the policy of their first day: only what is signed for a later day has the new one. A policy that is
    written for a later day keeps what it changed itself. Raises PolicyError, TimezoneError, DateTooOldError.
    """
    after = _checked({key: value for key, value in changes.items() if value is not None or key in _MAY_BE_NONE})
    if "name" in after:
        after["name"] = clean(str(after["name"]), "name")
    policy = {key: after.pop(key) for key in POLICY_FIELDS if key in after}
    day = require_plausible(effective_on or prop.today)
    this = properties.c.id == prop.id
    before = conn.execute(select(properties).where(this).with_for_update(key_share=True)).one()._mapping
    was = Policies(conn).on(prop.id, day)._asdict()
    policy = {key: value for key, value in policy.items() if was[key] != value}
    if not after and not policy:
        return prop
    event_id = reserve_event(conn)
    if policy:
        _put(conn, prop.id, day, policy, event_id)
    values = {**after, "version": properties.c.version + 1}
    changed = conn.execute(update(properties).where(this).values(values).returning(properties)).one()._mapping
    payload: dict[str, object] = {**change((*after, *sorted(_COLUMNS)), before, changed)}
    if policy:
        now = Policies(conn).on(prop.id, day)._asdict()
        payload["policy"] = {"effectiveOn": day.isoformat(), **change(tuple(policy), was, now)}
    append(conn, Event("PropertyChanged", "property", prop.id, payload, prop.id), event_id=event_id)
    return get_property(conn, prop.id)


def _put(conn: Connection, property_id: int, day: date, policy: Mapping[str, object], event_id: int) -> None:
    """Write the policy of a day, and carry it on to those of later days; `properties` shows the one of today."""
    values = {key: plain(value) for key, value in policy.items()}
    conn.execute(_PUT, {"property": property_id, "day": day, "changes": values, "event": event_id})


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
    for field, longest in _TEXTS.items():
        if field in checked:
            checked[field] = clean_or_none(str(checked[field]), field, longest)
    if "currency" in checked:
        checked["currency"] = _currency(str(checked["currency"]))
    if "timezone" in checked and checked["timezone"] not in available_timezones():
        raise TimezoneError(timezone=str(checked["timezone"])[:40])
    _in_range(checked, "billing_day", 1, 31)
    _in_range(checked, "grace_days", 0, 60)
    _in_range(checked, "late_fee_grace", 0, 60)
    _in_range(checked, "late_fee_every", 1, 31)
    # No language of its own: each paper is in that of the installation.
    checked |= {"language": None} if checked.get("language") == "" else {}
    for field, allowed in _CHOICES.items():
        if checked.get(field) is not None and checked[field] not in allowed:
            raise PolicyError(field=field, allowed=", ".join(allowed), value=str(checked[field])[:20])
    if checked.get("late_fee") == "percent" and not Decimal(0) < Decimal(str(checked["late_fee_rate"])) <= 100:
        raise PolicyError(field="late_fee", allowed="0.01-100 %", value=checked["late_fee_rate"])
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
