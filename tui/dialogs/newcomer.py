"""A new tenant."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.formats import phone_local
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given
from tui.dialogs.houseform import PROPERTY, HouseForm, Site

if TYPE_CHECKING:
    from sqlalchemy import Connection

CONTACT = ("phone", "email", "national_id", "emergency_name", "emergency_phone")


class NewTenantDialog(HouseForm):
    """Somebody who was not known before."""

    SAVE = N_("Add")
    ENTRIES = (
        Entry("name", N_("Name"), needed=True),
        PROPERTY,
        Entry("code", N_("Code"), option="--code"),
        Entry("phone", N_("Phone"), option="--phone"),
        Entry("email", N_("E-mail"), option="--email"),
        Entry("national_id", N_("National id"), option="--national-id"),
        Entry("emergency_name", N_("Emergency contact"), option="--emergency-name"),
        Entry("emergency_phone", N_("Emergency phone"), option="--emergency-phone"),
    )
    COMMAND = "ekost tenant add"
    OPERATION = "tui.tenant"

    def title_text(self) -> str:
        """What is asked."""
        return _("New tenant")

    def carry_out(self, conn: "Connection", subject: Site, given: Given) -> int:
        """Add the tenant."""
        from db.repositories.lookup import find_property
        from db.services.tenants import add_tenant

        contact = {name: given[name] for name in CONTACT}
        return add_tenant(conn, find_property(conn, given["property"]), given["name"], code=given["code"], **contact)

    def effect(self, conn: "Connection", subject: Site, given: Given, number: int) -> Iterator[str]:
        """The code, and how contacts were understood."""
        from db.repositories.tenants import Tenants

        row = Tenants(conn).row(number)
        yield _("Code: {code} in {property}").format(code=row.code, property=row.property)
        if row.phone:
            yield _("Phone: {phone} ({stored})").format(phone=phone_local(row.phone), stored=row.phone)

    def done(self, subject: Site, given: Given, number: int) -> Done:
        """Added."""
        return Done(_("{name} is added.").format(name=given["name"]))
