"""Changes of tenants."""

from collections.abc import Mapping

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from db.domain.texts import RECIPIENT_LANGUAGES, clean, clean_code, clean_or_none, code_from_name
from db.errors import N_, RuleError, UsageError
from db.events import Event, append
from db.repositories.lookup import PropertyRow, TenantRef
from db.repositories.tenants import mask_national_id
from db.repositories.values import TENANT, change, told
from db.services.guard import check_seen, hold_property, refusing
from db.tables import leases, tenants

TRIES = 20
TEXT_FIELDS = {"name": 200, "email": 254, "emergency_name": 200}


class TenantExistsError(RuleError):
    """The code is taken in this property."""

    code = "tenant_exists"
    message = N_("There is already a tenant {ref}.")
    hint = N_("Choose another --code, or leave it out.")


class TenantHousedError(RuleError):
    """The tenant has a room then."""

    code = "tenant_housed"
    message = N_("{ref} has a room at that time.")
    hint = N_("Use `ekost tenant move` to change rooms, or `ekost tenant move-out` first.")


class PhoneError(UsageError):
    """Not a phone number."""

    code = "phone"
    message = N_("{value} is no phone number.")
    hint = N_("Write it like 0812-3456-7890 or +62 812 3456 7890.")


class EmailError(UsageError):
    """Not an e-mail address."""

    code = "email"
    message = N_("{value} is no e-mail address.")


class NationalIdError(UsageError):
    """A NIK has 16 digits. The value is not shown."""

    code = "national_id"
    message = N_("A national id (NIK) has 16 digits.")


class LanguageUnknownError(UsageError):
    """No receipt or reminder can be written in it."""

    code = "language_unknown"
    message = N_("{value} is no language of receipts and reminders.")
    hint = N_("Use id or en.")


def add_tenant(
    conn: Connection, prop: PropertyRow, name: str, *, code: str | None = None, **contact: str | None
) -> int:
    """Add a tenant; without `code` one is made from the name. Returns the id.

    `contact`: phone, email, national_id, emergency_name, emergency_phone, language. Raises TenantExistsError,
    PhoneError, EmailError, NationalIdError, UncleanTextError.
    """
    hold_property(conn, prop)
    row = {"property_id": prop.id, **checked_contact({"name": name, **contact})}
    for _ in range(TRIES if code is None else 1):
        row["code"] = free_code(conn, prop.id, name) if code is None else clean_code(code, most=24, letter=True)
        taken = TenantExistsError(ref=row["code"])
        try:
            with refusing(conn, {"tenants_code_key": taken}):
                added = conn.execute(insert(tenants).values(row).returning(tenants)).one()
            break
        except TenantExistsError:
            # Another process took the free code between look and insert: look again.
            if code is not None:
                raise
    else:
        raise taken
    append(conn, Event("TenantAdded", "tenant", added.id, {"after": told(TENANT, added._mapping)}, prop.id, added.id))
    return int(added.id)


def edit_tenant(
    conn: Connection, tenant: TenantRef, changes: Mapping[str, str | None], seen: Mapping[str, object] | None = None
) -> None:
    """Change name, code or contact. An empty text takes a contact away.

    `seen`: what the change was decided on, see `check_seen`; the national id as it is shown, masked.
    Raises as `add_tenant`, and ChangedMeanwhileError.
    """
    given = {key: value for key, value in changes.items() if value is not None}
    after = checked_contact({key: value for key, value in given.items() if key != "code"})
    if "code" in given:
        after["code"] = clean_code(str(given["code"]), most=24, letter=True)
    if not after:
        return
    before = _lock(conn, tenant)
    shown = {**before, "national_id": mask_national_id(before["national_id"])}
    check_seen(tenant.code, shown, after, seen or {})
    with refusing(conn, {"tenants_code_key": TenantExistsError(ref=after.get("code"))}):
        payload = change(tuple(after), before, _update(conn, tenant, after))
    append(conn, Event("TenantChanged", "tenant", tenant.id, payload, tenant.property_id, tenant.id))


def archive_tenant(conn: Connection, tenant: TenantRef) -> None:
    """Hide a tenant who has left; the ledger stays. Raises TenantHousedError."""
    before = _lock(conn, tenant)
    housed = select(leases.c.id).where(
        leases.c.tenant_id == tenant.id,
        leases.c.ends_on.is_(None) | ((leases.c.ends_on > tenant.today) & (leases.c.ends_on > leases.c.starts_on)),
    )
    if conn.execute(housed).first() is not None:
        raise TenantHousedError(ref=tenant.code)
    payload = change(("deleted_at",), before, _update(conn, tenant, {"deleted_at": func.now()}))
    append(conn, Event("TenantArchived", "tenant", tenant.id, payload, tenant.property_id, tenant.id))


def _lock(conn: Connection, tenant: TenantRef) -> RowMapping:
    return conn.execute(select(tenants).where(tenants.c.id == tenant.id).with_for_update()).one()._mapping


def _update(conn: Connection, tenant: TenantRef, values: Mapping[str, object]) -> RowMapping:
    new = {**values, "version": tenants.c.version + 1}
    return conn.execute(update(tenants).where(tenants.c.id == tenant.id).values(new).returning(tenants)).one()._mapping


_LAST_NUMBER = text("""
select max(coalesce(nullif(substr(code, length(:base) + 1), ''), '1')::bigint) from tenants
 where property_id = :property_id and code >= :base and code < :base || ':' and code ~ ('^' || :base || '[0-9]{0,9}$')
""")


def free_code(conn: Connection, property_id: int, name: str) -> str:
    """A code that nobody in the property has: BUDI, BUDI2, BUDI3, …"""
    base = code_from_name(name)
    last = conn.execute(_LAST_NUMBER, {"property_id": property_id, "base": base}).scalar_one()
    return base if last is None else f"{base}{last + 1}"


def checked_contact(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Names, phones, e-mail and national id in the form in which they are stored."""
    checked: dict[str, str | None] = {}
    for field, value in values.items():
        if field == "name":
            checked[field] = clean(value or "", field)
        elif field in TEXT_FIELDS:
            checked[field] = clean_or_none(value, field, TEXT_FIELDS[field])
        elif field in ("phone", "emergency_phone"):
            checked[field] = parse_phone(value) if value and value.strip() else None
        elif field == "language":
            checked[field] = _language(value) if value else None
        elif field == "national_id":
            checked[field] = _national_id(value) if value and value.strip() else None
    email = checked.get("email")
    if email is not None and (email.count("@") != 1 or " " in email or email.startswith("@") or email.endswith("@")):
        raise EmailError(value=email)
    return checked


def _language(code: str) -> str:
    if code not in RECIPIENT_LANGUAGES:
        raise LanguageUnknownError(value=code[:20])
    return code


def parse_phone(typed: str, region: str = "ID") -> str:
    """A phone number in E.164 (`+628…`), however it was typed. Raises PhoneError."""
    import phonenumbers  # noqa: PLC0415 - half a second of tables, for those who give a phone

    value = clean(typed, "phone", 40)
    digits = value.replace(" ", "").replace("-", "")
    if digits.startswith("62") and not value.startswith("+"):
        value = "+" + value
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        raise PhoneError(value=value) from None
    if not phonenumbers.is_possible_number(number):
        raise PhoneError(value=value)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _national_id(typed: str) -> str:
    digits = typed.replace(" ", "").replace(".", "").replace("-", "")
    if len(digits) != 16 or not digits.isascii() or not digits.isdigit():
        raise NationalIdError
    return digits
