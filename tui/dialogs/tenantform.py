"""Forms about one tenant."""

from typing import TYPE_CHECKING, ClassVar

from locales.catalogs import N_, _
from locales.safe import safe
from tui.account import Who
from tui.book import Book
from tui.dialogs.effects import balance_told
from tui.dialogs.entries import Place
from tui.dialogs.form import FormDialog

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.repositories.lookup import TenantRef


class TenantForm(FormDialog["TenantRef"]):
    """The subject is the tenant, with the balance after all rent that is due by today."""

    TITLE: ClassVar[str] = N_("{name}")

    def __init__(self, book: Book, who: Who) -> None:
        super().__init__(book)
        self.who = who

    def title_text(self) -> str:
        """What is done, and with whom."""
        return _(self.TITLE).format(name=safe(self.subject.name if self.subject else self.who.code))

    def read_subject(self, conn: "Connection") -> "TenantRef":
        """The tenant; the rent that is due would be posted by the change first."""
        from db.repositories.lookup import find_tenant
        from db.services.billing import accrue

        accrue(conn, tenant_id=find_tenant(conn, self.who.code, self.who.property).id)
        return find_tenant(conn, self.who.code, self.who.property)

    def place(self, subject: "TenantRef") -> Place:
        """At the tenant's property."""
        return Place(subject.today, subject.currency)

    def command_words(self, subject: "TenantRef") -> tuple[list[str], list[str]]:
        """The tenant."""
        return [self.who.code], ["--property", self.who.property]

    def balance_behind(self, conn: "Connection", subject: "TenantRef") -> str:
        """The balance before and after."""
        return balance_told(conn, subject.id, subject.outstanding_balance, subject.currency)
