"""A tenant's name, code and contact, put right."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from locales import records
from locales.catalogs import N_, _
from locales.safe import safe
from tui.account import Who
from tui.book import Book
from tui.dialogs.done import Done
from tui.dialogs.editing import EditForm, Known
from tui.dialogs.entries import Entry, Given

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import TenantRef


class EditTenantDialog(EditForm["TenantRef"]):
    """A tenant's name, code and contact. The national id stands there masked; it is changed when that is."""

    ENTRIES = (
        Entry("name", N_("Name"), option="--name", needed=True),
        Entry("code", N_("Code"), option="--code", needed=True),
        Entry("phone", N_("Phone"), option="--phone"),
        Entry("email", N_("E-mail"), option="--email"),
        Entry("national_id", N_("National id"), option="--national-id"),
        Entry("emergency_name", N_("Emergency contact"), option="--emergency-name"),
        Entry("emergency_phone", N_("Emergency phone"), option="--emergency-phone"),
    )
    FIELDS = records.TENANT
    COMMAND = "ekost tenant edit"
    OPERATION = "tui.edit-tenant"

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__(book)
        self.who = who

    def title_text(self) -> str:
        """Who."""
        return _("What is known of {name}").format(name=safe(self.subject.values["name"] if self.subject else "…"))

    def read_subject(self, conn: "Connection") -> "Known[TenantRef]":
        """The tenant. Raises TenantNotFoundError, AmbiguousError."""
        from db.repositories.lookup import find_tenant

        ref = find_tenant(conn, self.who.code, self.who.property)
        return Known(ref, self.read_known(conn, ref.id))

    def read_known(self, conn: "Connection", number: int) -> Mapping[str, Any]:
        """The line of the list, and the contact."""
        from db.repositories.tenants import Tenants

        found = Tenants(conn)
        return found.row(number)._asdict() | found.detail(number)._asdict()

    def command_words(self, subject: "Known[TenantRef]") -> tuple[list[str], list[str]]:
        """The tenant."""
        return [self.who.code], ["--property", self.who.property]

    def put_right(self, conn: "Connection", subject: "Known[TenantRef]", changes: Mapping[str, Any]) -> None:
        """Change it."""
        from db.services.tenants import edit_tenant

        edit_tenant(conn, subject.ref, changes, seen=subject.values_of(changes))

    def done(self, subject: "Known[TenantRef]", given: Given, number: int) -> Done:
        """Changed, perhaps the code by which the tenant is found."""
        code = given["code"].upper()
        told = _("What is known of {name} is changed.").format(name=given["name"])
        return Done(told, renamed=(self.who, self.who._replace(code=code)))
