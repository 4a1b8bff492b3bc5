"""A new tenant."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from locales.catalogs import N_, _
from locales.formats import phone_local
from tui.book import Book
from tui.dialogs.choosing import Choice
from tui.dialogs.done import Done
from tui.dialogs.entries import Entry, Given, Typed
from tui.dialogs.form import FormDialog
from tui.houses import find_houses
from tui.things import Things

if TYPE_CHECKING:
    from sqlalchemy import Connection

CONTACT = ("phone", "email", "national_id", "emergency_name", "emergency_phone")


class NewTenantDialog(FormDialog[str]):
    """The subject is the property that stands there at first."""

    SAVE = N_("Add")
    ENTRIES = (
        Entry("name", N_("Name"), needed=True),
        Entry("property", N_("Property"), option="--property", needed=True, offers=True),
        Entry("code", N_("Code"), option="--code"),
        Entry("phone", N_("Phone"), option="--phone"),
        Entry("email", N_("E-mail"), option="--email"),
        Entry("national_id", N_("National id"), option="--national-id"),
        Entry("emergency_name", N_("Emergency contact"), option="--emergency-name"),
        Entry("emergency_phone", N_("Emergency phone"), option="--emergency-phone"),
    )
    COMMAND = "ekost tenant add"
    OPERATION = "tui.tenant"

    def __init__(self, book: Book, things: Things) -> None:
        super().__init__(book)
        self._house = things.house

    def title_text(self) -> str:
        """What is asked."""
        return _("New tenant")

    def read_subject(self, conn: "Connection") -> str:
        """The property that everything is about, or the only one."""
        houses = [] if self._house else find_houses(conn, "")
        return self._house or (houses[0].code if len(houses) == 1 else "")

    def prefill(self, subject: str) -> Typed:
        """The property."""
        return {"property": subject}

    def offered(self, conn: "Connection", subject: str, entry: Entry, words: str) -> Sequence[Choice[str]]:
        """The properties."""
        return [Choice(f"{house.code}  {house.name}", house.code) for house in find_houses(conn, words)]

    def carry_out(self, conn: "Connection", subject: str, given: Given) -> int:
        """Add the tenant."""
        from db.repositories.lookup import find_property
        from db.services.tenants import add_tenant

        contact = {name: given[name] for name in CONTACT}
        return add_tenant(conn, find_property(conn, given["property"]), given["name"], code=given["code"], **contact)

    def effect(self, conn: "Connection", subject: str, given: Given, number: int) -> Iterator[str]:
        """The code, and how contacts were understood."""
        from db.repositories.tenants import Tenants

        row = Tenants(conn).row(number)
        yield _("Code: {code} in {property}").format(code=row.code, property=row.property)
        if row.phone:
            yield _("Phone: {phone} ({stored})").format(phone=phone_local(row.phone), stored=row.phone)

    def done(self, subject: str, given: Given, number: int) -> Done:
        """Added."""
        return Done(_("{name} is added.").format(name=given["name"]))
